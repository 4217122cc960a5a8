import { z } from 'zod';
import { type AccountKey, accountKey } from '../../../../shared/identity/ids';
import type { TraitIds } from '../../traits/trait-ids';
import { Doubles } from '../columns/growing';
import type { PairList } from '../columns/pair-list';
import { readColumns } from '../columns/screen-columns';
import { type Census, censusOf, ordinalsOf, type Segments, standingsIn, tally } from '../holders/census';
import { Popular } from '../holders/popular';
import { Sieve } from '../holders/sieve';
import { TraitCounts } from '../holders/trait-counts';
import { holdersOf, pairOf, recordsOf, type TraitRecords } from '../holders/trait-records';
import { Fitting } from '../pairs/fitting';
import { HELD_ROWS, heldRows } from '../pairs/held-rows';
import { Meeting, type Placed, placed } from '../pairs/meeting';
import { PairBounds, type Shared } from '../pairs/pair-bounds';
import { joinedRows, PAIRED_ROWS, type PairedRows, pairedRows } from '../pairs/paired-rows';
import { rowsOfBlock } from './blocks';
import type { Board, BoardStore } from './board';
import {
  ASKED,
  CENSUS,
  COUNTS,
  DOUBLES,
  GROUPS,
  keysOf,
  LIKELY,
  MET,
  mapOf,
  PAIR_LIST,
  RECORDS,
  RHYTHMS,
  SHARED,
  sparse,
  TALLY,
  TRAITS,
  traitIdsOf,
  valuesOf,
  WORDS,
} from './objects';

export const STEPS = ['count', 'emit', 'meet', 'cut', 'compare', 'recount', 'visit'] as const;
/** One part of a step: of a segment, a partition, or two blocks of rows (`one * blocks + two`). */
export const ScreenTask = z.object({ step: z.enum(STEPS), at: z.int().min(0) });
export type ScreenTask = z.infer<typeof ScreenTask>;

/** `given` of a run: what decides, and how the work is cut (which decides nothing). */
export const Given = z.object({
  now: z.int(),
  known: z.array(z.string()),
  segments: z.int(),
  partitions: z.int(),
  rowsAtOnce: z.int(),
  policy: z.object({
    referenceAgeDays: z.number(),
    smallestReference: z.number(),
    hubShare: z.number(),
    linkThreshold: z.number(),
    minimumNetwork: z.number(),
    memberThreshold: z.number(),
  }),
});
export type Given = z.infer<typeof Given>;

/** Columns of the segments where they are objects of the run. */
export const columnsOnBoard = (store: BoardStore, prefix: string, count: number): Segments => ({
  count,
  columns: async (segment) => {
    const bytes = await store.get(`${prefix}/columns/${segment}`);
    if (!bytes) throw new Error(`${prefix}/columns/${segment} is missing: the run that it belongs to is over, or lost it`);
    return readColumns(bytes);
  },
});

/**
 * The tasks of the screen. Each reads objects of the run and writes its own, the same bytes whenever it is done again, and removes
 * nothing: so it may run anywhere, twice, or again after it failed. What many of them read is read once for as long as this lives.
 */
export class ScreenTasks {
  private readonly read = new Map<string, Promise<unknown>>();

  constructor(
    private readonly board: Board,
    private readonly segments: Segments,
  ) {}

  do({ step, at }: ScreenTask): Promise<void> {
    switch (step) {
      case 'count':
        return this.count(at);
      case 'emit':
        return this.emit(at);
      case 'meet':
        return this.meet(at);
      case 'cut':
        return this.cut(at);
      case 'compare':
        return this.compare(at);
      case 'recount':
        return this.recount(at);
      case 'visit':
        return this.visit(at);
      default:
        throw new Error(`no step is called ${step satisfies never}`);
    }
  }

  /** A segment: what must be known of everybody before anybody can be compared, and a sample of what is often held. */
  private async count(s: number): Promise<void> {
    const { now, policy } = await this.given();
    const columns = await this.segments.columns(s);
    const { size, aged, unknown, arrivals, signupsPerDay } = tally(columns, await this.known(), now, policy);
    const popular = new Popular();
    popular.sample(columns);
    await this.board.put(`tally/${s}`, TALLY, {
      numbers: Float64Array.of(size, aged, unknown, columns.types.length),
      arrivals,
      days: keysOf(signupsPerDay),
      signupsPerDay: valuesOf(signupsPerDay),
      ...popular.sampledTraits(),
    });
  }

  /** A segment gives its records to the partitions, counts what is popular, and says in which order its accounts stand. */
  private async emit(s: number): Promise<void> {
    const { partitions } = await this.given();
    const census = await this.census();
    const columns = await this.segments.columns(s);
    const standings = standingsIn(columns, census);
    const ordinals = ordinalsOf(columns, census);
    const { ids, sieve } = await this.traits('popular');
    const often = new TraitCounts(ids, sieve);
    often.add(columns, standings, census.now);
    const made = recordsOf(columns, ordinals, standings, census, partitions);
    await this.board.put(`ordinals/${s}`, WORDS, { words: ordinals });
    await this.board.put(`counts/${s}`, COUNTS, sparse(often.inReference));
    await this.board.put(`keeping/${s}`, RHYTHMS, { hashes: keysOf(made.rhythms), counts: valuesOf(made.rhythms) });
    for (const [p, part] of made.parts.entries()) if (part.who.length > 0) await this.board.put(`records/${p}/${s}`, RECORDS, part);
  }

  /** A partition reads its records, and answers every segment which shared trait each is about. */
  private async meet(p: number): Promise<void> {
    const given = await this.given();
    const parts: { segment: number; records: TraitRecords }[] = [];
    for (let s = 0; s < given.segments; s++) {
      const records = await this.board.find(`records/${p}/${s}`, RECORDS);
      if (records) parts.push({ segment: s, records });
    }
    const found = holdersOf(
      joinedRecords(parts.map(({ records }) => records)),
      await this.census(),
      await this.rhythms(),
      given.policy.hubShare,
    );
    await this.board.put(`met/${p}`, MET, { ...found.shared, together: found.together });
    await this.board.put(`asked/${p}`, ASKED, { firsts: found.firsts, seconds: found.seconds });
    await this.board.put(`lists/${p}`, WORDS, { words: found.lists });
    let from = 0;
    for (const { segment, records } of parts) {
      const to = from + records.who.length;
      await this.board.put(`numbers/${p}/${segment}`, WORDS, { words: found.numbers.subarray(from, to) });
      from = to;
    }
  }

  /** A segment: puts together what its accounts hold, and gives each block the rows of those that stand in a pair. */
  private async cut(s: number): Promise<void> {
    const { partitions, rowsAtOnce } = await this.given();
    const columns = await this.segments.columns(s);
    const { words: ordinals } = await this.board.get(`ordinals/${s}`, WORDS);
    const rowOf = await this.rowOf();
    const bounds = await this.bounds();
    const answers: Uint32Array[] = [];
    // Nothing where the partition had no record of the segment.
    for (let p = 0; p < partitions; p++) answers.push((await this.board.find(`numbers/${p}/${s}`, WORDS))?.words ?? new Uint32Array(0));
    const held = heldRows(columns, answers, (await this.before()).words);
    await this.board.put(`held/${s}`, HELD_ROWS, held);
    for (const { block, places, rows } of rowsOfBlock(ordinals, rowOf, rowsAtOnce))
      await this.board.put(
        `rows/${block}/${s}`,
        PAIRED_ROWS,
        pairedRows(columns, held, places, rows, (type, hash) => bounds.weight(type, hash) > 0),
      );
  }

  /** Two blocks of rows: which pairs of theirs may join. */
  private async compare(at: number): Promise<void> {
    const { rowsAtOnce } = await this.given();
    const pairs = await this.pairs();
    const rowOf = await this.rowOf();
    const { words: begins } = await this.once('begins', () => this.board.get('begins', WORDS));
    const blocks = begins.length - 1;
    const [one, two] = [Math.floor(at / blocks), at % blocks];
    const left = await this.block(one, rowOf);
    const right = two === one ? left : await this.loaded(two, rowOf);
    const isIn = blocks === 1 ? () => true : (ordinal: number) => Math.floor((rowOf[ordinal]! - 1) / rowsAtOnce) === two;
    const meeting = await this.once('meeting', async () => new Meeting(await this.bounds(), await this.shared()));
    await this.board.put(`likely/${at}`, LIKELY, meeting.likely(pairs, begins[one]!, begins[one + 1]!, left, right, isIn));
  }

  /** A segment: how many of the reference hold what likely pairs have in common and nobody counted yet. */
  private async recount(s: number): Promise<void> {
    const census = await this.census();
    const { ids, sieve } = await this.traits('uncounted');
    const columns = await this.segments.columns(s);
    const counts = new TraitCounts(ids, sieve);
    counts.add(columns, standingsIn(columns, census), census.now);
    await this.board.put(`others/${s}`, COUNTS, sparse(counts.inReference));
  }

  /** A segment: whose guests its accounts are. */
  private async visit(s: number): Promise<void> {
    const { groupOf } = await this.groups();
    const fitting = await this.fitting();
    const { words: ordinals } = await this.board.get(`ordinals/${s}`, WORDS);
    const { starts, numbers } = await this.board.get(`held/${s}`, HELD_ROWS);
    const guests = new Doubles();
    ordinals.forEach((ordinal, at) => {
      for (const group of fitting.groupsOf(groupOf[ordinal]!, numbers, starts[at]!, starts[at + 1]!)) guests.push(pairOf(ordinal, group));
    });
    await this.board.put(`guests/${s}`, DOUBLES, { doubles: guests.filled().slice() });
  }

  /** What was read before stands; so does what was put together of it. */
  private once<T>(name: string, read: () => Promise<T>): Promise<T> {
    const known = this.read.get(name) as Promise<T> | undefined;
    const value = known ?? read();
    this.read.set(name, value);
    return value;
  }

  private given(): Promise<Given> {
    return this.once('given', async () => Given.parse(await this.board.getJson('given')));
  }

  private known(): Promise<ReadonlySet<AccountKey>> {
    return this.once('known', async () => new Set((await this.given()).known.map(accountKey)));
  }

  /** What the segments counted, together. */
  census(): Promise<Census> {
    return this.once('census', async () => {
      const { now, policy } = await this.given();
      const { numbers, arrivals, days, signupsPerDay } = await this.board.get('census', CENSUS);
      const [size, referenceSize, byAge] = numbers;
      const of = censusOf([], await this.known(), now, policy);
      return { ...of, size: size!, referenceSize: referenceSize!, byAge: byAge === 1, arrivals, signupsPerDay: mapOf(days, signupsPerDay) };
    });
  }

  private traits(name: 'popular' | 'uncounted'): Promise<{ ids: TraitIds; sieve: Sieve }> {
    return this.once(`${name} traits`, async () => {
      const ids = traitIdsOf(await this.board.get(name, TRAITS));
      return { ids, sieve: new Sieve(ids) };
    });
  }

  private rhythms(): Promise<ReadonlyMap<number, number>> {
    return this.once('rhythms', async () => {
      const { hashes, counts } = await this.board.get('rhythms', RHYTHMS);
      return mapOf(hashes, counts);
    });
  }

  private shared(): Promise<Shared> {
    return this.once('shared', () => this.board.get('shared', SHARED));
  }

  private before(): Promise<{ words: Uint32Array }> {
    return this.once('before', () => this.board.get('before', WORDS));
  }

  private pairs(): Promise<PairList> {
    return this.once('pairs', () => this.board.get('pairs', PAIR_LIST));
  }

  private rowOf(): Promise<Uint32Array> {
    return this.once('row-of', async () => (await this.board.get('row-of', WORDS)).words);
  }

  private groups(): Promise<{ groupOf: Uint32Array; sizes: Uint32Array }> {
    return this.once('groups', () => this.board.get('groups', GROUPS));
  }

  /** By what is popular alone: what likely pairs have in common is counted only when they are known. */
  private bounds(): Promise<PairBounds> {
    return this.once('bounds', async () => {
      const { ids } = await this.traits('popular');
      const { words: counts } = await this.board.get('often', WORDS);
      return new PairBounds(await this.census(), await this.rhythms(), await this.shared(), (await this.given()).policy, [{ ids, counts }]);
    });
  }

  private fitting(): Promise<Fitting> {
    return this.once('fitting', async () => {
      const { partitions, policy } = await this.given();
      const { groupOf, sizes } = await this.groups();
      const fitting = new Fitting(groupOf, [...sizes], (await this.census()).referenceSize, policy, await this.shared());
      const { words: before } = await this.before();
      for (let p = 0; p < partitions; p++) fitting.take((await this.board.get(`lists/${p}`, WORDS)).words, before[p]!);
      return fitting;
    });
  }

  /** The block on the left stays until another one is asked for. */
  private block(block: number, rowOf: Uint32Array): Promise<Placed> {
    if (this.left?.block !== block) this.left = { block, rows: this.loaded(block, rowOf) };
    return this.left.rows;
  }
  private left: { block: number; rows: Promise<Placed> } | undefined;

  private async loaded(block: number, rowOf: Uint32Array): Promise<Placed> {
    const { segments, rowsAtOnce } = await this.given();
    const parts: PairedRows[] = [];
    for (let s = 0; s < segments; s++) {
      const rows = await this.board.find(`rows/${block}/${s}`, PAIRED_ROWS);
      if (rows) parts.push(rows);
    }
    return placed(joinedRows(parts), block * rowsAtOnce, (ordinal) => rowOf[ordinal]! - 1);
  }
}

function joinedRecords(parts: readonly TraitRecords[]): TraitRecords {
  const length = parts.reduce((sum, { who }) => sum + who.length, 0);
  const joined = { hashes: new Float64Array(length), who: new Uint32Array(length), types: new Uint8Array(length) };
  let at = 0;
  for (const part of parts) {
    joined.hashes.set(part.hashes, at);
    joined.who.set(part.who, at);
    joined.types.set(part.types, at);
    at += part.who.length;
  }
  return joined;
}
