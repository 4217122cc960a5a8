import { openAppeal, requestAppeal } from '../../functions/appeals/appeal';
import { openAppeals } from '../../functions/appeals/appeals';
import { reviewAppeal, watchAppeals } from '../../functions/appeals/review';
import { carryOutAppeals } from '../../functions/enforcement/account-actions/carry-out-appeals';
import { finishRestoring } from '../../functions/enforcement/account-actions/reinstate';
import { issueCanaries } from '../../functions/enforcement/canaries/issue-canaries';
import { CaseStep, caseStep } from '../../functions/enforcement/case/case-step';
import { restartLost } from '../../functions/enforcement/case/restart-lost';
import { approve, confirmActions, reject, resume } from '../../functions/enforcement/commands/approve';
import { noteOnCase } from '../../functions/enforcement/commands/case-notes';
import { openByHand } from '../../functions/enforcement/commands/choose-accounts';
import { decideVerification } from '../../functions/enforcement/commands/decide-verification';
import { disclose } from '../../functions/enforcement/commands/disclose';
import { exonerate, revokeExoneration } from '../../functions/enforcement/commands/exonerate';
import { importOperator } from '../../functions/enforcement/commands/known-operators';
import { labelAccounts } from '../../functions/enforcement/commands/label-accounts';
import { placeHold } from '../../functions/enforcement/commands/legal-holds';
import { draftPolicy, measurePolicy, putLive, reviewPolicy, rollBack } from '../../functions/enforcement/commands/policies';
import { regroup } from '../../functions/enforcement/commands/regroup';
import { undoAccount, undoCase } from '../../functions/enforcement/commands/undo';
import { enforce } from '../../functions/enforcement/enforce';
import { openEnforcement } from '../../functions/enforcement/enforcement';
import { watchKeys } from '../../functions/enforcement/keys/watch-keys';
import { keepLabels } from '../../functions/enforcement/labels/keep-labels';
import { anchorDays } from '../../functions/enforcement/ledger/anchors';
import { publishLedger } from '../../functions/enforcement/ledger/publish';
import { openTelling } from '../../functions/enforcement/notices/open-telling';
import { tellPeople } from '../../functions/enforcement/notices/tell-people';
import { turnKillSwitch } from '../../functions/enforcement/policy/kill-switch';
import { refer } from '../../functions/enforcement/referrals/refer';
import { withdraw } from '../../functions/enforcement/referrals/take-answer';
import { watchReferrals } from '../../functions/enforcement/referrals/watch-referrals';
import { watchTenants } from '../../functions/enforcement/referrals/watch-tenants';
import { takeNews } from '../../functions/enforcement/verification/take-news';
import { takeIn } from '../../functions/enforcement/verification/verification-desk';
import { watchVerifications } from '../../functions/enforcement/verification/watch-verifications';
import { withMode } from '../../shared/domain/policy/policy';
import { DAY, dayOf, HOUR, MINUTE } from '../../shared/domain/time';
import { canaryKeys } from '../../shared/identity/canary';
import { campaignId, hash64, sealedId } from '../../shared/identity/ids';
import { KeyedHasher } from '../../shared/identity/keyed-hash';
import { MemoryDeadLetterQueues } from '../../shared/memory/memory-dead-letter-queues';
import { MemoryEventBus } from '../../shared/memory/memory-event-bus';
import { MemoryObjectStore } from '../../shared/memory/memory-object-store';
import { LedgerStore } from '../../shared/stores/cases/ledger-store';
import { MEMORY } from '../support/sides';
import { account, buildCampaign } from '../support/worlds/build-campaign';
import { buildOperator } from '../support/worlds/build-operator';
import {
  ADA,
  APPEAL_KEYS,
  BEN,
  CASE,
  CLEO,
  DAN,
  enforcementWorld,
  policyWith,
  SMALL,
  says,
  set,
} from '../support/worlds/enforcement-world';
import { rightsOn } from './rights';
import { under } from './under';

const KEY_AT_WORK = {
  notice: { kind: 'key-at-work' as const, subject: 'C-hydra.0001', title: 't', because: 'b', path: '/cases/C-hydra.0001' },
  from: 0,
  accounts: [],
};

test('every function does all of its work under its own rights on the system of record, and needs nearly all of them', async () => {
  const assist = withMode(SMALL, 'assist', 'the test says so');
  const world = await enforcementWorld(MEMORY, { policy: assist, armed: false });
  const used = new Set<string>();
  const { clock, stores, enforcement: calm } = world;
  const as = (role: string) => openEnforcement({ ...calm, stores: { ...stores, enforcement: under(role, stores.enforcement, used) } });
  const acting = ['EnforcementDecide', 'EnforcementCaseStep', 'EnforcementWatchdog', 'EnforcementCommand', 'EnforcementVerify'];
  const [decide, step, watchdog, command, verify] = acting.map(as);
  if (!decide || !step || !watchdog || !command || !verify) throw new Error('five roles act');
  const appealsAs = (role: string) =>
    openAppeals({ table: under(role, stores.enforcement, used), clock, keys: async () => APPEAL_KEYS, policy: calm.policy });
  const [door, intake, review, late] = ['AppealsPublic', 'AppealsIntake', 'AppealsReview', 'AppealsClock'].map(appealsAs);
  if (!door || !intake || !review || !late) throw new Error('four parts of appeals');

  const detect = async (size: number, id = 'C-hydra') => {
    const campaign = buildCampaign({ size, id: buildCampaign().id, ...(id === 'C-hydra' ? {} : { id: id as never }) });
    const version = ((await calm.campaigns.header(campaign.id))?.version ?? 0) + 1;
    await calm.campaigns.save({ ...campaign, version, updatedAt: clock.now() });
    return enforce({ campaigns: [campaign], activeAccounts: 1_000_000 }, decide);
  };
  const run = async (id: string, until: number): Promise<void> => {
    for (const end = clock.now() + until; clock.now() < end; ) {
      const { progress } = (await calm.cases.head(id as never))?.state ?? {};
      const steps = {
        held: 'hold',
        containing: 'contain',
        watching: 'watch',
        contained: 'confirm',
        undoing: 'undo',
        undone: 'confirm-undone',
        stopped: 'expire',
      } as const;
      const kind = progress?.kind;
      const asked =
        kind === 'awaiting-approval'
          ? { step: 'await-approval', token: 'token' }
          : { step: kind && kind in steps ? steps[kind as keyof typeof steps] : 'look' };
      await caseStep(CaseStep.parse({ ...asked, case: id }), step);
      clock.advanceTo(clock.now() + 5 * MINUTE);
    }
  };

  await turnKillSwitch({ ...says(ADA), to: 'armed' }, command);
  await detect(20);
  await run(CASE, HOUR);
  const told = under('NoticesTell', stores.enforcement, used);
  const deadLetters = new MemoryDeadLetterQueues();
  const telling = openTelling({ table: told, features: under('NoticesTell', stores.features, used, 'Features'), deadLetters, clock });
  const ways = { bus: new MemoryEventBus(), channels: [], origin: 'https://lockstep.example' };
  expect((await tellPeople(telling, ways)).begun).toBe(1);
  await approve({ ...says(BEN), case: CASE }, command);
  expect((await tellPeople(telling, ways)).over).toBe(1);
  await run(CASE, 2 * HOUR);
  expect(world.provider.suspended()).toHaveLength(20);
  await confirmActions({ ...says(BEN), case: CASE }, command);
  await detect(24);
  await run(CASE, HOUR);

  const token = world.provider.received.find((request) => request.account === account(3))?.appealUrl?.split('#')[1] ?? '';
  const bodies: string[] = [];
  const requests = { send: async (sent: readonly string[]) => void bodies.push(...sent) };
  const opened = await requestAppeal(token, 'it was not me', { ...door, requests });
  expect(opened.kind).toBe('opened');
  expect(bodies).toHaveLength(1);
  await openAppeal(token, 'it was not me', intake);
  clock.advanceTo(clock.now() + 10 * DAY);
  expect((await watchAppeals(late)).escalated).toHaveLength(1);
  const appeal = opened.kind === 'opened' ? opened.appeal : '';
  await reviewAppeal({ ...says(CLEO), appeal, verdict: 'grant' }, review);
  await reviewAppeal({ ...says(DAN), appeal, verdict: 'grant' }, review);
  expect(await carryOutAppeals(watchdog)).toMatchObject({ restored: 1, doubted: [] });
  await finishRestoring(watchdog);
  await restartLost(watchdog);
  expect(world.provider.suspended()).not.toContain(account(3));

  const other = world.provider.received.find((request) => request.account === account(4))?.appealUrl?.split('#')[1] ?? '';
  await openAppeal(other, 'nor me', intake);
  for (const n of [4, 5, 500]) await undoAccount({ ...says(BEN), account: account(n) }, command);
  expect((await watchAppeals(late)).moot).toHaveLength(1);
  await importOperator({ ...says(BEN), read: buildOperator() }, command);
  await calm.rules.append('distillation-suspend', undefined, {
    actor: { kind: 'clock' },
    what: 'demoted',
    because: ['the test says so'],
    state: { demoted: true, acted: 1, appealed: 1, granted: 1 },
  });
  for (const scope of [
    { kind: 'account', account: account(6) },
    { kind: 'organization', organization: 'abcdef0123456' },
  ] as const)
    await exonerate({ ...says(ADA), scope, effect: 'exempt', until: clock.now() + DAY }, command);
  await revokeExoneration({ ...says(ADA), scope: { kind: 'account', account: account(6) } }, command);
  await undoCase({ ...says(BEN), case: CASE }, command);
  await run(CASE, 3 * HOUR);
  expect(world.provider.suspended()).toEqual([]);

  await detect(20, 'C-second');
  await reject({ ...says(BEN), case: 'C-second.0001' }, command);
  await resume({ ...says(BEN), case: 'C-second.0001' }, command);
  for (const policy of [assist, policyWith(({ budget }) => void Object.assign(budget, { perHour: set(9) }))]) {
    const drafted = await draftPolicy({ ...says(ADA), policy }, command);
    const digest = drafted.kind === 'done' ? drafted.digest : '';
    await reviewPolicy({ ...says(BEN), digest }, command);
    const accounts = Array.from({ length: 400 }, (_, n) => ({ id: `bad-${n}`, standing: 'suspended' }));
    const labels = accounts.map(({ id }) => ({ id, label: 'distillation' as const }));
    await measurePolicy({ ...says(BEN), digest, dataset: 'one', report: { policy: { digest }, accounts }, labels }, command);
    expect(await putLive({ ...says(ADA), digest }, command)).toMatchObject({ kind: 'done' });
  }
  const newcomer = { account: account(900), sealed: sealedId('sealed') };
  const news = { kind: 'asked' as const, ...newcomer, at: clock.now(), answer: 'hold' as const, campaign: buildCampaign().id };
  const result = { kind: 'result' as const, ...newcomer, at: clock.now() + 1, event: 'e', method: 'card' as const };
  expect(await takeNews({ ...result, result: 'passed' }, verify)).toMatchObject({ kind: 'not-asked' });
  expect(await takeNews({ ...news, classification: 'distillation' }, verify)).toMatchObject({ kind: 'asked' });
  expect(await decideVerification({ ...says(BEN), account: account(900), say: 'take-back' }, command)).toMatchObject({ kind: 'done' });
  expect(await watchVerifications(watchdog)).toMatchObject({ waiting: 1 });
  await rollBack(says(ADA), command);
  expect(await labelAccounts({ ...says(BEN), accounts: [account(7)], value: 'honest', source: 'analyst' }, command)).toMatchObject({
    kind: 'done',
  });
  const opening = await openByHand(
    { ...says(BEN), accounts: [account(900)], action: 'suspend', reasonCode: 'coordinated-extraction' },
    command,
  );
  expect(opening).toMatchObject({ kind: 'done' });
  const byHand = opening.kind === 'done' ? opening.case : '';
  expect(await noteOnCase({ ...says(CLEO), case: byHand }, command)).toMatchObject({ kind: 'done' });
  const held = { kind: 'accounts', accounts: [account(900)] } as const;
  expect(await placeHold({ ...says(ADA), about: { ...held, accounts: [...held.accounts] }, reference: 'file 1' }, command)).toMatchObject({
    kind: 'done',
  });
  const keys = canaryKeys(async () => new KeyedHasher('a key of the tests, and nobody elses.'));
  const issued = await issueCanaries({ ...says(BEN), subject: { kind: 'control' }, count: 1 }, keys, command);
  const tokens = issued.kind === 'done' ? await Promise.all(issued.tokens.map((token) => keys.hashOf(token))) : [];
  const seen = { kind: 'canary', account: account(900), sealed: 'sealed', token: tokens[0], at: clock.now() };
  expect(await takeIn(JSON.stringify(seen), verify)).toMatchObject({ kind: 'echoed' });
  const rotated = { kind: 'key', account: account(900), key: 'k', sealed: 's', change: 'rotated', at: clock.now(), event: 'e' };
  expect(await takeIn(JSON.stringify({ ...rotated, replacedBy: { key: 'l', sealed: 't' } }), verify)).toMatchObject({ kind: 'rotated' });
  const wanted = { kind: 'remove', from: buildCampaign().id, accounts: [account(9)] } as const;
  expect(await regroup({ ...says(BEN), wanted }, command)).toMatchObject({ kind: 'done' });
  const asked = { title: 'Operator one', campaigns: [buildCampaign().id] };
  expect(await disclose({ ...says(BEN), asked }, command)).toMatchObject({ kind: 'done', number: 1 });
  clock.advanceTo(clock.now() + HOUR);
  expect((await keepLabels(watchdog)).kept).toBeGreaterThan(20);

  const publish = under('EnforcementPublish', stores.enforcement, used);
  await publishLedger(new MemoryEventBus(), { table: publish, ledger: new LedgerStore(publish, clock), clock });
  const anchor = new LedgerStore(under('EnforcementAnchor', stores.enforcement, used), clock);
  await anchorDays(dayOf(clock.now()) - DAY, new MemoryObjectStore(), { ledger: anchor });

  // Two members turn out to be tenants of another cloud; one referral is answered and withdrawn, of the other the time runs out.
  const second = await calm.campaigns.get(campaignId('C-second'));
  const [one, other_] = second?.members ?? [];
  for (const [cloud, member] of [
    ['bedrock', one],
    ['vertex', other_],
  ] as const) {
    if (!second || !member) throw new Error('the second campaign has members');
    member.cloud = cloud;
    world.facts.set(member.account, { cloud, tenant: hash64(`tenant-${cloud}`), tenantSealed: sealedId(`sealed-${cloud}`) });
  }
  await calm.campaigns.save({ ...second!, version: second!.version + 1 });
  for (const cloud of ['bedrock', 'vertex'])
    expect(await refer({ ...says(BEN), campaign: second!.id, cloud, withhold: [] }, command)).toMatchObject({ kind: 'done' });
  const answered = { kind: 'referral', referral: 'C-second.bedrock.1', event: 'e', at: clock.now(), answer: 'acknowledged' };
  expect(await takeIn(JSON.stringify(answered), verify)).toMatchObject({ kind: 'acknowledged' });
  expect(await withdraw({ ...says(BEN), id: 'C-second.bedrock.1' }, command)).toMatchObject({ kind: 'done' });
  clock.advanceTo(clock.now() + 4 * DAY);
  expect(await watchReferrals(watchdog)).toMatchObject({ overdue: 1 });
  expect(await watchTenants(watchdog)).toBe(0);
  // One that lasted is over.
  await calm.situations.keep('key-at-work', [KEY_AT_WORK]);
  expect(await watchKeys(watchdog)).toEqual({ watched: 0, ended: 0, atWork: 0 });
  expect(await calm.situations.due(clock.now())).toEqual([]);

  // Rights that nothing above needed would be there for nothing.
  const roles = [
    'EnforcementDecide',
    'EnforcementCaseStep',
    'EnforcementCommand',
    'AppealsPublic',
    'AppealsIntake',
    'AppealsReview',
    'AppealsClock',
    'EnforcementAnchor',
  ];
  const unused = roles.flatMap((role) =>
    rightsOn('prod', role, 'Enforcement')
      .filter(
        ({ action, pattern }) =>
          action === 'dynamodb:PutItem' && ![...used].some((one) => one.startsWith(role) && one.endsWith(` ${pattern}`)),
      )
      .map(({ pattern }) => `${role} ${pattern}`),
  );
  expect(unused).toEqual([]);
});
