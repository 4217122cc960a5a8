import { approve, reject } from '../../functions/enforcement/commands/approve';
import { noteOnCase } from '../../functions/enforcement/commands/case-notes';
import { undoCase } from '../../functions/enforcement/commands/undo';
import { heard, ofAppeal, ofCase, ofSource } from '../../functions/enforcement/notices/situations';
import { digestOf, tellPeople, type Ways } from '../../functions/enforcement/notices/tell-people';
import { health } from '../../functions/query/health';
import { AppealState } from '../../shared/domain/cases/appeal';
import { CaseState } from '../../shared/domain/cases/case';
import { REASON_CODES } from '../../shared/domain/cases/reason-codes';
import { type Digest, NOTICE_KINDS, NoticeChannel, noticeType } from '../../shared/domain/notice';
import { DAY, HOUR, MINUTE } from '../../shared/domain/time';
import { MemoryDeadLetterQueues } from '../../shared/memory/memory-dead-letter-queues';
import { MemoryEventBus } from '../../shared/memory/memory-event-bus';
import type { Delivery, Messenger } from '../../shared/ports';
import { noteArrivals } from '../../shared/stores/archive/arrival-store';
import { NoticeStore } from '../../shared/stores/cases/notice-store';
import { onBothSides } from '../support/sides';
import { buildCampaign, T0 } from '../support/worlds/build-campaign';
import { BEN, CASE, CLEO, enforcementWorld, inMode, policyWith, says, type TestWorld } from '../support/worlds/enforcement-world';

const ORIGIN = 'https://lockstep.example';

/** A channel that keeps what it was given, and fails while `fails` says so. */
function keeping(given: object) {
  const digests: Digest[] = [];
  const state: { fails?: Delivery } = {};
  const messenger: Messenger = {
    deliver: async (digest) => {
      if (state.fails) return state.fails;
      digests.push(digest);
      return { kind: 'delivered' };
    },
  };
  return { channel: { ...NoticeChannel.parse({ kind: 'slack', ...given }), ...messenger }, digests, state };
}

onBothSides((side) => {
  async function telling(policy = policyWith(inMode('assist'))) {
    const world = await enforcementWorld(side, { policy });
    const bus = new MemoryEventBus();
    const all = keeping({ name: 'all' });
    const ways: Ways = { bus, channels: [all.channel], origin: ORIGIN };
    const dead = new MemoryDeadLetterQueues();
    const tell = (more: Partial<Ways> = {}) =>
      tellPeople({ ...world.enforcement, features: world.stores.features, deadLetters: dead }, { ...ways, ...more });
    return { world, bus, all, tell, ways, dead };
  }
  const waiting = async (world: TestWorld) => {
    await world.detect(buildCampaign({ size: 30 }));
    await world.pass(HOUR);
  };

  test('a case that waits is told once, to the bus and to the channel, with a link; approved, it is over', async () => {
    const { world, bus, all, tell } = await telling();
    expect(await tell()).toMatchObject({ open: 0, delivered: 0 });
    await waiting(world);
    expect(await tell()).toMatchObject({ open: 1, begun: 1, delivered: 1, failed: [] });
    expect(await tell()).toMatchObject({ open: 1, begun: 0, delivered: 0 });
    expect(all.digests).toHaveLength(1);
    expect(all.digests[0]?.notices[0]).toMatchObject({
      kind: 'case-waits',
      link: `${ORIGIN}/cases/${CASE}`,
      because: '2 more people have to approve or reject it.',
    });
    expect(bus.published).toMatchObject([{ type: 'lockstep.notice.case-waits', detail: { state: 'open', subject: CASE } }]);
    for (const person of [BEN, CLEO]) await approve({ ...says(person), case: CASE }, world.enforcement);
    expect(await tell()).toMatchObject({ open: 0, over: 1 });
    expect(bus.published.at(-1)).toMatchObject({ type: 'lockstep.notice.case-waits', detail: { state: 'over' } });
    expect(await tell()).toMatchObject({ open: 0, over: 0 });
  });

  test('whom a note mentions is told by a notice that names nobody, until they do something about the case', async () => {
    const { world, all, tell } = await telling();
    await waiting(world);
    await tell();
    const note = (who: typeof BEN, text: string) => noteOnCase({ ...says(who, text), case: CASE }, world.enforcement);
    expect(await note(BEN, 'write to x@example.com; @cleo and @dan, see #C-hydra.0001 (@cleo)')).toMatchObject({
      because: 'the note is kept, and 2 people are asked',
    });
    expect((await world.enforcement.cases.head(CASE))?.state.mentioned).toEqual(['cleo', 'dan']);
    await world.pass(HOUR);
    await tell();
    expect(all.digests.at(-1)?.notices).toMatchObject([{ kind: 'case-asks', because: expect.stringContaining('2 people were mentioned') }]);
    expect(JSON.stringify(all.digests)).not.toMatch(/cleo|dan/);
    await note(CLEO, 'I looked');
    await reject({ ...says(BEN, 'never mind'), case: CASE }, world.enforcement);
    expect((await world.enforcement.cases.head(CASE))?.state.mentioned).toEqual(['dan']);
    expect(await tell()).toMatchObject({ open: 0 });
  });

  test('dead letters are told by queue, kept with the time since which a queue was not seen empty, and over when it is', async () => {
    const { world, all, tell, dead } = await telling();
    dead.waiting.set('Ingest/Events/DeadLetters', 0);
    expect(await tell()).toMatchObject({ open: 0 });
    dead.waiting.set('Ingest/Events/DeadLetters', 3);
    const since = world.clock.now();
    await tell();
    expect(all.digests[0]?.notices).toMatchObject([{ kind: 'dead-letters', subject: 'Ingest/Events/DeadLetters', path: '/health' }]);
    await world.pass(HOUR);
    dead.waiting.set('Ingest/Events/DeadLetters', 5);
    await tell();
    expect(all.digests).toHaveLength(1);
    const store = new NoticeStore(world.stores.enforcement);
    expect((await store.deadLetters())?.queues).toMatchObject([{ queue: 'Ingest/Events/DeadLetters', messages: 5, since }]);
    const { deadLetters } = await health(world);
    expect(deadLetters?.queues[0]).toMatchObject({
      messages: 5,
      redrive: expect.stringContaining('start-message-move-task --source-arn arn:'),
    });
    dead.waiting.set('Ingest/Events/DeadLetters', 0);
    expect(await tell()).toMatchObject({ open: 0, over: 1 });
    expect(await store.deadLetters()).toMatchObject({ watched: 1, queues: [] });
  });

  test('a provider that does not answer, and one that answers and does nothing, are told and stand in health', async () => {
    const { world, all, tell } = await telling(policyWith(inMode('auto')));
    const kinds = () => all.digests.flatMap(({ notices }) => notices.map(({ kind }) => kind));
    world.provider.behaviour = () => 'down';
    await world.detect(buildCampaign({ size: 30 }));
    let tries = 0;
    for (let waited = 0; waited < 180 && tries < 3; waited += 5) {
      await world.pass(5 * MINUTE);
      tries = Math.max(tries, (await health(world)).deliveries.failing[0]?.tries ?? 0);
      await tell();
    }
    expect(tries).toBeGreaterThanOrEqual(3);
    expect(kinds()).toContain('provider-silent');
    world.provider.behaviour = () => 'lies';
    await world.pass(DAY);
    await tell();
    const { deliveries } = await health(world);
    expect([deliveries.failing, deliveries.givenUp, world.provider.suspended()]).toEqual([[], 30, []]);
    expect(kinds()).toContain('not-carried-out');
  });

  test('what was decided before anybody was told is never told; nothing names a person or says what one wrote', async () => {
    const { world, bus, all, tell } = await telling();
    await waiting(world);
    await reject({ ...says(BEN, 'a secret word of Ben'), case: CASE }, world.enforcement);
    expect(await tell()).toMatchObject({ open: 0 });
    await world.detect(buildCampaign({ size: 30, id: 'C-second' as never }));
    await world.pass(HOUR);
    await approve({ ...says(BEN, 'a secret word of Ben'), case: 'C-second.0001' as never }, world.enforcement);
    await tell();
    expect(all.digests).toHaveLength(1);
    expect(JSON.stringify([bus.published, all.digests])).not.toMatch(/ben|secret word|sealed/);
  });

  test('a channel hears of its own kinds and rules, at most one message in its interval, and several things in one', async () => {
    const { world, tell, bus } = await telling();
    const slow = keeping({ name: 'slow', everyMinutes: 60 });
    const resellers = keeping({ name: 'resellers', rules: ['reselling-limit'] });
    const lapses = keeping({ name: 'lapses', about: ['case-lapsing'] });
    const channels = [slow.channel, resellers.channel, lapses.channel];
    await waiting(world);
    await tell({ channels });
    for (const id of ['C-b', 'C-c', 'C-d']) await world.detect(buildCampaign({ size: 30, id: id as never }));
    await world.pass(30 * MINUTE);
    await tell({ channels });
    expect(slow.digests.map(({ notices }) => notices.length)).toEqual([1]);
    await world.pass(40 * MINUTE);
    await tell({ channels });
    expect(slow.digests.map(({ notices }) => notices.length)).toEqual([1, 3]);
    expect(resellers.digests).toEqual([]);
    expect(lapses.digests).toEqual([]);
    // Every notice by itself is on the bus, for the provider's own rules.
    expect(bus.published.filter(({ type }) => type === 'lockstep.notice.case-waits')).toHaveLength(4);
    const head = await world.enforcement.cases.head(CASE);
    if (head?.state.progress.kind !== 'awaiting-approval') throw new Error('the case does not wait');
    await world.pass(head.state.progress.lapsesAt - 23 * HOUR - world.clock.now());
    await tell({ channels });
    expect(lapses.digests[0]?.notices[0]).toMatchObject({ kind: 'case-lapsing' });
  });

  test('a channel that fails keeps nobody else from being told, is told later, and says since when it fails', async () => {
    const { world, all, tell } = await telling();
    const down = keeping({ name: 'down' });
    const channels = [down.channel, all.channel];
    await waiting(world);
    down.state.fails = { kind: 'unreachable', because: 'it answered 503' };
    const first = await tell({ channels });
    expect(first).toMatchObject({ delivered: 1, failed: ['down: it answered 503'] });
    const store = new NoticeStore(world.stores.enforcement);
    expect((await store.channels()).get('down')?.failing).toEqual({ since: world.clock.now(), because: 'it answered 503' });
    delete down.state.fails;
    await world.pass(5 * MINUTE);
    expect(await tell({ channels })).toMatchObject({ delivered: 1, failed: [] });
    expect(down.digests).toHaveLength(1);
    expect((await store.channels()).get('down')?.failing).toBeNull();
    expect(all.digests).toHaveLength(1);
  });

  test('a crash after sending sends the same message again, under the same id', async () => {
    const { world, all, tell } = await telling();
    await waiting(world);
    const store = new NoticeStore(world.stores.enforcement);
    await tell();
    for (const row of await store.open()) await store.put({ ...row, told: {} });
    await store.putChannel('all', { lastAt: 0, failing: null });
    await tell();
    expect(all.digests).toHaveLength(2);
    expect(all.digests[1]?.id).toBe(all.digests[0]?.id);
  });

  test('a pager hears when none of a kind is left', async () => {
    const { world, tell } = await telling();
    const pager = keeping({ name: 'pager', kind: 'pagerduty' });
    await waiting(world);
    await tell({ channels: [pager.channel] });
    for (const person of [BEN, CLEO]) await approve({ ...says(person), case: CASE }, world.enforcement);
    await tell({ channels: [pager.channel] });
    expect(pager.digests.map(({ state, notices }) => [state, notices.map(({ kind }) => kind)])).toEqual([
      ['open', ['case-waits']],
      ['over', ['case-waits']],
    ]);
  });

  test('an undo that waits for its second person, what expires unconfirmed, a detection that stands still', async () => {
    const { world, all, tell } = await telling(policyWith(inMode('auto')));
    await world.detect(buildCampaign({ size: 140 }));
    for (const person of [BEN, CLEO]) await approve({ ...says(person), case: CASE }, world.enforcement);
    await world.pass(DAY);
    const head = await world.enforcement.cases.head(CASE);
    if (head?.state.progress.kind !== 'contained') throw new Error(`the case is ${head?.state.progress.kind}`);
    await undoCase({ ...says(BEN), case: CASE }, world.enforcement);
    await tell();
    expect(all.digests.at(-1)?.notices.map(({ kind }) => kind)).toEqual(['detection-stale', 'undo-waits']);
    await world.pass((head.state.progress.expiresAt ?? 0) - 20 * HOUR - world.clock.now());
    await tell();
    expect(all.digests.at(-1)?.notices.map(({ kind }) => kind)).toEqual(['case-expiring']);
  });

  test('a source that falls silent is missed after three hours, or one and a half of its longest pause; found again, it is over', async () => {
    const { world, all, tell } = await telling();
    const arrive = async (producer: string, at: number) => {
      const one = { accepted: 5, refused: {}, usage: 5, accounts: 0, latest: at, fields: {} };
      await noteArrivals(world.stores.features, { arrivals: { [producer]: one }, digest: `${producer}-${at}`, now: world.clock.now() });
    };
    const sources = keeping({ name: 'sources', about: ['source-silent'] });
    const step = async (hours: number) => {
      for (let hour = 0; hour < hours; hour++) {
        await world.pass(HOUR);
        await tell({ channels: [sources.channel] });
      }
    };
    // Six days, one comes every hour, one each night.
    for (let hour = 0; hour < 72; hour++) {
      await arrive('litellm', world.clock.now());
      if (hour % 24 === 0) await arrive('kong', world.clock.now());
      await step(1);
    }
    const early = sources.digests.flatMap(({ notices }) => notices.map(({ subject }) => subject));
    // Of the nightly one nobody knew it on the first day.
    expect(early).toEqual(['kong']);
    await step(3);
    expect(sources.digests.at(-1)?.notices).toMatchObject([{ subject: 'litellm', link: `${ORIGIN}/sources` }]);
    await arrive('litellm', world.clock.now());
    await step(1);
    expect((await new NoticeStore(world.stores.enforcement).open()).map(({ notice }) => notice.kind)).not.toContain('source-silent');
    expect(all.digests).toEqual([]);
  });
});

test('a thousand waiting cases are one message of twenty lines, the most pressing first', () => {
  const rows = Array.from({ length: 1_000 }, (_, n) => ({
    notice: { kind: NOTICE_KINDS[n % 4]!, subject: `c-${n}`, title: 't', because: 'b', path: `/cases/c-${n}` },
    since: T0 + n,
    told: {},
  }));
  const digest = digestOf(rows, 'open', T0, ORIGIN);
  expect(digest.notices).toHaveLength(20);
  expect(digest.more).toBe(980);
  expect(digest.notices[0]?.kind).toBe('case-lapsing');
});

test.each([
  [undefined, T0, { latest: T0, pauses: [] }],
  [{ latest: T0 - 30 * MINUTE, pauses: [] }, T0, { latest: T0, pauses: [] }],
  [{ latest: T0 - 5 * HOUR, pauses: [] }, T0, { latest: T0, pauses: [[T0, 5 * HOUR]] }],
  // A replayed file from last week is no sign of life, and a clock ahead of ours is none of the future.
  [{ latest: T0, pauses: [] }, T0 - 3 * DAY, { latest: T0, pauses: [] }],
  [{ latest: T0 - MINUTE, pauses: [] }, T0 + DAY, { latest: T0, pauses: [] }],
  [{ latest: T0 - HOUR, pauses: [[T0 - 9 * DAY, 5 * HOUR]] as [number, number][] }, T0, { latest: T0, pauses: [] }],
])('heard: %j, newest %d: %j', (known, latest, expected) => {
  expect(heard(known, latest, T0)).toEqual(expected);
});

test('nobody misses for ever what was switched off', () => {
  expect(ofSource('old', { latest: T0 - 9 * DAY, pauses: [] }, T0)).toEqual([]);
  expect(ofSource('old', { latest: T0 - 7 * DAY, pauses: [] }, T0)).toHaveLength(1);
});

test.each([
  // Not yet; by now; escalated, with a new promise that lies ahead; answered.
  [{ kind: 'open', answerBy: T0 + HOUR, escalations: 0 } as const, 0],
  [{ kind: 'open', answerBy: T0, escalations: 0 } as const, 1],
  [{ kind: 'open', answerBy: T0 + DAY, escalations: 1 } as const, 1],
  [{ kind: 'denied', at: T0 - HOUR } as const, 0],
])('an appeal that is %j gives %d notices', (progress, count) => {
  const appeal = { account: 'a', case: CASE, campaign: 'C-hydra', action: 'x', rule: 'distillation-suspend' };
  const state = AppealState.parse({ ...appeal, reasonCode: REASON_CODES[0], openedAt: T0 - DAY, statement: 'hash', reviews: [], progress });
  expect(ofAppeal('appeal', state, T0)).toHaveLength(count);
});

test('a stopped case is told, and every kind has its event', async () => {
  const state = CaseState.parse({
    campaign: 'C-hydra',
    classification: 'distillation',
    rule: 'distillation-suspend',
    action: 'suspend',
    mode: 'auto',
    openedAt: T0,
    size: 3,
    forPeople: 0,
    approversNeeded: 1,
    approvals: [],
    confirmations: [],
    forgiven: { appeals: 0, reversals: 0, errors: 0 },
    containedAt: null,
    progress: { kind: 'stopped', stage: 1, resuming: false, expiresAt: T0 + 2 * HOUR },
  });
  expect(ofCase(CASE, state, T0).map(({ kind }) => kind)).toEqual(['case-stopped', 'case-expiring']);
  expect(new Set(NOTICE_KINDS.map(noticeType)).size).toBe(NOTICE_KINDS.length);
});
