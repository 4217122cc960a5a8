import { createHash } from 'node:crypto';
import { SUM } from '../../../shared/formats/features';
import type { Profile } from './profile';

/** Fewest labelled exchanges from which a mix can be read. */
const ENOUGH = 24;
/** Shares are told apart in steps of this size, tokens by doublings. */
const STEP = 0.25;

/**
 * What an account asks for and how much of it, as two names: shares of its tasks (the provider's labels) with the mean tokens of a
 * request and of an answer. Paraphrase changes none of it. Each name is rounded half a step apart from the other, so that neighbours
 * across a border share one all the same. None while fewer than 24 exchanges of the window are labelled.
 */
export function taskMixes(profile: Profile): number[] {
  const counts = profile.window.tasks;
  let labelled = 0;
  for (const count of counts.values()) labelled += count;
  if (labelled < ENOUGH) return [];
  const steps: [task: string, steps: number][] = [];
  for (const [task, count] of counts) {
    const share = count / labelled / STEP;
    if (share + 0.5 >= 1) steps.push([task, share]);
  }
  steps.sort(([a], [b]) => (a < b ? -1 : 1));
  const doublings = [SUM.input, SUM.output].map((which) => Math.log2(1 + profile.sum(which) / profile.windowExchanges));
  return [0, 0.5].map((shift) => {
    const shares = steps.map(([task, share]) => [task, Math.floor(share + shift)] as const).filter(([, whole]) => whole > 0);
    return named(JSON.stringify([shift, shares, doublings.map((value) => Math.floor(value + shift))]));
  });
}

/** Mixes met before, by what they are made of: few differ. */
const names = new Map<string, number>();
const MOST_NAMES = 100_000;

/** 52 bits of SHA-256: no secret, there is nothing of a person in it. */
function named(text: string): number {
  const known = names.get(text);
  if (known !== undefined) return known;
  if (names.size >= MOST_NAMES) names.clear();
  const name = Number.parseInt(createHash('sha256').update(text).digest('hex').slice(0, 13), 16);
  names.set(text, name);
  return name;
}
