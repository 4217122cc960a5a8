import type { AccountKey } from '../../../shared/identity/ids';
import type { Profile } from '../profiles/profile';
import { askedFor } from './baseline';
import type { Group, Measures } from './measures';
import { type AskingRate, strongestAsking } from './purpose';

/** Content that is so much likelier of the population than of the group (nats) is not the group's. */
const OTHER_CONTENT = -1.5;
/** Requests from which an account can be seen not to ask for what the group asks for, and how improbable its count must be. */
const ENOUGH_REQUESTS = 12;
const IMPROBABLE = 0.001;
/** A load this many times the group's, or this part of it, is another's work; from so many expected requests on. */
const OTHER_LOAD = 6;
const ENOUGH_EXPECTED = 12;

/**
 * Members whose own use is unlike the group's: linked, but not at its work. They may be framed, or share something for a reason of their
 * own; nothing is done about them. Whoever has too little use to compare is not unlike: rules ask for use of its own besides.
 */
export function misfits({ members, profiles }: Group, measures: Measures): Map<AccountKey, string> {
  const unlike = new Map<AccountKey, string>();
  const strongest = strongestAsking(measures.asking);
  const usual = usualLoad(profiles);
  for (const { entry, byFamily } of members) {
    const { profile } = entry;
    const because =
      (byFamily.content <= OTHER_CONTENT ? 'what it sends is unlike what the others send' : undefined) ??
      (strongest && asksForNothing(profile, strongest) ? `it does not ask for ${strongest.asking} as the others do` : undefined) ??
      (usual !== undefined ? otherLoad(profile, usual) : undefined);
    if (because !== undefined) unlike.set(profile.account, because);
  }
  return unlike;
}

function asksForNothing(profile: Profile, { asking, by, share, base }: AskingRate): boolean {
  const { of, elicits, grading } = askedFor(profile, by);
  if (of < ENOUGH_REQUESTS || share <= 2 * base) return false;
  const asked = Math.round(of * (asking === 'reasoning' ? elicits : grading));
  return binomialAtMost(asked, of, share) < IMPROBABLE;
}

/** Requests an hour of a typical member. */
function usualLoad(profiles: readonly Profile[]): number | undefined {
  const rates = profiles.map(rateOf).filter((rate) => rate !== undefined);
  if (rates.length < 8) return undefined;
  return rates.sort((a, b) => a - b)[rates.length >> 1];
}

function rateOf(profile: Profile): number | undefined {
  const life = profile.activity();
  return life && life.last - life.first >= 4 ? life.exchanges / (life.last - life.first + 1) : undefined;
}

function otherLoad(profile: Profile, usual: number): string | undefined {
  const life = profile.activity();
  if (!life) return undefined;
  const expected = usual * (life.last - life.first + 1);
  if (expected < ENOUGH_EXPECTED) return undefined;
  if (life.exchanges > OTHER_LOAD * expected) return 'its load is far above that of the others';
  return life.exchanges * OTHER_LOAD < expected ? 'its load is far below that of the others' : undefined;
}

/** P(X ≤ k) of a binomial, by summing its terms from the least. */
export function binomialAtMost(k: number, n: number, p: number): number {
  if (k >= n) return 1;
  let term = Math.exp(n * Math.log(1 - p));
  let sum = term;
  for (let i = 0; i < k; i++) {
    term *= ((n - i) / (i + 1)) * (p / (1 - p));
    sum += term;
  }
  return sum;
}
