import type { AccountFacts } from '../../../shared/domain/account';
import { HOUR } from '../../../shared/domain/time';
import { ByteReader, ByteWriter } from '../../../shared/formats/bytes';
import { Features, SAMPLES, SUM, SUMS } from '../../../shared/formats/features';
import type { FactEntry } from '../../../shared/formats/fold-output';
import type { AccountKey, Hash64, SealedId } from '../../../shared/identity/ids';
import { addMinutes, MINUTES } from '../links/co-timing';
import { Counts, readCounts, SHOWN_WORDS, writeCounts } from './counts';
import { KeyHabits } from './key-habits';
import { TimedSample } from './timed-sample';

/** The window: the day that goes on and the thirteen before it. */
export const WINDOW_HOURS = 14 * 24;
const WEEK = 7 * 24;
const MOST_INSTRUMENTS = 16;

export const PROFILE_SAMPLES = ['ips', 'prefixes', 'asns', 'clients', 'systems', 'templates', 'phrases', 'keys'] as const;
export type ProfileSample = (typeof PROFILE_SAMPLES)[number];

/** A day of the window that is over: its number since the epoch, and its counts as bytes (counts.ts). */
export type EndedDay = { day: number; counts: Uint8Array };

/** What detection knows of one account over the window: built from fold outputs alone, so it can be built again. */
export class Profile {
  readonly facts: AccountFacts = {};
  /** Instruments paid with, and when we were last told. */
  readonly instruments = new Map<Hash64, number>();
  readonly factTimes = new Map<string, { at: number; id: string }>();
  readonly samples: Record<ProfileSample, TimedSample>;
  /** With which clients it uses its API keys, once it has several. */
  habits: KeyHabits | undefined;
  /** Active minutes, hashed. */
  readonly minutes = new TimedSample(MINUTES);
  /** First and last evidence, ms; Infinity and -Infinity before any. */
  firstUse = Number.POSITIVE_INFINITY;
  lastUse = Number.NEGATIVE_INFINITY;
  /** Lifetime totals. */
  readonly lifetimeTokens = { input: 0, output: 0 };
  exchanges = 0;
  prevented = 0;
  /** Gaps between neighbouring exchanges, seconds; and exchanges by hour of the day, UTC. A rhythm is a habit: what it is read from outlives the window, and counts half with each week. */
  readonly gaps = { n: 0, sum: 0, squares: 0 };
  readonly clock = new Uint32Array(24);
  /** Over all days of the window. */
  window = new Counts();
  /** Of the day that goes on; none before it did anything that day. */
  today: Counts | undefined;
  /** Days of the window that are over and on which it did something, oldest first. */
  days: EndedDay[] = [];
  /** Exchanges by hour of the window, and requests that our own action prevented. */
  readonly hourly = new Uint16Array(WINDOW_HOURS);
  readonly stopped = new Uint16Array(WINDOW_HOURS);
  /** Raised whenever a fact is another than before. */
  factsRevision = 0;
  /** Raised on every change: caches compare it. */
  revision = 0;

  constructor(
    readonly account: AccountKey,
    readonly sealed: SealedId,
    /** When we first heard of it, ms. */
    readonly firstSeen: number,
  ) {
    this.samples = Object.fromEntries(PROFILE_SAMPLES.map((name) => [name, new TimedSample(SAMPLES[name])])) as Record<
      ProfileSample,
      TimedSample
    >;
  }

  /** When we last heard of it, by use or by what the provider told us, ms. */
  get lastHeard(): number {
    let last = Math.max(this.firstSeen, this.lastUse);
    for (const { at } of this.factTimes.values()) if (at > last) last = at;
    return last;
  }

  /** When the provider says that it was made. */
  get createdAt(): number | undefined {
    return this.facts.createdAt;
  }

  /** When the account was made, as far as we know. */
  get bornAt(): number {
    return this.facts.createdAt ?? this.firstSeen;
  }

  learn(entries: readonly FactEntry[]): void {
    let changed = false;
    for (const { at, id, facts } of entries) {
      for (const [name, value] of Object.entries(facts) as [keyof AccountFacts, unknown][]) {
        const known = this.factTimes.get(name);
        if (name === 'paymentInstrument' && facts.paymentInstrument !== undefined) this.paidWith(facts.paymentInstrument, at);
        if (known && (known.at > at || (known.at === at && known.id >= id))) continue;
        this.factTimes.set(name, { at, id });
        if (this.facts[name] === value) continue;
        Object.assign(this.facts, { [name]: value });
        changed = true;
      }
    }
    if (changed) this.factsRevision++;
    this.revision++;
  }

  /** Keeps the latest few instruments: replacing a card does not cut the tie to those who shared it. */
  private paidWith(instrument: Hash64, at: number): void {
    const last = this.instruments.get(instrument);
    if (last === undefined || at > last) this.instruments.set(instrument, at);
    if (this.instruments.size <= MOST_INSTRUMENTS) return;
    const [oldest] = [...this.instruments].sort((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1))[0]!;
    this.instruments.delete(oldest);
  }

  /** Adds one hour, of the window that begins with the hour `start`. Hours come in order; an hour folded again makes the caller rebuild the state. */
  absorb(hour: Features, start: number): void {
    this.today ??= new Counts();
    const { window, today, hourly, stopped } = this;
    for (const counts of [window, today]) {
      for (let i = 0; i < SUMS; i++) counts.sums[i]! += hour.sums[i]!;
      counts.exchanges += hour.exchanges;
      counts.prevented += hour.prevented;
    }
    this.exchanges += hour.exchanges;
    this.lifetimeTokens.input += hour.sums[SUM.input]!;
    this.lifetimeTokens.output += hour.sums[SUM.output]!;
    this.prevented += hour.prevented;
    for (const cell of hour.cells) {
      stopped[cell.hour - start] = Math.min(65_535, (stopped[cell.hour - start] ?? 0) + cell.prevented);
      if (cell.exchanges === 0) continue;
      hourly[cell.hour - start] = Math.min(65_535, (hourly[cell.hour - start] ?? 0) + cell.exchanges);
      this.clock[cell.hour % 24]! += cell.exchanges;
      addMinutes(this.minutes, cell);
      const began = cell.hour * HOUR;
      if (this.lastUse > 0) {
        const gap = Math.max(0, Math.round((began + cell.first - this.lastUse) / 1000));
        this.gap(1, gap, gap * gap);
      }
      if (cell.gaps > 0) this.gap(cell.gaps, cell.gapSum, cell.gapSquares);
      this.firstUse = Math.min(this.firstUse, began + cell.first);
      this.lastUse = Math.max(this.lastUse, began + cell.last);
      this.absorbKeys(hour, cell.hour);
      for (const name of PROFILE_SAMPLES) {
        const from = hour.samples[name];
        const to = this.samples[name];
        for (let i = 0; i < from.keys.length; i++) to.add(from.keys[i]!, from.counts[i]!, cell.hour);
      }
    }
    for (const counts of [window, today]) {
      for (const [task, count] of hour.words.tasks) counts.tasks.set(task, (counts.tasks.get(task) ?? 0) + count);
      for (const [model, count] of hour.words.models) counts.models.set(model, (counts.models.get(model) ?? 0) + count);
      for (let which = 0; which < SHOWN_WORDS.length; which++)
        for (const [word, count] of hour.words[SHOWN_WORDS[which]!]) counts.show(which, word, count);
    }
    // What was only prevented is not evidence: nothing that is judged has changed.
    if (hour.exchanges > 0) this.revision++;
  }

  /** Before the hour is in the samples. Made for who has a second key: of ten million accounts a few. */
  private absorbKeys(hour: Features, at: number): void {
    const { keys, clients } = this.samples;
    const now = hour.samples.keys.keys;
    if (!this.habits && now.length < 2 && (now.length === 0 || keys.keys.length === 0 || keys.keys[0] === now[0])) return;
    this.habits ??= new KeyHabits();
    this.habits.absorb(hour, at, keys, clients);
  }

  private gap(n: number, sum: number, squares: number): void {
    this.gaps.n += n;
    this.gaps.sum += sum;
    this.gaps.squares += squares;
  }

  /** Answers whether there was anything. */
  private halveRhythm(): boolean {
    const { gaps, clock } = this;
    const wasAny = gaps.n > 0 || clock.some((exchanges) => exchanges > 0);
    const by = gaps.n < 1 ? 0 : 0.5;
    Object.assign(gaps, { n: gaps.n * by, sum: gaps.sum * by, squares: gaps.squares * by });
    for (let hour = 0; hour < clock.length; hour++) clock[hour] = clock[hour]! >>> 1;
    return wasAny;
  }

  /**
   * The window moves on by some days and begins with the hour `start` now: what was before it is forgotten. Answers whether anything was.
   */
  roll(start: number, days: number): boolean {
    this.endDay((start + WINDOW_HOURS) / 24 - days - 1);
    const kept = this.days.filter(({ day }) => day * 24 >= start);
    let isChanged = kept.length < this.days.length;
    this.days = kept;
    if (isChanged) {
      this.window = new Counts();
      for (const { counts } of kept) this.window.add(readCounts(new ByteReader(counts)));
    }
    for (const hours of [this.hourly, this.stopped]) {
      hours.copyWithin(0, 24 * days);
      hours.fill(0, Math.max(0, hours.length - 24 * days));
    }
    for (const name of PROFILE_SAMPLES) if (this.samples[name].forget(start)) isChanged = true;
    if (this.minutes.forget(start)) isChanged = true;
    this.habits?.forget(start);
    const today = start + WINDOW_HOURS - 24;
    for (let week = Math.floor((today - 24 * days) / WEEK); week < Math.floor(today / WEEK); week++)
      if (this.halveRhythm()) isChanged = true;
    if (isChanged) this.revision++;
    return isChanged;
  }

  /** What a day left is counts as bytes: it is read again when a day before it leaves the window. */
  private endDay(day: number): void {
    if (!this.today) return;
    const out = new ByteWriter();
    writeCounts(out, this.today);
    this.days.push({ day, counts: out.take() });
    this.today = undefined;
  }

  /** Whether nothing of it lies in the window: no window that moves on changes it. */
  get isIdle(): boolean {
    const isEmpty = !this.today && this.days.length === 0 && this.gaps.n === 0 && !this.clock.some((exchanges) => exchanges > 0);
    return isEmpty && this.minutes.keys.length === 0 && PROFILE_SAMPLES.every((name) => this.samples[name].keys.length === 0);
  }

  /** [hour start ms, exchanges, prevented] over the window, which begins with the hour `start`, oldest first. */
  hours(start: number): [number, number, number][] {
    const hours: [number, number, number][] = [];
    for (let hour = 0; hour < WINDOW_HOURS; hour++) {
      if (this.hourly[hour] !== 0 || this.stopped[hour] !== 0) hours.push([(start + hour) * HOUR, this.hourly[hour]!, this.stopped[hour]!]);
    }
    return hours;
  }

  /** First and last hour with evidence, counted from the window's start, and the exchanges of the window; `undefined` without any. */
  activity(): { first: number; last: number; exchanges: number } | undefined {
    const first = this.hourly.findIndex((exchanges) => exchanges > 0);
    const last = this.hourly.findLastIndex((exchanges) => exchanges > 0);
    return first < 0 ? undefined : { first, last, exchanges: this.windowExchanges };
  }

  /** The window, which begins with the hour `start`, as features, for people to read. */
  asFeatures(start: number): Features {
    const features = new Features();
    for (let i = 0; i < SUMS; i++) features.sums[i] = this.sum(i);
    for (const [task, count] of this.window.tasks) features.word('tasks', task, count);
    for (const [model, count] of this.window.models) features.word('models', model, count);
    SHOWN_WORDS.forEach((name, which) => {
      for (const [word, count] of this.window.shown[which] ?? []) features.word(name, word, count);
    });
    for (const name of PROFILE_SAMPLES) {
      const sample = this.samples[name];
      sample.keys.forEach((key, i) => {
        features.samples[name].add(key, sample.counts[i]!);
      });
    }
    features.cells = this.hours(start).map(([began, exchanges, prevented]) => ({
      hour: began / HOUR,
      exchanges,
      prevented,
      first: -1,
      last: -1,
      gaps: 0,
      gapSum: 0,
      gapSquares: 0,
      minutesLow: 0,
      minutesHigh: 0,
    }));
    return features;
  }

  sum(index: number): number {
    return this.window.sums[index]!;
  }
  /** Evidence exchanges in the window. */
  get windowExchanges(): number {
    return this.window.exchanges;
  }
}
