import type { AccountData } from '../../shared/contract/event';
import { type Dice, token } from '../draws/dice';
import type { Operator, Origin } from '../draws/places';
import type { Domain, Facts, Payer, Place } from '../scenarios/description';
import { card, type World } from '../world';
import { oneOf } from './mixed';

/** What a group's facts have in common: its cards, its domain, its browser. */
export class GroupFacts {
  private readonly cards = new Map<string, string>();
  readonly issuer: string;
  readonly domain: string;
  readonly browser: string;
  readonly referrer: string;
  constructor(
    private readonly world: World,
    private readonly dice: Dice,
    name: string,
  ) {
    this.issuer = dice.pick(world.issuers);
    this.domain = `${token(`${world.name}/${name}/domain`).slice(0, 8)}.example`;
    this.browser = token(`${world.name}/${name}/browser`);
    this.referrer = `site-${token(`${world.name}/${name}/referrer`).slice(0, 6)}`;
  }
  card(number: string, virtual: boolean): string {
    const known = this.cards.get(number);
    if (known) return known;
    const drawn = card(this.world, this.dice, virtual);
    this.cards.set(number, drawn);
    return drawn;
  }
  throwaway(number: number): string {
    return `${token(`${this.browser}/${number}`).slice(0, 7)}.example`;
  }
}

const paidFrom = (world: World, dice: Dice, payer: Payer, group: GroupFacts, ordinal: number, virtual: boolean): string | undefined => {
  if (typeof payer === 'object')
    return 'per' in payer
      ? group.card(`per ${Math.floor(ordinal / payer.per)}`, virtual)
      : group.card(`one ${ordinal % payer.cards}`, false);
  switch (payer) {
    case 'own':
      return card(world, dice);
    case 'virtual':
      return card(world, dice, true);
    case 'issuer':
      return `${group.issuer}-${token(`${world.name}/card/${dice.next()}`)}`;
    case 'none':
      return undefined;
    default:
      return payer satisfies never;
  }
};

const domainOf = (world: World, dice: Dice, domain: Domain, group: GroupFacts): string | undefined => {
  if (typeof domain === 'object') return group.throwaway(dice.below(domain.throwaway));
  switch (domain) {
    case 'any':
      return undefined;
    case 'freemail':
      return world.freemail[dice.rank(world.freemail.length)]!;
    case 'own':
      return `${token(`${world.name}/${dice.next()}`).slice(0, 8)}.example`;
    case 'group':
      return group.domain;
    default:
      return domain satisfies never;
  }
};

/** What a provider is told of a tenant: where it is one, and who pays for it there. Whatever it signed up with, its cloud knows and nobody else. */
function tenantOf({ browser }: GroupFacts, { cloud, billed }: NonNullable<Facts['tenant']>, ordinal: number): AccountData {
  const digits = (of: string): string => (Number.parseInt(token(`${browser}/${of}`).slice(0, 12), 16) % 1e12).toString().padStart(12, '0');
  return {
    cloud,
    tenant: digits(`tenant/${ordinal}`),
    billingAccount: digits(`billing/${Math.floor(ordinal / billed)}`),
    ...{ plan: undefined, program: undefined, verification: undefined, organization: undefined, emailDomain: undefined },
    ...{ paymentInstrument: undefined, paymentCountry: undefined, signupIp: undefined, signupFingerprint: undefined, referrer: undefined },
  };
}

/** What a description says of an account's facts, to be laid over an ordinary person's. Fields that it does not name are absent. */
export const factsOver = (
  world: World,
  dice: Dice,
  facts: Facts,
  group: GroupFacts,
  about: { ordinal: number; isp: Operator; hostile: boolean; origin: (place: Place) => Origin },
): AccountData => {
  if (facts.tenant !== undefined) return tenantOf(group, facts.tenant, about.ordinal);
  const over: AccountData = {};
  if (facts.plan !== undefined) over.plan = facts.plan;
  if (facts.program !== undefined) over.program = facts.program;
  if (facts.verification !== undefined) over.verification = facts.verification;
  if (facts.payer !== undefined) {
    over.paymentInstrument = paidFrom(world, dice, oneOf(dice, facts.payer), group, about.ordinal, about.hostile);
    over.paymentCountry = over.paymentInstrument === undefined ? undefined : about.isp.country;
    over.plan ??= over.paymentInstrument === undefined ? 'free' : 'paid';
  }
  if (facts.domain !== undefined) {
    const domain = domainOf(world, dice, oneOf(dice, facts.domain), group);
    if (domain !== undefined) over.emailDomain = domain;
  }
  if (facts.organization !== undefined && dice.is(facts.organization)) over.organization = group.domain;
  if (facts.signup !== undefined) over.signupIp = about.origin(oneOf(dice, facts.signup)).ip;
  if (facts.browser !== undefined) over.signupFingerprint = group.browser;
  if (facts.referrer === 'group') over.referrer = group.referrer;
  if (facts.referrer === 'none') over.referrer = undefined;
  return over;
};
