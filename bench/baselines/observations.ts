import { isEvidence, LockstepEvent, type UsageEvent } from '../../shared/contract/event';
import { HOUR } from '../../shared/domain/time';

/** Numbers for texts, in order of appearance. */
export class Vocabulary {
  private readonly known = new Map<string, number>();
  index(text: string): number {
    const old = this.known.get(text);
    if (old !== undefined) return old;
    this.known.set(text, this.known.size);
    return this.known.size - 1;
  }
  get size(): number {
    return this.known.size;
  }
}

/** What a baseline may know of an account: everything in its events, hour by hour. Objects are numbers of the shared vocabulary. */
export type Observed = {
  readonly id: string;
  requests: number;
  inputTokens: number;
  outputTokens: number;
  elicits: number;
  grading: number;
  createdAt: number | undefined;
  /** ms of the first and the last request; before any request, of the first event. */
  first: number;
  last: number;
  readonly perDay: Map<number, number>;
  readonly perHourOfDay: number[];
  readonly perTask: Map<string, number>;
  readonly addresses: Map<number, number>;
  readonly prefixes: Map<number, number>;
  readonly clients: Set<number>;
  readonly systems: Set<number>;
  /** Every card the account ever had; and cards, e-mail domains and sign-up prefixes together. */
  readonly cards: Set<number>;
  readonly facts: Set<number>;
  /** day -> numbers of (address, hour) pairs, of (prefix, hour) pairs, of (card, hour) pairs. */
  readonly visits: Map<number, Set<number>>;
  readonly prefixVisits: Map<number, Set<number>>;
  readonly cardVisits: Map<number, Set<number>>;
};

/** 198.51.100.7 -> 198.51.100; 2001:db8:1:2:… -> 2001:db8:1:2. */
export const prefixOf = (ip: string): string =>
  ip.includes(':') ? ip.split(':').slice(0, 4).join(':') : ip.split('.').slice(0, 3).join('.');

const fresh = (id: string, at: number): Observed => ({
  id,
  ...{ requests: 0, inputTokens: 0, outputTokens: 0, elicits: 0, grading: 0, createdAt: undefined, first: at, last: at },
  ...{
    perDay: new Map(),
    perHourOfDay: new Array<number>(24).fill(0),
    perTask: new Map(),
    addresses: new Map(),
    prefixes: new Map(),
    clients: new Set(),
    systems: new Set(),
    cards: new Set(),
    facts: new Set(),
    visits: new Map(),
    prefixVisits: new Map(),
    cardVisits: new Map(),
  },
});

const insert = <K>(map: Map<K, Set<number>>, key: K, value: number): void => {
  const set = map.get(key);
  if (set) set.add(value);
  else map.set(key, new Set([value]));
};
const increase = <K>(map: Map<K, number>, key: K): void => void map.set(key, (map.get(key) ?? 0) + 1);

/** All accounts, as far as the stream has come. Second deliveries count once. */
export class Observations {
  readonly accounts = new Map<string, Observed>();
  readonly objects = new Vocabulary();
  private readonly visits = new Vocabulary();
  private recent = new Set<string>();
  private before = new Set<string>();

  add(line: string): void {
    const event = LockstepEvent.parse(JSON.parse(line));
    switch (event.type) {
      case 'lockstep.release.v1':
        return;
      case 'lockstep.account.v1': {
        const account = this.account(event.subject, Date.parse(event.time));
        const { data } = event;
        if (data.createdAt) account.createdAt = Date.parse(data.createdAt);
        if (data.paymentInstrument) account.cards.add(this.objects.index(`card ${data.paymentInstrument}`));
        if (data.emailDomain) account.facts.add(this.objects.index(`domain ${data.emailDomain}`));
        if (data.signupIp) account.facts.add(this.objects.index(`signup ${prefixOf(data.signupIp)}`));
        for (const card of account.cards) account.facts.add(card);
        return;
      }
      case 'lockstep.usage.v1':
        if (isEvidence(event.data.status) && this.isNew(event.id)) this.use(event);
        return;
      case 'lockstep.verification.v1':
      case 'lockstep.referral.v1':
      case 'lockstep.key.v1':
        break;
      default:
        event satisfies never;
    }
  }

  private account(id: string, at: number): Observed {
    const known = this.accounts.get(id);
    if (known) return known;
    const account = fresh(id, at);
    this.accounts.set(id, account);
    return account;
  }

  /** Repeats come within minutes: two generations of ids are enough. */
  private isNew(id: string): boolean {
    if (this.recent.has(id) || this.before.has(id)) return false;
    if (this.recent.size > 200_000) {
      this.before = this.recent;
      this.recent = new Set();
    }
    this.recent.add(id);
    return true;
  }

  private use(event: UsageEvent): void {
    const at = Date.parse(event.time);
    const hour = Math.floor(at / HOUR);
    const day = Math.floor(hour / 24);
    const { data } = event;
    const account = this.account(event.subject, at);
    if (account.requests === 0) account.first = at;
    account.requests++;
    account.last = at;
    account.inputTokens += data.inputTokens;
    account.outputTokens += data.outputTokens;
    account.elicits += data.labels?.elicitsReasoning ?? 0;
    account.grading += data.labels?.grading ?? 0;
    account.perHourOfDay[hour % 24]!++;
    increase(account.perDay, day);
    increase(account.perTask, data.labels?.task ?? 'unknown');
    if (data.client?.fingerprint) account.clients.add(this.objects.index(`client ${data.client.fingerprint}`));
    if (data.prompt?.system) account.systems.add(this.objects.index(`system ${data.prompt.system}`));
    for (const card of account.cards) insert(account.cardVisits, day, this.visits.index(`${card} ${hour}`));
    if (data.network?.ip) {
      const address = this.objects.index(`ip ${data.network.ip}`);
      increase(account.addresses, address);
      const prefix = this.objects.index(`prefix ${prefixOf(data.network.ip)}`);
      increase(account.prefixes, prefix);
      insert(account.visits, day, this.visits.index(`${address} ${hour}`));
      insert(account.prefixVisits, day, this.visits.index(`${prefix} ${hour}`));
    }
  }
}
