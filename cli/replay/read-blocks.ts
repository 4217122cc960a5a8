import { type ReadPorts, readMessages, type Taken } from '../../functions/ingest/read-messages';
import { SEGMENTS } from '../../local/pipeline';
import type { ProducerSettings } from '../../shared/contract/producer-settings';
import { KeyedHasher } from '../../shared/identity/keyed-hash';
import { type Block, type BlockFacts, EventBlocks } from './event-blocks';
import { valuesOf } from './read-events';

/** A block whose events were read: parsed, hashed, fingerprinted. */
export type ReadBlock = BlockFacts & { events: Taken };

/** Which files are read, under which key of the identifiers, how often detection will run (ms), and whose records are known. */
export type Reading = { files: readonly string[]; secret: string; detectEvery: number; producers?: ProducerSettings };

export function readBlock({ candidates, ...facts }: Block, hasher: ReadPorts['hasher']): ReadBlock {
  return { ...facts, events: readMessages([{ id: facts.file, candidates }], { now: facts.now, hasher, segments: SEGMENTS }) };
}

/** The blocks of some files, read one after another. Throws UnreadableInput after every block before the damage. */
export async function* blocksOf({ files, secret, detectEvery, producers }: Reading): AsyncGenerator<ReadBlock> {
  const hasher = new KeyedHasher(secret);
  const blocks = new EventBlocks(detectEvery, producers);
  for (const file of files) {
    blocks.open(file);
    const damage = yield* completed(file, blocks, hasher);
    for (const block of blocks.close()) yield readBlock(block, hasher);
    if (!damage) continue;
    for (const block of blocks.end()) yield readBlock(block, hasher);
    throw damage.error;
  }
  for (const block of blocks.end()) yield readBlock(block, hasher);
}

async function* completed(
  file: string,
  blocks: EventBlocks,
  hasher: KeyedHasher,
): AsyncGenerator<ReadBlock, { error: unknown } | undefined> {
  const values = valuesOf(file)[Symbol.asyncIterator]();
  for (;;) {
    const next = await values.next().catch((error: unknown) => ({ error }));
    if ('error' in next) return next;
    if (next.done) return undefined;
    for (const block of blocks.take(next.value)) yield readBlock(block, hasher);
  }
}
