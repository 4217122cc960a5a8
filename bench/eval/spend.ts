import type { Campaign } from '../../simulator/scenarios/scenario';

/**
 * What an operator pays, US dollars. Stated, of the order of what is offered openly and in studies of account markets
 * (Thomas et al., "Trafficking Fraudulent Accounts", USENIX Security 2013: verified accounts from cents to a few dollars).
 * The curve's shape depends on the order of these numbers, not on their last digit.
 */
export const PRICES = {
  /** One exchange at the provider's list price. Programme credits make it free. */
  exchange: 0.01,
  /** One rented exit for a month. */
  hostingExit: 4,
  /** A thousand requests through a residential proxy (30 KB each at 3 dollars a GB). */
  residentialThousand: 0.09,
  phoneNumber: 0.3,
  virtualCard: 2.5,
  agedAccount: 8,
  /** Papers for a programme that checks them lightly. */
  programmePapers: 12,
  domain: 10,
  /** A small model's rewording of a thousand prompts. */
  paraphraseThousand: 0.15,
} as const;

/** Dollars for each thousand exchanges that the operator wanted; filler is paid for and worth nothing. */
export const spendPerThousand = (plan: Campaign, daysOfWorld: number): number => {
  const days = Math.min(plan.days, daysOfWorld - plan.startDay);
  const lives = plan.lifeDays ? Math.ceil(days / plan.lifeDays) : 1;
  const accounts = plan.accounts * lives;
  const exchanges = plan.accounts * plan.perAccountDay * days;
  const wanted = exchanges * (1 - plan.filler);
  const byProxy = { hosting: 0, residential: 1, mixed: 0.5, proxy: 0.9 }[plan.network];
  const exits = plan.network === 'hosting' || plan.network === 'mixed' ? plan.exits * plan.cells : 0;
  const cards = plan.program ? 0 : plan.cardsPer === 0 ? accounts : Math.ceil(accounts / plan.cardsPer);
  const dollars =
    (plan.program ? 0 : exchanges * PRICES.exchange) +
    exits * PRICES.hostingExit * (days / 30) +
    ((exchanges * byProxy) / 1_000) * PRICES.residentialThousand +
    accounts * (1 - plan.agedShare) * PRICES.phoneNumber +
    accounts * plan.agedShare * PRICES.agedAccount +
    cards * PRICES.virtualCard +
    (plan.program ? accounts * PRICES.programmePapers : 0) +
    (plan.domains === 'freemail' ? 0 : 9 * plan.cells * PRICES.domain) +
    ((wanted * plan.paraphrase) / 1_000) * PRICES.paraphraseThousand;
  return (1_000 * dollars) / wanted;
};
