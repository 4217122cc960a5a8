import { type MessagePort, Worker } from 'node:worker_threads';
import type { Taken } from '../../functions/ingest/read-messages';
import { type Restriction, Restrictions } from '../../local/provider/restrictions';
import { frameOf } from '../../shared/formats/segment';
import { blocksOf, type ReadBlock, type Reading } from './read-blocks';
import { UnreadableInput } from './read-events';

/** Blocks that may wait to be taken: at most an hour each, and a few megabytes. */
const AHEAD = 6;

/** From the thread that reads. */
type Said =
  | { kind: 'block'; block: Omit<ReadBlock, 'again'>; mayBeAskedAgain: boolean }
  | { kind: 'again'; events: Taken }
  | { kind: 'end' }
  | { kind: 'unreadable'; because: string };
/** To it: the oldest block that was handed over was taken, and what holds since; or it is wanted again, as if nothing held. */
type Answer = { kind: 'taken'; restrictions: Restriction[] } | { kind: 'again' };

/** In a thread of its own: reads files and hands each block over, never more than a few before they are taken. */
export async function readAhead(to: MessagePort, reading: Reading): Promise<void> {
  const say = (said: Said, moved: ArrayBuffer[] = []): void => to.postMessage(said, moved);
  const known = new Restrictions();
  /** Handed over and not taken, the oldest first. */
  const waiting: ReadBlock['again'][] = [];
  let taken = (): void => {};
  to.on('message', (answer: Answer) => {
    if (answer.kind === 'again') {
      void Promise.resolve(waiting[0]?.()).then((events) => events && say({ kind: 'again', events }));
      return;
    }
    for (const restriction of answer.restrictions) known.hold(restriction);
    waiting.shift();
    taken();
  });
  try {
    for await (const { again, ...read } of blocksOf(reading, known.effect)) {
      const block = packed(read);
      say({ kind: 'block', block, mayBeAskedAgain: again !== undefined }, buffersOf(block));
      waiting.push(again);
      while (waiting.length >= AHEAD) {
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
function packed(block: Omit<ReadBlock, 'again'>): Omit<ReadBlock, 'again'> {
  const events = block.events.events.map((part) => ({ ...part, frame: frameOf(part.columns) }));
  return { ...block, events: { ...block.events, events } };
}

/** Columns and bytes are handed over, not copied. */
const buffersOf = ({ events }: ReadBlock): ArrayBuffer[] => {
  const views = events.events.flatMap(({ columns, frame }) => [...Object.values(columns.columns), ...(frame ? [frame] : [])]);
  return [...new Set(views.map(({ buffer }) => buffer as ArrayBuffer))];
};

/**
 * The blocks of some files, read by a thread of its own that runs `script` (which calls `readAhead`); as `blocksOf` gives them. `after`: what
 * the provider's gateway does to whom, but for the first so many that the thread knows.
 */
export async function* blocksAhead(
  script: string,
  reading: Reading,
  after: (count: number) => Restriction[] = () => [],
): AsyncGenerator<ReadBlock> {
  const worker = new Worker(script, { workerData: reading });
  const came: Said[] = [];
  let known = 0;
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
  const answer = (one: Answer): void => worker.postMessage(one);
  const next = async (is: (said: Said) => boolean): Promise<Said> => {
    for (;;) {
      const at = came.findIndex(is);
      if (at >= 0) return came.splice(at, 1)[0]!;
      if (failure) throw failure.error;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  const again = async (): Promise<Taken> => {
    answer({ kind: 'again' });
    const said = await next(({ kind }) => kind === 'again');
    if (said.kind !== 'again') throw new Error('the thread that reads answered something else');
    return said.events;
  };
  try {
    for (;;) {
      const said = await next(({ kind }) => kind !== 'again');
      if (said.kind === 'end') return;
      if (said.kind === 'unreadable') throw new UnreadableInput(said.because);
      if (said.kind !== 'block') continue;
      yield said.mayBeAskedAgain ? { ...said.block, again } : said.block;
      const restrictions = after(known);
      known += restrictions.length;
      answer({ kind: 'taken', restrictions });
    }
  } finally {
    await worker.terminate();
  }
}
