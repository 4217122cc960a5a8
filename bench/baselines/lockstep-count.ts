import { HOUR } from '../../shared/domain/time';
import type { Baseline } from './baseline';
import type { Observations } from './observations';

export const NEIGHBOURS = 'neighbours';
const WITHIN = { hours: 1, volume: 0.05 };

const alike = (one: number, other: number): boolean => Math.abs(one - other) <= WITHIN.volume * Math.max(one, other);

/** account -> how many others began within the hour and moved a like volume. */
const neighbours = (seen: Observations): Map<string, number> => {
  const accounts = [...seen.accounts.values()].filter((account) => account.requests > 0).sort((x, y) => x.first - y.first);
  const counts = new Map(accounts.map((account) => [account.id, 0]));
  accounts.forEach((account, i) => {
    for (let j = i + 1; j < accounts.length && accounts[j]!.first - account.first <= WITHIN.hours * HOUR; j++) {
      if (!alike(account.inputTokens, accounts[j]!.inputTokens)) continue;
      for (const { id } of [account, accounts[j]!]) counts.set(id, (counts.get(id) ?? 0) + 1);
    }
  });
  return counts;
};

/**
 * How many other accounts began within an hour of this one and moved the same volume within 5 %: the simple lockstep count of
 * ../shared/data, where three or more are flagged. Volume is the input tokens, as the conversion of `hop-sybil` writes them.
 */
export const lockstepCount: Baseline = {
  name: 'simple lockstep count',
  source: 'first use within 1 h and volume within 5 %',
  score: (seen) => [{ setting: NEIGHBOURS, scores: neighbours(seen) }],
};
