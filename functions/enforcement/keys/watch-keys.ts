import { type ApiKey, type NamedKey, nameOfKey, stateOf } from '../../../shared/domain/api-key';
import { ACCOUNT_CHAIN, type AccountState, type Phase } from '../../../shared/domain/cases/action';
import type { CaseState } from '../../../shared/domain/cases/case';
import type { Notice } from '../../../shared/domain/notice';
import { DAY, HOUR, hourOf, iso, MINUTE } from '../../../shared/domain/time';
import { shownEvent } from '../../../shared/formats/shown-event';
import { type AccountKey, accountKey, type CaseId, type Hash64 } from '../../../shared/identity/ids';
import { accountOf } from '../../../shared/stores/archive/event-store';
import { sequencesOf } from '../../../shared/stores/cases/case-store';
import { type Entry, isolated } from '../../../shared/stores/cases/ledger-store';
import { CLOCK } from '../case/move';
import type { Enforcement } from '../enforcement';

/** Looked at once an hour: requests are counted by the hour. */
const LOOK_EVERY = HOUR;
const LOOKED = 'KEYS-WATCHED';
/** Hours that were looked at before and are looked at again: events may be late. */
const LOOKED_AGAIN = 2 * HOUR;
/** Whoever ends a key everywhere takes a moment. */
const GRACE = 10 * MINUTE;
/** So long after the acknowledgement requests are looked at; key events are for as long as the action is in force. */
const WATCHED_FOR = 7 * DAY;
/** Accounts of a case that its page names. */
const MOST_NAMED = 50;

type Answered = Extract<Phase, { kind: 'acknowledged' | 'observed' }>;
type Watched = { id: CaseId; state: CaseState; account: AccountKey; head: Entry<AccountState>; phase: Answered; keys: readonly NamedKey[] };
type Used = { requests: number; latest: number };
type UsedKeys = ReadonlyMap<string, Used>;
const keyOf = (account: AccountKey, key: Hash64): string => `${account}/${key}`;

/**
 * Of a suspension the provider's account events show whether it took effect; of a key its later key events do, and its use. Where the
 * provider acknowledged that a key is ended, and a key event of later says that it works, or requests with it were served, people are told
 * (docs/notices.md) until key events say that it ended. Nothing is asked again: what is wrong there is for people to find out.
 */
export async function watchKeys(deps: Enforcement): Promise<{ watched: number; ended: number; atWork: number }> {
  const now = deps.clock.now();
  const last = await deps.table.get(LOOKED, 'ALL');
  if (last && now - Number(last.at) < LOOK_EVERY) return { watched: 0, ended: 0, atWork: 0 };
  const watched = await watchedNow(deps);
  const used = await usesOf(watched, last ? Number(last.at) - LOOKED_AGAIN : 0, now, deps);
  let ended = 0;
  const atWork: Watched[] = [];
  for (const one of watched) {
    const kept = await Promise.all(one.keys.map(({ key }) => deps.keys.get(one.account, key)));
    const next = lookedAt(one, kept, used, now);
    if (next.change) {
      const { what, because, phase } = next.change;
      // Whoever wrote in between (an undo, above all) wins: the next look sees it.
      const entry = { actor: CLOCK, what, because, state: { ...one.head.state, phase } };
      await isolated(
        () => deps.ledger.append(ACCOUNT_CHAIN, one.account, one.head, entry),
        () => undefined,
      );
      if (what === 'observed') ended++;
    }
    if (next.works) atWork.push(one);
  }
  await deps.situations.keep('key-at-work', situationsOf(atWork, now));
  await deps.table.put({ pk: LOOKED, sk: 'ALL', at: now });
  return { watched: watched.length, ended, atWork: atWork.length };
}

/** Actions about named keys that the provider acknowledged and that are in force. */
async function watchedNow(deps: Enforcement): Promise<Watched[]> {
  const found: Watched[] = [];
  for (const { id, head: of } of await deps.cases.openCases({ tidy: false })) {
    if (of.state.action !== 'disable-key') continue;
    const heads = await deps.ledger.heads(ACCOUNT_CHAIN, sequencesOf(await deps.cases.touched(id)), () => {});
    for (const [account, head] of heads) {
      const { phase } = head.state;
      if ((phase.kind !== 'acknowledged' && phase.kind !== 'observed') || phase.action.case !== id) continue;
      const { keys = [] } = phase.action;
      if (keys.length > 0) found.push({ id, state: of.state, account: accountKey(account), head, phase, keys });
    }
  }
  return found;
}

/** Requests that were served with a watched key after the provider had said that it is ended, by account and key. */
async function usesOf(watched: readonly Watched[], from: number, now: number, { events }: Enforcement): Promise<UsedKeys> {
  const used = new Map<string, Used>();
  const recent = watched.filter(({ phase }) => phase.at + WATCHED_FOR > now);
  if (!events || recent.length === 0) return used;
  const after = new Map(recent.flatMap(({ account, phase, keys }) => keys.map(({ key }) => [keyOf(account, key), phase.at + GRACE])));
  const accounts = new Set(recent.map(({ account }) => account));
  const earliest = Math.max(from, Math.min(...after.values()));
  for (let hour = hourOf(earliest); hour < now; hour += HOUR) {
    if ((await events.version(hour)) === undefined) continue;
    for (const place of (await events.eventsOf(accounts, hour)).places) {
      const { at, status, apiKey } = shownEvent(place);
      const account = accountOf(place);
      // A gateway that refuses the key answers with an error: that is no use of it.
      if (account === undefined || apiKey === null || (status !== 'ok' && status !== 'refused')) continue;
      const use = keyOf(account, apiKey as Hash64);
      const begins = after.get(use);
      if (begins === undefined || Date.parse(at) < begins) continue;
      const { requests = 0, latest = 0 } = used.get(use) ?? {};
      used.set(use, { requests: requests + 1, latest: Math.max(latest, Date.parse(at)) });
    }
  }
  return used;
}

type Looked = {
  works: boolean;
  change?: { what: 'observed' | 'key still works'; because: string[]; phase: Answered };
};

/** What key events and requests of later say of one action; pure. `kept`: what is known of each of its keys. */
function lookedAt({ account, phase, keys }: Watched, kept: readonly (ApiKey | undefined)[], used: UsedKeys, now: number): Looked {
  const states = kept.map((one) => one && stateOf(one));
  const works = keys.flatMap(({ key }, n): string[] => {
    const name = nameOfKey(account, key);
    const state = states[n];
    const use = used.get(keyOf(account, key));
    if (state?.state === 'live' && state.since > phase.at) return [`a key event says that ${name} works since ${iso(state.since)}`];
    // It ended after it was last used: whoever ended it was late.
    if (!use || (state && state.state !== 'live' && state.since >= use.latest)) return [];
    return [`${use.requests} requests with ${name} were served after the provider acknowledged, the latest at ${iso(use.latest)}`];
  });
  const { atWork, ...rest } = phase;
  if (works.length > 0)
    return atWork === undefined
      ? { works: true, change: { what: 'key still works', because: works, phase: { ...phase, atWork: now } } }
      : { works: true };
  // `askedAt`: a key event may be older than the acknowledgement that crossed it.
  const ended = states.every((state) => state !== undefined && state.state !== 'live' && state.since >= (atWork ?? phase.action.askedAt));
  if (!ended || (phase.kind === 'observed' && atWork === undefined)) return { works: atWork !== undefined };
  const because = [`key events say that ${keys.map(({ key }) => nameOfKey(account, key)).join(', ')} ended`];
  return { works: false, change: { what: 'observed', because, phase: { ...rest, kind: 'observed', at: phase.at } as Answered } };
}

/** One for each case: its page has the accounts. */
function situationsOf(atWork: readonly Watched[], now: number) {
  const cases = new Map<CaseId, { state: CaseState; accounts: AccountKey[] }>();
  for (const { id, state, account } of atWork) {
    const known = cases.get(id);
    if (known) known.accounts.push(account);
    else cases.set(id, { state, accounts: [account] });
  }
  return [...cases].map(([id, { state, accounts }]) => {
    const notice: Notice = {
      kind: 'key-at-work',
      subject: id,
      title: `A key that was ended still works: case ${id}`,
      because:
        'The provider acknowledged that the key is ended; later requests with it were served, or a later key event says that it works.',
      path: `/cases/${id}`,
      rule: state.rule,
    };
    return { notice, from: now, accounts: accounts.sort().slice(0, MOST_NAMED) };
  });
}
