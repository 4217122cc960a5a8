import { simulateFaults } from '../../bench/faults/simulate';

/** Thousands of seeds: npm run faults. */
const SEEDS = 200;

test(`features come out the same under crashes at any call, duplicates, reordering and overlap (${SEEDS} seeds)`, async () => {
  let crashes = 0;
  let naiveWrong = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const outcome = await simulateFaults(seed);
    expect({ seed, wrong: outcome.wrong }).toEqual({ seed, wrong: 0 });
    crashes += outcome.crashes;
    naiveWrong += outcome.naiveWrong;
  }
  // The faults do happen, and they do harm where they are not guarded against.
  expect(crashes).toBeGreaterThan(SEEDS);
  expect(naiveWrong).toBeGreaterThan(SEEDS);
});
