import { DAY, HOUR } from '../shared/domain/time';
import type { Prices } from './prices';
import type { Truth as WholeTruth } from './simulate';

/** What is needed of the truth about an account. */
type Truth = Pick<WholeTruth, 'id' | 'campaign' | 'byHour'> & { label: string };
type Member = Pick<WholeTruth, 'id' | 'label' | 'campaign' | 'life' | 'total' | 'ordinary' | 'first' | 'byHour'>;

/** An address that carried fewer of a campaign's requests is a household of a proxy network, paid by traffic; any other is rented. */
const RENTED_FROM = 10;
/** An account that was made so long before it was first heard of was bought. */
const AGED = 30 * DAY;

/** What a campaign takes, counted from the very events of the world. */
export type Spent = {
  campaign: string;
  accounts: number;
  /** Lives after the first of an account that was replaced. */
  replaced: number;
  /** Of the accounts, those that were years or months old: bought. */
  aged: number;
  cards: number;
  /** Addresses that are rented, and requests through households of a proxy network. */
  rented: number;
  proxied: number;
  /** Days from the first request to the last. */
  days: number;
  /** From the first sign-up to the first request that extracts: what is paid before anything comes of it. */
  hoursBefore: number;
  /** Requests that extract, and those that only hide it. */
  exchanges: number;
  ordinary: number;
  /** Of the requests that the world counts as its own, the share that is anybody's (`filler` of the scenario). */
  filler: number;
  perAccountDay: number;
};

type Kept = { cards: Set<string>; byAddress: Map<string, number>; signedUp: number; isAged: boolean; last: number };
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
      kept = { cards: new Set(), byAddress: new Map(), signedUp: at, isAged: false, last: at };
      this.accounts.set(subject, kept);
    }
    const card = found(line, 'paymentInstrument');
    if (card !== undefined) kept.cards.add(card);
    const createdAt = found(line, 'createdAt');
    if (createdAt !== undefined && Date.parse(createdAt) < at - AGED) kept.isAged = true;
    const address = found(line, 'ip');
    if (address === undefined) return;
    kept.byAddress.set(address, (kept.byAddress.get(address) ?? 0) + 1);
    kept.last = at;
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
    const byAddress = new Map<string, number>();
    for (const one of kept) for (const [address, count] of one.byAddress) byAddress.set(address, (byAddress.get(address) ?? 0) + count);
    const counts = [...byAddress.values()];
    const accountDays = members.reduce((sum, { byHour = [] }) => sum + new Set(byHour.map(([hour]) => Math.floor(hour / 24))).size, 0);
    return {
      campaign,
      accounts: members.length,
      replaced: members.filter(({ life = 0 }) => life > 0).length,
      aged: kept.filter(({ isAged }) => isAged).length,
      cards: new Set(kept.flatMap(({ cards }) => [...cards])).size,
      rented: counts.filter((count) => count >= RENTED_FROM).length,
      proxied: counts.filter((count) => count < RENTED_FROM).reduce((sum, count) => sum + count, 0),
      days:
        kept.length === 0 || starts.length === 0 ? 0 : Math.max(0, Math.max(...kept.map(({ last }) => last)) - Math.min(...starts)) / DAY,
      hoursBefore: Math.max(0, Math.min(...starts) - Math.min(...kept.map(({ signedUp }) => signedUp))) / HOUR || 0,
      exchanges,
      ordinary: members.reduce((sum, { ordinary = 0 }) => sum + ordinary, sent - exchanges),
      filler,
      perAccountDay: accountDays === 0 ? 0 : exchanges / accountDays,
    };
  }
}

/** What hiding takes: accounts, cards, addresses and the requests that only hide. What extracts costs everybody the same, and is left out. */
export const dollars = ({ accounts, aged, cards, rented, proxied, days, ordinary }: Spent, prices: Prices): number =>
  (accounts - aged) * prices.phoneNumber +
  aged * prices.agedAccount +
  cards * prices.virtualCard +
  rented * prices.hostingExit * (days / 30) +
  (proxied / 1_000) * prices.residentialThousand +
  ordinary * prices.exchange;

/** Requests of an account before `at` (ms), within an hour taken as even. `start`: of the world, ms. */
export const sentBefore = ({ byHour = [] }: Pick<WholeTruth, 'byHour'>, start: number, at: number): number =>
  byHour.reduce((sum, [hour, count]) => sum + count * Math.min(1, Math.max(0, (at - start) / HOUR - hour)), 0);

/** Exchanges that went through before the account was acted on, within an hour taken as even: all of them where nobody acted. `actedAt`: ms, by account. */
export function leakedOf(truth: readonly Truth[], start: number, actedAt: ReadonlyMap<string, number>): Map<string, number> {
  const leaked = new Map<string, number>();
  for (const { id, label, campaign, byHour = [] } of truth) {
    if (label !== 'distillation' || campaign === undefined) continue;
    const through = sentBefore({ byHour }, start, actedAt.get(id) ?? Number.POSITIVE_INFINITY);
    leaked.set(campaign, (leaked.get(campaign) ?? 0) + through);
  }
  return leaked;
}

/** A table for people. With `leaked`, cheapest first for what came of it: where we lose stands on top. */
export function spendTable(spent: readonly Spent[], prices: Prices, leaked?: ReadonlyMap<string, number>): string {
  const head = ['campaign', 'accounts', 'bought', 'cards', 'rented', 'proxied', 'hours before', 'a day and account', 'to hide', 'dollars'];
  const rows = spent.map((one) => {
    const sent = leaked?.get(one.campaign);
    const through = sent === undefined ? undefined : Math.round(sent * (1 - one.filler));
    const cost = dollars(one, prices);
    const share = one.ordinary / Math.max(1, one.ordinary + one.exchanges);
    const cells = [
      one.campaign,
      `${one.accounts}${one.replaced > 0 ? ` (${one.replaced} replaced)` : ''}`,
      String(one.aged),
      String(one.cards),
      String(one.rented),
      String(one.proxied),
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
