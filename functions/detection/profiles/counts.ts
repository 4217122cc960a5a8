import type { ByteReader, ByteWriter } from '../../../shared/formats/bytes';
import { SUMS, type WordMap } from '../../../shared/formats/features';

/** Words that are shown to people and decide nothing. */
export const SHOWN_WORDS = ['channels', 'languages', 'countries'] as const satisfies readonly WordMap[];

/** What is counted of an account: of a day, or of all days of the window. */
export class Counts {
  readonly sums = new Float64Array(SUMS);
  readonly tasks = new Map<string, number>();
  readonly models = new Map<string, number>();
  /** Exchanges by the words of SHOWN_WORDS: a map each, made when there is one. */
  readonly shown: [channels?: Map<string, number>, languages?: Map<string, number>, countries?: Map<string, number>] = [];
  exchanges = 0;
  prevented = 0;

  show(which: number, word: string, count: number): void {
    let words = this.shown[which];
    if (!words) {
      words = new Map();
      this.shown[which] = words;
    }
    raise(words, word, count);
  }

  add(other: Counts): void {
    for (let i = 0; i < SUMS; i++) this.sums[i]! += other.sums[i]!;
    for (const [task, count] of other.tasks) raise(this.tasks, task, count);
    for (const [model, count] of other.models) raise(this.models, model, count);
    other.shown.forEach((words, which) => {
      for (const [word, count] of words ?? []) this.show(which, word, count);
    });
    this.exchanges += other.exchanges;
    this.prevented += other.prevented;
  }
}

const raise = (words: Map<string, number>, word: string, count: number): void => void words.set(word, (words.get(word) ?? 0) + count);

export function writeCounts(out: ByteWriter, { sums, tasks, models, shown, exchanges, prevented }: Counts): void {
  writeSparse(out, sums);
  for (const words of [tasks, models, ...SHOWN_WORDS.map((_, which) => shown[which])]) {
    out.varint(words?.size ?? 0);
    for (const [word, count] of words ?? []) {
      out.text(word);
      out.varint(count);
    }
  }
  out.varint(exchanges);
  out.varint(prevented);
}

/** Throws on damage. */
export function readCounts(from: ByteReader): Counts {
  const counts = new Counts();
  readSparse(from, counts.sums);
  for (const words of [counts.tasks, counts.models]) for (let left = from.varint(); left > 0; left--) words.set(from.text(), from.varint());
  for (let which = 0; which < SHOWN_WORDS.length; which++)
    for (let left = from.varint(); left > 0; left--) counts.show(which, from.text(), from.varint());
  counts.exchanges = from.varint();
  counts.prevented = from.varint();
  return counts;
}

/** Without those that are 0. */
export function writeSparse(out: ByteWriter, values: ArrayLike<number>): void {
  let filled = 0;
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) filled++;
  out.varint(filled);
  for (let i = 0, last = 0; i < values.length; i++) {
    if (values[i] === 0) continue;
    out.varint(i - last);
    out.varint(values[i]!);
    last = i;
  }
}

/** Throws where more stands than `values` has room for. */
export function readSparse(from: ByteReader, values: Float64Array | Uint32Array | Uint16Array): void {
  for (let left = from.varint(), at = 0; left > 0; left--) {
    at += from.varint();
    if (at >= values.length) throw new Error('profile: damaged');
    values[at] = from.varint();
  }
}
