import { ByteReader } from '../../../shared/formats/bytes';
import { segmentOf } from '../../../shared/formats/segment-of';
import type { AccountKey } from '../../../shared/identity/ids';
import { readProfile } from '../profiles/profile-codec';
import type { PackedProfiles } from '../profiles/profiles';
import type { Board } from '../screen/tasks/board';
import { TRAITS, traitsOf } from '../screen/tasks/objects';
import { TraitIds } from '../traits/trait-ids';
import { packedAt } from '../units/unit-objects';
import { COUNTED, HANDED, namesOf, QUESTIONS_OF, WANT, WANTED } from './segment-objects';
import type { SegmentTask } from './segment-tasks';

/** Accounts as they were handed: profiles, and of those of whom that was asked, what they hold that others may hold too. */
export type Handed = {
  profiles: PackedProfiles;
  isReference(account: AccountKey): boolean;
  /** Of some of them. */
  shared(accounts: Iterable<AccountKey>): TraitIds;
};
type Part = { [K in keyof typeof HANDED]: InstanceType<(typeof HANDED)[K]> };

/** What a run asks of accounts that are kept by segment: each question is a step of tasks, one for each segment that it concerns. */
export class Questions {
  private asked = 0;

  constructor(
    private readonly board: Board,
    private readonly segments: number,
    private readonly perform: (tasks: readonly SegmentTask[]) => Promise<void>,
  ) {}

  async some(accounts: readonly AccountKey[]): Promise<PackedProfiles> {
    return (await this.hand(new Map(accounts.map((account) => [account, WANT.profile])))).profiles;
  }

  async told(accounts: readonly AccountKey[]): Promise<PackedProfiles> {
    return (await this.hand(new Map(accounts.map((account) => [account, WANT.ifTold])))).profiles;
  }

  /** By account, of WANT. */
  async hand(wanted: ReadonlyMap<AccountKey, number>): Promise<Handed> {
    const bySegment = new Map<number, AccountKey[]>();
    for (const account of wanted.keys()) {
      const segment = segmentOf(account, this.segments);
      const known = bySegment.get(segment);
      if (known) known.push(account);
      else bySegment.set(segment, [account]);
    }
    const question = this.asked++;
    const segments = [...bySegment.keys()].sort((a, b) => a - b);
    for (const s of segments) {
      const accounts = bySegment.get(s)!;
      const wants = Uint8Array.from(accounts, (account) => wanted.get(account)!);
      await this.board.put(`wanted/${question}/${s}`, WANTED, { names: namesOf(accounts), wants });
    }
    await this.step('hand', question, segments);
    const places = new Map<AccountKey, { part: Part; at: number }>();
    for (const s of segments) {
      const part = await this.board.get(`handed/${question}/${s}`, HANDED);
      bySegment.get(s)!.forEach((account, at) => {
        places.set(account, { part, at });
      });
    }
    await this.board.remove(segments.flatMap((s) => [`wanted/${question}/${s}`, `handed/${question}/${s}`]));
    return handedOf(places);
  }

  /** How many of everybody hold each of some traits, and how many of the reference vouch for it; by their ids. */
  async count(ids: TraitIds): Promise<{ holders: Uint32Array; inReference: Uint32Array }> {
    const counts = { holders: new Uint32Array(ids.size), inReference: new Uint32Array(ids.size) };
    if (ids.size === 0) return counts;
    const question = this.asked++;
    const segments = Array.from({ length: this.segments }, (_, s) => s);
    await this.board.put(`counting/${question}`, TRAITS, traitsOf(ids));
    await this.step('tell', question, segments);
    for (const s of segments) {
      const told = await this.board.get(`counted/${question}/${s}`, COUNTED);
      told.ids.forEach((id, at) => {
        counts.holders[id]! += told.holders[at]!;
        counts.inReference[id]! += told.inReference[at]!;
      });
    }
    await this.board.remove([`counting/${question}`, ...segments.map((s) => `counted/${question}/${s}`)]);
    return counts;
  }

  private async step(step: SegmentTask['step'], question: number, segments: readonly number[]): Promise<void> {
    if (segments.length > 0) await this.perform(segments.map((s) => ({ step, at: question * QUESTIONS_OF + s })));
  }
}

function handedOf(places: ReadonlyMap<AccountKey, { part: Part; at: number }>): Handed {
  const packed = (account: AccountKey): Uint8Array | undefined => {
    const place = places.get(account);
    return place && packedAt(place.part, place.at);
  };
  return {
    profiles: {
      packed,
      peek: (account) => {
        const bytes = packed(account);
        return bytes && readProfile(new ByteReader(bytes));
      },
    },
    isReference: (account) => {
      const place = places.get(account);
      return place?.part.isReference[place.at] === 1;
    },
    shared: (accounts) => {
      const ids = new TraitIds();
      for (const account of accounts) {
        const place = places.get(account);
        if (!place) continue;
        const { starts, types, hashes } = place.part;
        for (let i = starts[place.at]!; i < starts[place.at + 1]!; i++) ids.of(types[i]!, hashes[i]!);
      }
      return ids;
    },
  };
}
