import { z } from 'zod';
import { HOUR } from '../../../shared/domain/time';
import type { ObjectStore } from '../../../shared/ports';
import { writeAccountsInOrder } from '../profiles/account-file';
import { accountFileOf } from '../profiles/checkpoints';
import type { Population } from '../profiles/population';
import type { Glance } from '../risk-tier';
import { Doubles, Words } from '../screen/columns/growing';
import { repeatPlace } from '../screen/columns/repeated';
import { accountAt, addProfile, placeOf, ScreenBuilder, writeColumns } from '../screen/columns/screen-columns';
import { NOT_REFERENCE, standingsIn } from '../screen/holders/census';
import { TraitCounts } from '../screen/holders/trait-counts';
import { sampleIn } from '../screen/screened';
import { Board } from '../screen/tasks/board';
import { TRAITS, traitIdsOf, WORDS } from '../screen/tasks/objects';
import { columnsOnBoard, ScreenTasks } from '../screen/tasks/screen-tasks';
import { PLACES, placesIn, visitsOf } from '../screen/units';
import { packedAt, packedOf, profileAt } from '../units/unit-objects';
import { absorbSegment } from './absorb';
import {
  type Absorbed,
  BITS,
  COUNTED,
  GLANCES,
  HANDED,
  namedIn,
  namesOf,
  PLACING,
  PROFILES,
  QUESTIONS_OF,
  RepeatsGiven,
  SAMPLES,
  SegmentsGiven,
  WANT,
  WANTED,
} from './segment-objects';

/**
 * absorb: a segment as it stands now; keep: as a file of a checkpoint; repeat: where hashes of its traits fall; again: on which places of a
 * slice two fell; place: which of its accounts the screen named, and its part of the sample; hand: what was asked of its accounts; tell: how
 * many of them hold some traits.
 */
export const SEGMENT_STEPS = ['absorb', 'keep', 'repeat', 'again', 'place', 'hand', 'tell'] as const;
/** A segment; of `again` a slice; of `hand` and `tell` a question and a segment (`question * 64 + segment`). */
export const SegmentTask = z.object({ step: z.enum(SEGMENT_STEPS), at: z.int().min(0) });
export type SegmentTask = z.infer<typeof SegmentTask>;

/**
 * The tasks of a population that is kept by segment. Each reads objects of the run, and of the archive what was folded and kept, and writes
 * its own, the same bytes whenever it is done again, and removes nothing: so it may run anywhere, twice, or again after it failed.
 */
export class SegmentTasks {
  private readonly board: Board;

  constructor(
    private readonly store: Pick<ObjectStore, 'get' | 'put' | 'delete'>,
    private readonly prefix: string,
  ) {
    this.board = new Board(store, prefix);
  }

  do({ step, at }: SegmentTask): Promise<void> {
    switch (step) {
      case 'absorb':
        return this.absorb(at);
      case 'keep':
        return this.keep(at);
      case 'repeat':
        return this.repeat(at);
      case 'again':
        return this.again(at);
      case 'place':
        return this.place(at);
      case 'hand':
        return this.hand(Math.floor(at / QUESTIONS_OF), at % QUESTIONS_OF);
      case 'tell':
        return this.tell(Math.floor(at / QUESTIONS_OF), at % QUESTIONS_OF);
      default:
        throw new Error(`no step is called ${step satisfies never}`);
    }
  }

  private async absorb(s: number): Promise<void> {
    const given = await this.given();
    const found = await absorbSegment(s, given, this.store);
    if (found.kind === 'damaged') return this.board.putJson(`absorbed/${s}`, found satisfies Absorbed);
    const { population, releases } = found;
    await this.writeSegment(s, population);
    const { start } = population.span;
    const { size } = population.profiles;
    await this.board.putJson(`absorbed/${s}`, {
      kind: 'absorbed',
      accounts: size,
      rows: population.rows,
      start,
      releases,
    } satisfies Absorbed);
  }

  private async writeSegment(s: number, population: Population): Promise<void> {
    const { profiles, releases } = population;
    const accounts = [...profiles.accounts()].sort();
    const columns = new ScreenBuilder();
    const glances: Glance[] = [];
    for (const account of accounts) {
      const profile = profiles.peek(account)!;
      addProfile(columns, profile, releases);
      const { createdAt, lastUse, lastHeard, windowExchanges } = profile;
      glances.push({ account, createdAt, lastUse, lastHeard, windowExchanges });
    }
    await this.store.put(`${this.prefix}/columns/${s}`, writeColumns(columns.columns()));
    const names = namesOf(accounts);
    await this.board.put(`glances/${s}`, GLANCES, {
      names,
      createdAt: Float64Array.from(glances, ({ createdAt }) => createdAt ?? Number.NaN),
      lastUse: Float64Array.from(glances, ({ lastUse }) => lastUse),
      lastHeard: Float64Array.from(glances, ({ lastHeard }) => lastHeard),
      exchanges: Float64Array.from(glances, ({ windowExchanges }) => windowExchanges),
    });
    await this.board.put(`profiles/${s}`, PROFILES, {
      ...packedOf(accounts.map((account) => profiles.packed(account))),
      names,
      told: Uint8Array.from(accounts, (account) => (population.wasTold(account) ? 1 : 0)),
    });
  }

  private async keep(s: number): Promise<void> {
    const { count, base, hours } = await this.given();
    const profiles = await this.board.get(`profiles/${s}`, PROFILES);
    const bytes = writeAccountsInOrder(unpacked(profiles));
    const file = accountFileOf(bytes, { segment: s, count, last: lastOf({ base, hours }) });
    await this.store.put(file.key, bytes, { ifAbsent: true });
    await this.board.putJson(`kept/${s}`, file);
  }

  private async repeat(s: number): Promise<void> {
    const { places, slice } = RepeatsGiven.parse(await this.board.getJson('repeats'));
    const { types, hashes } = await this.columns(s);
    const bySlice = Array.from({ length: places / slice }, () => new Words());
    for (let i = 0; i < types.length; i++) {
      const place = repeatPlace(types[i]!, hashes[i]!, places - 1);
      bySlice[Math.floor(place / slice)]!.push(place % slice);
    }
    for (const [at, words] of bySlice.entries()) await this.board.put(`repeats/${at}/${s}`, WORDS, { words: words.filled() });
  }

  private async again(at: number): Promise<void> {
    const { slice } = RepeatsGiven.parse(await this.board.getJson('repeats'));
    const { count } = await this.given();
    const once = new Uint8Array(slice / 8);
    const bits = new Uint8Array(slice / 8);
    for (let s = 0; s < count; s++) {
      for (const place of (await this.board.get(`repeats/${at}/${s}`, WORDS)).words) {
        const bit = 1 << (place & 7);
        if ((once[place >>> 3]! & bit) === 0) once[place >>> 3]! |= bit;
        else bits[place >>> 3]! |= bit;
      }
    }
    await this.board.put(`again/${at}`, BITS, { bits });
  }

  private async place(s: number): Promise<void> {
    const { groupOf, guests, tiedNames, ties } = await this.board.get('placing', PLACING);
    const columns = await this.columns(s);
    const census = await this.screening().census();
    const visits = visitsOf(guests);
    const tieOf = new Map(Array.from(ties, (tie, at) => [accountAt({ names: tiedNames }, at), tie]));
    await this.board.put(
      `places/${s}`,
      PLACES,
      placesIn(columns, census, groupOf, (ordinal) => visits.has(ordinal), tieOf),
    );
    const profiles = await this.board.get(`profiles/${s}`, PROFILES);
    const sample = [...sampleIn(columns, census)];
    await this.board.put(`samples/${s}`, SAMPLES, {
      ...packedOf(sample.map((account) => packedAt(profiles, placeOf(profiles, account)!))),
      names: namesOf(sample),
    });
  }

  private async hand(question: number, s: number): Promise<void> {
    const wanted = await this.board.get(`wanted/${question}/${s}`, WANTED);
    const profiles = await this.board.get(`profiles/${s}`, PROFILES);
    const found = Array.from({ length: namedIn(wanted) }, (_, at) => ({
      want: wanted.wants[at]!,
      place: placeOf(profiles, accountAt(wanted, at)),
    }));
    const packed = packedOf(
      found.map(({ want, place }) => {
        const isGiven = (want & WANT.profile) !== 0 || ((want & WANT.ifTold) !== 0 && profiles.told[place ?? -1] === 1);
        return isGiven && place !== undefined ? packedAt(profiles, place) : undefined;
      }),
    );
    const traits = {
      isReference: new Uint8Array(found.length),
      starts: new Uint32Array(found.length + 1),
      types: new Words(),
      hashes: new Doubles(),
    };
    if (found.some(({ want }) => (want & WANT.traits) !== 0)) {
      const columns = await this.columns(s);
      const standings = standingsIn(columns, await this.screening().census());
      const mayRepeat = await this.repeated();
      for (const [at, { want, place }] of found.entries()) {
        if ((want & WANT.traits) !== 0 && place !== undefined) {
          traits.isReference[at] = standings[place] === NOT_REFERENCE ? 0 : 1;
          for (let i = columns.starts[place]!; i < columns.starts[place + 1]!; i++) {
            if (!mayRepeat(columns.types[i]!, columns.hashes[i]!)) continue;
            traits.types.push(columns.types[i]!);
            traits.hashes.push(columns.hashes[i]!);
          }
        }
        traits.starts[at + 1] = traits.types.length;
      }
    }
    await this.board.put(`handed/${question}/${s}`, HANDED, {
      ...packed,
      isReference: traits.isReference,
      starts: traits.starts,
      types: Uint8Array.from(traits.types.filled()),
      hashes: traits.hashes.filled(),
    });
  }

  private async tell(question: number, s: number): Promise<void> {
    const ids = traitIdsOf(await this.board.get(`counting/${question}`, TRAITS));
    const census = await this.screening().census();
    const columns = await this.columns(s);
    const counts = new TraitCounts(ids);
    counts.add(columns, standingsIn(columns, census), census.now);
    const held = [...counts.holders.keys()].filter((id) => counts.holders[id]! > 0);
    await this.board.put(`counted/${question}/${s}`, COUNTED, {
      ids: Uint32Array.from(held),
      holders: Uint32Array.from(held, (id) => counts.holders[id]!),
      inReference: Uint32Array.from(held, (id) => counts.inReference[id]!),
    });
  }

  /** Whether more than one account may hold a trait. */
  private async repeated(): Promise<(type: number, hash: number) => boolean> {
    const { places, slice } = RepeatsGiven.parse(await this.board.getJson('repeats'));
    const bits = new Uint8Array(places / 8);
    for (let at = 0; at < places / slice; at++) bits.set((await this.board.get(`again/${at}`, BITS)).bits, (at * slice) / 8);
    return (type, hash) => {
      const place = repeatPlace(type, hash, places - 1);
      return (bits[place >>> 3]! & (1 << (place & 7))) !== 0;
    };
  }

  private screening(): ScreenTasks {
    return new ScreenTasks(this.board, columnsOnBoard(this.store, this.prefix, 0));
  }

  private columns(s: number) {
    return columnsOnBoard(this.store, this.prefix, s + 1).columns(s);
  }

  private async given(): Promise<SegmentsGiven> {
    return SegmentsGiven.parse(await this.board.getJson('segments'));
  }
}

/** The last hour absorbed, since the epoch. */
export const lastOf = ({ base, hours }: Pick<SegmentsGiven, 'base' | 'hours'>): number =>
  Math.max(base.last, ...hours.slice(-1).map(({ hour }) => hour / HOUR));

function* unpacked(profiles: { packed: Uint8Array; ends: Uint32Array }) {
  for (let at = 0; at < profiles.ends.length; at++) yield profileAt(profiles, at)!;
}
