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
export type Prices = { [name in keyof typeof PRICES]: number };
