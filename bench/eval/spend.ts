import { PRICES } from '../../simulator/prices';
import type { Campaign } from '../../simulator/scenarios/scenario';

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
