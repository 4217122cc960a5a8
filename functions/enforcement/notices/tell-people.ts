import { createHash } from 'node:crypto';
import { type Digest, NOTICE_KINDS, type Notice, type NoticeChannel, noticeKey, noticeType, wants } from '../../../shared/domain/notice';
import { HOUR, MINUTE } from '../../../shared/domain/time';
import type { Clock, DeadLetterQueues, EventBus, Messenger, Table } from '../../../shared/ports';
import { arrivalsOf } from '../../../shared/stores/archive/arrival-store';
import type { AppealStore } from '../../../shared/stores/cases/appeal-store';
import type { CaseStore } from '../../../shared/stores/cases/case-store';
import { NoticeStore, type OpenNotice } from '../../../shared/stores/cases/notice-store';
import type { ReferralStore } from '../../../shared/stores/cases/referral-store';
import type { SituationStore } from '../../../shared/stores/cases/situation-store';
import { heard, ofAppeal, ofCase, ofDeadLetters, ofDetection, ofReferral, ofSource } from './situations';

export type TellingDependencies = {
  table: Table;
  features: Table;
  cases: CaseStore;
  appeals: AppealStore;
  referrals: ReferralStore;
  situations: SituationStore;
  deadLetters: DeadLetterQueues;
  clock: Clock;
};
/** `origin`: of the console, whose pages the links open. */
export type Ways = { bus: EventBus; channels: readonly (NoticeChannel & Messenger)[]; origin: string };
export type Told = { open: number; begun: number; over: number; delivered: number; failed: string[] };

/** Lines of one message. A thousand waiting cases are one message with a link. */
const LONGEST_DIGEST = 20;
/** A day of arrivals is thousands of rows at scale: they are read once an hour. */
const LOOK_AT_SOURCES_EVERY = HOUR;
/** The bus is told of each notice by itself, under this name in what was told. */
const BUS = '$bus';

/**
 * Tells people what waits for them: what began since the last run goes to the bus, one event each, and to every channel that wants it, as
 * one message. Each is told at least once: what was told is noted after it was sent, and sent again under the same id after a crash. A
 * channel that fails keeps no other from being told; it is tried again at the next run, and is in `failed`.
 */
export async function tellPeople(deps: TellingDependencies, ways: Ways): Promise<Told> {
  const store = new NoticeStore(deps.table);
  const now = deps.clock.now();
  const lasting = new Map((await situations(deps, store, now)).map((notice) => [noticeKey(notice), notice]));
  const known = await store.open();
  const over = known.filter(({ notice }) => !lasting.has(noticeKey(notice)));
  const before = new Map(known.map((row) => [noticeKey(row.notice), row]));
  const open = [...lasting].map(([key, notice]) => before.get(key) ?? { notice, since: now, told: {} });
  for (const row of open) if (!before.has(noticeKey(row.notice))) await store.put(row);

  const begun = await toBus(open, over, now, { store, ...ways });
  const failed: string[] = [];
  let delivered = 0;
  const states = await store.channels();
  for (const channel of ways.channels) {
    const state = states.get(channel.name) ?? { lastAt: 0, failing: null };
    const sent = await toChannel(channel, { open, over, now, lastAt: state.lastAt, origin: ways.origin }, store);
    if (sent.because !== undefined) {
      failed.push(`${channel.name}: ${sent.because}`);
      await store.putChannel(channel.name, { ...state, failing: { since: state.failing?.since ?? now, because: sent.because } });
    } else if (sent.messages > 0 || state.failing)
      await store.putChannel(channel.name, { lastAt: sent.messages > 0 ? now : state.lastAt, failing: null });
    delivered += sent.messages;
  }
  // Where a channel still has to hear that it is over, the row stays until it did.
  if (failed.length === 0) for (const row of over) await store.over(row);
  return { open: open.length, begun, over: over.length, delivered, failed };
}

async function situations(deps: TellingDependencies, store: NoticeStore, now: number): Promise<Notice[]> {
  const notices: Notice[] = [];
  for (const { id, head } of await deps.cases.openCases({ tidy: false })) notices.push(...ofCase(id, head.state, now));
  for await (const { id, head } of deps.appeals.openOnes({ tidy: false })) notices.push(...ofAppeal(id, head.state, now));
  for await (const { state } of deps.referrals.open({ tidy: false })) notices.push(...ofReferral(state, now));
  for (const [producer, state] of await sourcesAt(deps, store, now)) notices.push(...ofSource(producer, state, now));
  notices.push(...(await deps.situations.due(now)));
  const population = await deps.table.get('BUDGET', 'POPULATION');
  notices.push(...ofDetection(population && Number(population.at), now));
  const dead = await deps.deadLetters.count();
  await store.putDeadLetters(dead, now);
  for (const one of dead) notices.push(...ofDeadLetters(one));
  return notices;
}

async function sourcesAt({ features }: TellingDependencies, store: NoticeStore, now: number) {
  const known = await store.sources();
  if (known && now - known.lookedAt < LOOK_AT_SOURCES_EVERY) return known.sources;
  const arrivals = await arrivalsOf(features, now, known ? 1 : 2);
  const sources = new Map(known?.sources);
  for (const [producer, { accepted, latest }] of Object.entries(arrivals))
    if (accepted > 0) sources.set(producer, heard(sources.get(producer), latest, now));
  await store.putSources(now, sources);
  return sources;
}

/** Publishes what began and what is over, each once or more; answers how many began. */
async function toBus(
  open: readonly OpenNotice[],
  over: readonly OpenNotice[],
  now: number,
  { bus, store, origin }: Pick<Ways, 'bus' | 'origin'> & { store: NoticeStore },
): Promise<number> {
  const fresh = open.filter(({ told }) => told[BUS] === undefined);
  const event = (state: 'open' | 'over') => (row: OpenNotice) => ({
    id: idOf([row], state),
    type: noticeType(row.notice.kind),
    time: state === 'open' ? row.since : now,
    detail: { state, ...row.notice, link: `${origin}${row.notice.path}` },
  });
  const ended = over.filter(({ told }) => told[BUS] !== undefined);
  if (fresh.length + ended.length === 0) return 0;
  await bus.publish([...fresh.map(event('open')), ...ended.map(event('over'))]);
  for (const row of fresh) {
    row.told[BUS] = now;
    await store.put(row);
  }
  return fresh.length;
}

type Moment = { open: readonly OpenNotice[]; over: readonly OpenNotice[]; now: number; lastAt: number; origin: string };

async function toChannel(
  channel: NoticeChannel & Messenger,
  { open, over, now, lastAt, origin }: Moment,
  store: NoticeStore,
): Promise<{ messages: number; because?: string }> {
  const mine = open.filter(({ notice }) => wants(channel, notice));
  let messages = 0;
  // A pager keeps an incident open for each kind until it hears that none of the kind is left.
  const left = new Set(mine.map(({ notice }) => notice.kind));
  const ended = over.filter(({ notice, told }) => told[channel.name] !== undefined && !left.has(notice.kind));
  if (channel.kind === 'pagerduty' && ended.length > 0) {
    const answer = await channel.deliver(digestOf(ended, 'over', now, origin));
    if (answer.kind !== 'delivered') return { messages, because: answer.because };
    messages++;
  }
  const fresh = mine.filter(({ told }) => told[channel.name] === undefined);
  if (fresh.length === 0 || now - lastAt < channel.everyMinutes * MINUTE) return { messages };
  const answer = await channel.deliver(digestOf(fresh, 'open', now, origin));
  if (answer.kind !== 'delivered') return { messages, because: answer.because };
  for (const row of fresh) {
    row.told[channel.name] = now;
    await store.put(row);
  }
  return { messages: messages + 1 };
}

/** What is lost first comes first. */
const PRESSING: readonly Notice['kind'][] = [
  'detection-stale',
  'dead-letters',
  'source-silent',
  'provider-silent',
  'key-at-work',
  'case-lapsing',
  'case-stopped',
  'appeal-overdue',
];
const rank = ({ notice }: OpenNotice): number => (PRESSING.indexOf(notice.kind) + PRESSING.length + 1) % (PRESSING.length + 1);

export function digestOf(rows: readonly OpenNotice[], state: Digest['state'], at: number, origin: string): Digest {
  const sorted = [...rows].sort(
    (one, other) =>
      rank(one) - rank(other) || NOTICE_KINDS.indexOf(one.notice.kind) - NOTICE_KINDS.indexOf(other.notice.kind) || one.since - other.since,
  );
  return {
    id: idOf(rows, state),
    at,
    state,
    notices: sorted.slice(0, LONGEST_DIGEST).map(({ notice, since }) => ({ ...notice, since, link: `${origin}${notice.path}` })),
    more: Math.max(0, rows.length - LONGEST_DIGEST),
    link: `${origin}/`,
  };
}

const idOf = (rows: readonly OpenNotice[], state: string): string =>
  createHash('sha256')
    .update(JSON.stringify([state, ...rows.map(({ notice, since }) => `${noticeKey(notice)}@${since}`).sort()]))
    .digest('hex');
