import type { Facts, Pool, PromptSetChoice, Use } from '../scenarios/description';

/** What most campaigns are made of; a behaviour says what it does otherwise. Rates are those of the June 2026 disclosure. */

/** Items of coding, agentic and reasoning data sets, a third with a demand for written reasoning, some to be graded. */
export const loot = (over: Partial<PromptSetChoice> = {}): PromptSetChoice => ({
  set: [],
  wordings: 12,
  elicits: 0.3,
  grading: 0.08,
  ...over,
});
/** Facts of accounts registered for the purpose: six on a virtual card, a phone number each, public or throwaway mail. */
export const REGISTERED: Facts = {
  plan: 'paid',
  payer: { per: 6 },
  verification: 'phone',
  domain: [
    [0.6, 'freemail'],
    [0.4, { throwaway: 9 }],
  ],
};
/** The same with a card each. */
export const SEPARATE: Facts = { ...REGISTERED, payer: 'virtual', domain: 'freemail', signup: 'home' };
/** Rented addresses; one object for each campaign. */
export const exits = (pool = 60, operators = 3): Pool => ({ pool, at: 'hoster', operators });
/** From the member's turn to the end, 26 requests a day, dealt out evenly. */
export const harvest = (use: Pick<Use, 'where' | 'client' | 'says'> & Partial<Use>): Use => ({
  from: 0,
  pace: { even: 26 },
  follows: 'campaign',
  ...use,
});
/** What a person does with an account: to warm it, or as its first owner. */
export const ORDINARY: Use = {
  ordinary: true,
  pace: { sit: 'person', perDay: [5, 0.8] },
  where: 'home',
  client: [
    [3, 'console'],
    [1, 'any'],
  ],
  says: [
    [2, 'chat'],
    [1, 'code'],
  ],
};
