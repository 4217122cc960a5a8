import { readMessages, type Taken } from '../../functions/ingest/read-messages';
import { SEGMENTS } from '../../local/pipeline';
import { KeyedHasher } from '../../shared/identity/keyed-hash';
import { type Block, type BlockFacts, EventBlocks } from './event-blocks';
import { linesOf } from './read-events';

/** A block whose events were read: parsed, hashed, fingerprinted. */
export type ReadBlock = BlockFacts & { events: Taken };

/** Which files are read, under which key of the identifiers, and how often detection will run (ms). */
export type Reading = { files: readonly string[]; secret: string; detectEvery: number };

export function readBlock({ lines, ...facts }: Block, hasher: KeyedHasher): ReadBlock {
  const { file, places, now } = facts;
  return { ...facts, events: readMessages([{ id: `${file}:${places[0] ?? 0}`, lines }], { now, hasher, segments: SEGMENTS }) };
}

/** The blocks of some files, read one after another. Throws UnreadableInput after every block before the damage. */
export async function* blocksOf({ files, secret, detectEvery }: Reading): AsyncGenerator<ReadBlock> {
  const hasher = new KeyedHasher(secret);
  const blocks = new EventBlocks(detectEvery);
  for (const file of files) {
    blocks.open(file);
    const damage = yield* completed(file, blocks, hasher);
    for (const block of blocks.close()) yield readBlock(block, hasher);
    if (damage) throw damage.error;
  }
}

async function* completed(
  file: string,
  blocks: EventBlocks,
  hasher: KeyedHasher,
): AsyncGenerator<ReadBlock, { error: unknown } | undefined> {
  const lines = linesOf(file)[Symbol.asyncIterator]();
  for (;;) {
    const next = await lines.next().catch((error: unknown) => ({ error }));
    if ('error' in next) return next;
    if (next.done) return undefined;
    for (const block of blocks.take(next.value)) yield readBlock(block, hasher);
  }
}
