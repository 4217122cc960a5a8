import { type Effect, readMessages, type Taken } from '../../functions/ingest/read-messages';
import { SEGMENTS } from '../../local/pipeline';
import type { ProducerSettings } from '../../shared/contract/producer-settings';
import { KeyedHasher } from '../../shared/identity/keyed-hash';
import { type Block, type BlockFacts, EventBlocks } from './event-blocks';
import { valuesOf } from './read-events';

/**
 * A block whose events were read: parsed, hashed, fingerprinted. `again` reads them as if nothing were known of what becomes of them:
 * there when some were read as prevented.
 */
export type ReadBlock = BlockFacts & { events: Taken; again?: () => Taken | Promise<Taken> };

/** Which files are read, under which key of the identifiers, how often detection will run (ms), and whose records are known. */
export type Reading = { files: readonly string[]; secret: string; detectEvery: number; producers?: ProducerSettings };

/** `effect`: what is known so far of what the provider's gateway would have done. */
export function readBlock({ candidates, ...facts }: Block, hasher: KeyedHasher, effect?: Effect): ReadBlock {
  const read = (known?: Effect): Taken =>
    readMessages([{ id: facts.file, candidates }], { now: facts.now, hasher, segments: SEGMENTS, ...(known ? { effect: known } : {}) });
  const events = read(effect);
  return events.events.some(({ expected }) => expected.length > 0) ? { ...facts, events, again: () => read() } : { ...facts, events };
}

/** The blocks of some files, read one after another. Throws UnreadableInput after every block before the damage. */
export async function* blocksOf({ files, secret, detectEvery, producers }: Reading, effect?: Effect): AsyncGenerator<ReadBlock> {
  const hasher = new KeyedHasher(secret);
  const read = (block: Block): ReadBlock => readBlock(block, hasher, effect);
  const blocks = new EventBlocks(detectEvery, producers);
  for (const file of files) {
    blocks.open(file);
    const damage = yield* completed(file, blocks, read);
    for (const block of blocks.close()) yield read(block);
    if (!damage) continue;
    for (const block of blocks.end()) yield read(block);
    throw damage.error;
  }
  for (const block of blocks.end()) yield read(block);
}

async function* completed(
  file: string,
  blocks: EventBlocks,
  read: (block: Block) => ReadBlock,
): AsyncGenerator<ReadBlock, { error: unknown } | undefined> {
  const values = valuesOf(file)[Symbol.asyncIterator]();
  for (;;) {
    const next = await values.next().catch((error: unknown) => ({ error }));
    if ('error' in next) return next;
    if (next.done) return undefined;
    for (const block of blocks.take(next.value)) yield read(block);
  }
}
