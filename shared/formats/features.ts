import { Bottom, KeyUses } from './bottom';
import type { ByteReader, ByteWriter } from './bytes';

/**
 * Features of one account over a set of hours: what the fold writes and everything after it reads. Every part is a sum,
 * a bounded map or a bottom-k sample, so parts over disjoint hours merge exactly, in any order.
 *
 * Only evidence counts (status ok, error, refused); what our own action limited or blocked is counted apart
 * (`limited`, `blocked`) and enters nothing else.
 */

/** Places in `sums`. Tokens and counts are integers; `elicitsSum` and `gradingSum` are in 1/254. */
export const SUM = {
  ok: 0,
  error: 1,
  refused: 2,
  limited: 3,
  blocked: 4,
  input: 5,
  output: 6,
  tools: 7,
  prompts: 8,
  elicitsLabels: 9,
  elicitsSum: 10,
  elicitsHigh: 11,
  gradingLabels: 12,
  gradingSum: 13,
  gradingHigh: 14,
  elicitsTrait: 15,
  gradingTrait: 16,
  codeTrait: 17,
  duration: 18,
  /** 16 buckets by floor(log2(tokens + 1)). */
  inputShape: 20,
  outputShape: 36,
  /** 64 buckets of the eight sampled word pairs of each prompt: the content sketch that two-sample tests compare. */
  content: 52,
} as const;
export const SUMS = 116;
export const SHAPE_BUCKETS = 16;
export const CONTENT_BUCKETS = 64;

export const WORDS = ['models', 'tasks', 'channels', 'languages', 'countries'] as const;
export type WordMap = (typeof WORDS)[number];
const WORD_LIMIT = 24;
const OTHER = '~other';

/** Bottom-k samples and their k. */
export const SAMPLES = { ips: 32, prefixes: 16, asns: 8, clients: 8, keys: 4, systems: 8, templates: 24, phrases: 64 } as const;
export type SampleName = keyof typeof SAMPLES;
const SAMPLE_NAMES = Object.keys(SAMPLES) as SampleName[];

/** One active hour. Offsets in ms from the hour's start, -1 without evidence; gaps between neighbours inside the hour in seconds. */
export type HourCell = {
  /** Hours since the epoch. */
  hour: number;
  exchanges: number;
  prevented: number;
  first: number;
  last: number;
  gaps: number;
  gapSum: number;
  gapSquares: number;
  /** Which of the sixty minutes saw activity, thirty bits each. */
  minutesLow: number;
  minutesHigh: number;
};

export class Features {
  cells: HourCell[] = [];
  readonly sums: number[] = new Array<number>(SUMS).fill(0);
  readonly words: Record<WordMap, Map<string, number>> = {
    models: new Map(),
    tasks: new Map(),
    channels: new Map(),
    languages: new Map(),
    countries: new Map(),
  };
  readonly samples: Record<SampleName, Bottom> = {
    ips: new Bottom(SAMPLES.ips),
    prefixes: new Bottom(SAMPLES.prefixes),
    asns: new Bottom(SAMPLES.asns),
    clients: new Bottom(SAMPLES.clients),
    keys: new Bottom(SAMPLES.keys),
    systems: new Bottom(SAMPLES.systems),
    templates: new Bottom(SAMPLES.templates),
    phrases: new Bottom(SAMPLES.phrases),
  };
  /** Of an hour with several API keys. */
  readonly uses = new KeyUses();

  /** Exchanges that count as evidence. */
  get exchanges(): number {
    return this.sums[SUM.ok]! + this.sums[SUM.error]! + this.sums[SUM.refused]!;
  }
  get prevented(): number {
    return this.sums[SUM.limited]! + this.sums[SUM.blocked]!;
  }

  clear(): void {
    this.cells = [];
    this.sums.fill(0);
    // Most are empty, and to clear an empty map makes a new one.
    for (const name of WORDS) if (this.words[name].size > 0) this.words[name].clear();
    for (const name of SAMPLE_NAMES) this.samples[name].clear();
    this.uses.clear();
  }

  word(name: WordMap, text: string, count: number): void {
    const map = this.words[name];
    map.set(text, (map.get(text) ?? 0) + count);
  }

  encode(out: ByteWriter): void {
    out.varint(this.cells.length);
    for (const cell of this.cells) {
      out.varint(cell.hour);
      out.varint(cell.exchanges);
      out.varint(cell.prevented);
      if (cell.exchanges === 0) continue;
      out.varint(cell.first);
      out.varint(cell.last);
      out.varint(cell.gaps);
      out.varint(cell.gapSum);
      out.varint(cell.gapSquares);
      out.varint(cell.minutesLow);
      out.varint(cell.minutesHigh);
    }
    let filled = 0;
    for (let i = 0; i < SUMS; i++) if (this.sums[i] !== 0) filled++;
    out.varint(filled);
    for (let i = 0; i < SUMS; i++) {
      if (this.sums[i] === 0) continue;
      out.varint(i);
      out.varint(this.sums[i]!);
    }
    for (const name of WORDS) encodeWords(out, this.words[name]);
    for (const name of SAMPLE_NAMES) {
      const { keys, counts } = this.samples[name];
      out.varint(keys.length);
      for (let i = 0; i < keys.length; i++) {
        out.hash(keys[i]!);
        out.varint(counts[i]!);
      }
    }
    this.uses.encode(out);
  }

  /** Adds an encoded part over other hours. */
  absorb(from: ByteReader): void {
    const cells = from.varint();
    for (let i = 0; i < cells; i++) this.insert(readCell(from));
    for (let left = from.varint(); left > 0; left--) {
      const index = from.varint();
      this.sums[index]! += from.varint();
    }
    for (const name of WORDS) {
      for (let left = from.varint(); left > 0; left--) this.word(name, from.text(), from.varint());
    }
    for (const name of SAMPLE_NAMES) {
      const sample = this.samples[name];
      for (let left = from.varint(); left > 0; left--) sample.add(from.hash(), from.varint());
    }
    this.uses.absorb(from);
  }

  private insert(cell: HourCell): void {
    const { cells } = this;
    let at = cells.length;
    while (at > 0 && cells[at - 1]!.hour > cell.hour) at--;
    if (at > 0 && cells[at - 1]!.hour === cell.hour)
      throw new Error(`hour ${cell.hour} is in both parts: features merge over disjoint hours only`);
    if (at === cells.length) cells.push(cell);
    else cells.splice(at, 0, cell);
  }
}

function readCell(from: ByteReader): HourCell {
  const hour = from.varint();
  const exchanges = from.varint();
  const prevented = from.varint();
  if (exchanges === 0)
    return { hour, exchanges, prevented, first: -1, last: -1, gaps: 0, gapSum: 0, gapSquares: 0, minutesLow: 0, minutesHigh: 0 };
  return {
    hour,
    exchanges,
    prevented,
    first: from.varint(),
    last: from.varint(),
    gaps: from.varint(),
    gapSum: from.varint(),
    gapSquares: from.varint(),
    minutesLow: from.varint(),
    minutesHigh: from.varint(),
  };
}

/** At most WORD_LIMIT words, the first in text order; the rest is summed up: exact under merging for the same reason as a bottom-k sample. */
function encodeWords(out: ByteWriter, words: ReadonlyMap<string, number>): void {
  if (words.size <= 1) {
    out.varint(words.size);
    for (const [name, count] of words) {
      out.text(name);
      out.varint(count);
    }
    return;
  }
  const names = [...words.keys()].filter((name) => name !== OTHER).sort();
  const kept = names.slice(0, WORD_LIMIT);
  const rest = names.slice(WORD_LIMIT).reduce((sum, name) => sum + (words.get(name) ?? 0), words.get(OTHER) ?? 0);
  out.varint(kept.length + (rest > 0 ? 1 : 0));
  for (const name of kept) {
    out.text(name);
    out.varint(words.get(name) ?? 0);
  }
  if (rest > 0) {
    out.text(OTHER);
    out.varint(rest);
  }
}
