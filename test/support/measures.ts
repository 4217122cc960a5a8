import type { Identity } from '../../functions/detection/findings/identity';
import type { Measures } from '../../functions/detection/findings/measures';
import type { AskingRate } from '../../functions/detection/findings/purpose';
import type { LoadSpread } from '../../functions/detection/profiles/load-spread';

/** Accounts that say nothing of who they are. */
export const identity = (change: Partial<Identity> = {}): Identity => ({
  organization: 0,
  domain: 0,
  payer: 0,
  payers: 0,
  paying: 0,
  place: 0,
  cardCells: 0,
  cells: 0,
  rotating: 0,
  pooled: 0,
  pool: 0,
  exclusive: 0,
  exclusiveOfReference: 0,
  together: 0,
  ...change,
});

export const load = (change: Partial<LoadSpread> = {}): LoadSpread => ({ spread: 0, atMost: 0.05, accounts: 20, ...change });

export const asks = (share: number, change: Partial<AskingRate> = {}): AskingRate => ({
  asking: 'reasoning',
  by: 'labels',
  share,
  atLeast: share - 0.02,
  base: 0.1,
  requests: 2000,
  accounts: 20,
  ...change,
});

/** Twenty new accounts of which nothing can be seen yet. */
export const measures = (change: Partial<Measures> = {}): Measures => ({
  size: 20,
  rest: undefined,
  dispersion: undefined,
  old: 0,
  taken: 0,
  kept: 0,
  identity: identity(),
  load: undefined,
  asking: [],
  families: { infrastructure: 0, payment: 0, registration: 0, timing: 0, content: 0 },
  pivot: 0,
  ...change,
});

/** Cards that each pay for several unrelated accounts; turns on a pool of addresses of their own; the load dealt out. */
export const HYDRA = {
  identity: identity({
    paying: 1,
    payer: 0.2,
    payers: 5,
    cells: 5,
    cardCells: 1,
    pool: 30,
    pooled: 1,
    exclusive: 1,
    exclusiveOfReference: 1,
    rotating: 1,
    together: 1,
  }),
  load: load(),
  dispersion: 0.8,
  rest: 0.32,
  families: { infrastructure: 9, payment: 9, registration: 3, timing: 4, content: 6 },
  asking: [asks(0.3)],
} satisfies Partial<Measures>;
