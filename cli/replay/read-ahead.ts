import { type MessagePort, Worker } from 'node:worker_threads';
import { frameOf } from '../../shared/formats/segment';
import { blocksOf, type ReadBlock, type Reading } from './read-blocks';
import { UnreadableInput } from './read-events';

/** Blocks that may wait to be taken: at most an hour each, and a few megabytes. */
const AHEAD = 6;

/** From the thread that reads. */
type Said = { kind: 'block'; block: ReadBlock } | { kind: 'end' } | { kind: 'unreadable'; because: string };

/** In a thread of its own: reads files and hands each block over, never more than a few before they are taken. */
export async function readAhead(to: MessagePort, reading: Reading): Promise<void> {
  const say = (said: Said, moved: ArrayBuffer[] = []): void => to.postMessage(said, moved);
  let waiting = 0;
  let taken = (): void => {};
  to.on('message', () => {
    waiting--;
    taken();
  });
  try {
    for await (const read of blocksOf(reading)) {
      const block = packed(read);
      say({ kind: 'block', block }, buffersOf(block));
      waiting++;
      while (waiting >= AHEAD) {
        await new Promise<void>((resolve) => {
          taken = resolve;
        });
      }
    }
    say({ kind: 'end' });
  } catch (error) {
    if (!(error instanceof UnreadableInput)) throw error;
    say({ kind: 'unreadable', because: error.message });
  }
}

/** Packing is work too: most blocks are kept as they were read. */
function packed(block: ReadBlock): ReadBlock {
  const events = block.events.events.map((part) => ({ ...part, frame: frameOf(part.columns) }));
  return { ...block, events: { ...block.events, events } };
}

/** Columns and bytes are handed over, not copied. */
const buffersOf = ({ events }: ReadBlock): ArrayBuffer[] => {
  const views = events.events.flatMap(({ columns, frame }) => [...Object.values(columns.columns), ...(frame ? [frame] : [])]);
  return [...new Set(views.map(({ buffer }) => buffer as ArrayBuffer))];
};

/** The blocks of some files, read by a thread of its own that runs `script` (which calls `readAhead`); as `blocksOf` gives them. */
export async function* blocksAhead(script: string, reading: Reading): AsyncGenerator<ReadBlock> {
  const worker = new Worker(script, { workerData: reading });
  const came: Said[] = [];
  let failure: { error: unknown } | undefined;
  let wake = (): void => {};
  worker.on('message', (said: Said) => {
    came.push(said);
    wake();
  });
  worker.on('error', (error) => {
    failure = { error };
    wake();
  });
  worker.on('exit', (code) => {
    failure ??= { error: new Error(`the thread that reads ended with code ${code}`) };
    wake();
  });
  try {
    for (;;) {
      const said = came.shift();
      if (!said) {
        if (failure) throw failure.error;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      if (said.kind === 'end') return;
      if (said.kind === 'unreadable') throw new UnreadableInput(said.because);
      worker.postMessage('taken');
      yield said.block;
    }
  } finally {
    await worker.terminate();
  }
}
