import { HOUR } from '../../shared/model/time';
import type { Baseline } from './baseline';

const WITHIN = { hours: 1, volume: 0.05 };

/**
 * How many other accounts began within an hour of this one and moved the same volume within 5 %: the simple lockstep count of
 * ../shared/data, where three or more are flagged. Volume is the input tokens, as the conversion of `hop-sybil` writes them.
 */
export const lockstepCount: Baseline = {
  name: 'simple lockstep count',
  source: 'first use within 1 h and volume within 5 %',
  settings: [
    {
      name: 'neighbours',
      score: (seen) => {
        const accounts = [...seen.accounts.values()].filter((account) => account.requests > 0).sort((x, y) => x.first - y.first);
        const counts = new Map<string, number>();
        accounts.forEach((account, i) => {
          let count = 0;
          const alike = (other: (typeof accounts)[number]): boolean =>
            Math.abs(other.inputTokens - account.inputTokens) <= WITHIN.volume * Math.max(other.inputTokens, account.inputTokens);
          for (const step of [-1, 1])
            for (
              let j = i + step;
              j >= 0 && j < accounts.length && Math.abs(accounts[j]!.first - account.first) <= WITHIN.hours * HOUR;
              j += step
            )
              if (alike(accounts[j]!)) count++;
          counts.set(account.id, count);
        });
        return counts;
      },
    },
  ],
};
