import { HOUR } from '../shared/domain/time';
import type { Truth as WholeTruth } from './simulate';

/** What is needed of the truth about an account. */
type Truth = Pick<WholeTruth, 'id' | 'campaign' | 'byHour'> & { label: string };
type Member = Pick<WholeTruth, 'id' | 'label' | 'campaign' | 'life' | 'total' | 'ordinary' | 'first' | 'byHour'>;

/**
 * What a campaign costs whoever runs it: counted from the very events of the world. Prices are assumptions, dollars each, and stand in
 * one place: whoever knows better gives others (`--prices`).
 */
export const PRICES = { account: 1, card: 3, address: 2, request: 0.01 } as const;
export type Prices = { [name in keyof typeof PRICES]: number };

export type Spent = {
  campaign: string;
  accounts: number;
  /** Lives after the first of an account that was replaced. */
  replaced: number;
  cards: number;
  addresses: number;
  /** From the first sign-up to the first request that extracts: what is paid before anything comes of it. */
  hoursBefore: number;
  /** Requests that extract, and those that only hide it. */
  exchanges: number;
  ordinary: number;
  /** Of the requests that the world counts as its own, the share that is anybody's (`filler` of the scenario). */
  filler: number;
  perAccountDay: number;
};

type Kept = { cards: Set<string>; addresses: Set<string>; signedUp: number };
const found = (line: string, name: string): string | undefined => {
  const at = line.indexOf(`"${name}":"`);
  return at < 0 ? undefined : line.slice(at + name.length + 4, line.indexOf('"', at + name.length + 4));
};

/** Reads the lines of a world as they come. `honest`: accounts that need not be looked at. */
export class SpendBook {
  private readonly accounts = new Map<string, Kept>();

  constructor(private readonly honest: ReadonlySet<string>) {}

  note(at: number, line: string): void {
    const subject = found(line, 'subject');
    if (subject === undefined || this.honest.has(subject)) return;
    let kept = this.accounts.get(subject);
    if (!kept) {
      kept = { cards: new Set(), addresses: new Set(), signedUp: at };
      this.accounts.set(subject, kept);
    }
    const card = found(line, 'paymentInstrument');
    if (card !== undefined) kept.cards.add(card);
    for (const name of ['ip', 'signupIp']) {
      const address = found(line, name);
      if (address !== undefined) kept.addresses.add(address);
    }
  }

  /** By campaign, in order of name. `filler`: share of a campaign's own requests that only hide the others; none where it is not named. */
  spent(truth: readonly Member[], filler: ReadonlyMap<string, number> = new Map()): Spent[] {
    const campaigns = new Map<string, Member[]>();
    for (const one of truth)
      if (one.label === 'distillation' && one.campaign !== undefined)
        campaigns.set(one.campaign, [...(campaigns.get(one.campaign) ?? []), one]);
    return [...campaigns]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, members]) => this.ofCampaign(name, members, filler.get(name) ?? 0));
  }

  private ofCampaign(campaign: string, members: readonly Member[], filler: number): Spent {
    const kept = members.flatMap(({ id }) => this.accounts.get(id) ?? []);
    const starts = members.flatMap(({ first }) => first ?? []);
    const sent = members.reduce((sum, { total }) => sum + total, 0);
    const exchanges = Math.round(sent * (1 - filler));
    const days = members.reduce((sum, { byHour = [] }) => sum + new Set(byHour.map(([hour]) => Math.floor(hour / 24))).size, 0);
    return {
      campaign,
      accounts: members.length,
      replaced: members.filter(({ life = 0 }) => life > 0).length,
      cards: new Set(kept.flatMap(({ cards }) => [...cards])).size,
      addresses: new Set(kept.flatMap(({ addresses }) => [...addresses])).size,
      hoursBefore: Math.max(0, Math.min(...starts) - Math.min(...kept.map(({ signedUp }) => signedUp))) / HOUR || 0,
      exchanges,
      ordinary: members.reduce((sum, { ordinary = 0 }) => sum + ordinary, sent - exchanges),
      filler,
      perAccountDay: days === 0 ? 0 : exchanges / days,
    };
  }
}

export const dollars = ({ accounts, cards, addresses, ordinary }: Spent, prices: Prices): number =>
  accounts * prices.account + cards * prices.card + addresses * prices.address + ordinary * prices.request;

/** Exchanges that went through before the account was acted on: all of them where nobody acted. `actedAt`: ms, by account. */
export function leakedOf(truth: readonly Truth[], start: number, actedAt: ReadonlyMap<string, number>): Map<string, number> {
  const leaked = new Map<string, number>();
  for (const { id, label, campaign, byHour = [] } of truth) {
    if (label !== 'distillation' || campaign === undefined) continue;
    const until = actedAt.get(id) ?? Number.POSITIVE_INFINITY;
    const through = byHour.reduce((sum, [hour, count]) => (start + hour * HOUR < until ? sum + count : sum), 0);
    leaked.set(campaign, (leaked.get(campaign) ?? 0) + through);
  }
  return leaked;
}

/** A table for people. With `leaked`, cheapest first for what came of it: where we lose stands on top. */
export function spendTable(spent: readonly Spent[], prices: Prices, leaked?: ReadonlyMap<string, number>): string {
  const head = ['campaign', 'accounts', 'cards', 'addresses', 'hours before', 'a day and account', 'to hide', 'dollars'];
  const rows = spent.map((one) => {
    const sent = leaked?.get(one.campaign);
    const through = sent === undefined ? undefined : Math.round(sent * (1 - one.filler));
    const cost = dollars(one, prices);
    const share = one.ordinary / Math.max(1, one.ordinary + one.exchanges);
    const cells = [
      one.campaign,
      `${one.accounts}${one.replaced > 0 ? ` (${one.replaced} replaced)` : ''}`,
      String(one.cards),
      String(one.addresses),
      one.hoursBefore.toFixed(0),
      one.perAccountDay.toFixed(1),
      `${(100 * share).toFixed(0)} %`,
      cost.toFixed(0),
    ];
    if (through === undefined) return { cells, each: 0 };
    const each = through === 0 ? Number.POSITIVE_INFINITY : (1_000 * cost) / through;
    const said = Number.isFinite(each) ? each.toFixed(2) : 'nothing went through';
    return { cells: [...cells, String(through), `${((100 * through) / Math.max(1, one.exchanges)).toFixed(1)} %`, said], each };
  });
  const all = leaked ? [...head, 'went through', 'of all', 'dollars a thousand'] : head;
  const sorted = leaked ? [...rows].sort((one, other) => one.each - other.each) : rows;
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(all), line(all.map(() => '---')), ...sorted.map(({ cells }) => line(cells))].join('\n');
}
