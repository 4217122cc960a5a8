import { openAppeal, readNotice } from '../../functions/appeals/appeal';
import { reviewAppeal, watchAppeals } from '../../functions/appeals/review';
import { carryOutAppeals } from '../../functions/enforcement/account-actions/carry-out-appeals';
import { approve } from '../../functions/enforcement/commands/approve';
import { undoAccount } from '../../functions/enforcement/commands/undo';
import { decide } from '../../functions/enforcement/policy/decide';
import { DAY, HOUR } from '../../shared/domain/time';
import { checkAppealToken, signAppealLink } from '../../shared/identity/appeal-link';
import type { AccountKey } from '../../shared/identity/ids';
import { caseId } from '../../shared/identity/ids';
import { onBothSides } from '../support/sides';
import { standingOf } from '../support/standing-of';
import { account, buildCampaign, buildMember } from '../support/worlds/build-campaign';
import {
  APPEAL_KEYS,
  BEN,
  BOLD,
  CLEO,
  DAN,
  enforcementWorld,
  policyWith,
  says,
  type TestWorld,
  VIEWER,
} from '../support/worlds/enforcement-world';

const set = <T>(value: T) => ({ value, reason: 'the test says so' });

onBothSides((side) => {
  async function contained(size = 12, policy = policyWith(() => {})): Promise<TestWorld> {
    const world = await enforcementWorld(side, { policy });
    await world.detect(buildCampaign({ size }));
    await world.pass(2 * HOUR);
    return world;
  }
  /** The token in the link that the provider was given for this account. */
  function tokenFor(world: TestWorld, key: AccountKey): string {
    const url = world.provider.received.find((request) => request.account === key)?.appealUrl;
    if (url === undefined) throw new Error(`no link for ${key}`);
    return url.slice(url.indexOf('#') + 1);
  }
  async function opened(world: TestWorld, key: AccountKey): Promise<string> {
    const answer = await openAppeal(tokenFor(world, key), 'I am a person and this is my work tool.', world.appeals);
    if (answer.kind !== 'opened') throw new Error(answer.because);
    return answer.appeal;
  }

  describe('the link', () => {
    test('needs no login, names no raw identifier, and tells the reason without teaching what was seen', async () => {
      const world = await contained();
      const notice = await readNotice(tokenFor(world, account(3)), world.appeals);
      expect(notice).toMatchObject({ kind: 'notice', notice: { action: 'suspend', evidence: [], progress: { kind: 'none' } } });
      expect(notice.kind === 'notice' && notice.notice.text).toContain('two independent kinds of evidence');
      expect(JSON.stringify(notice)).not.toContain('card');
    });

    test('an owner of a stolen key is told the evidence', async () => {
      const world = await enforcementWorld(side, { policy: BOLD });
      const members = Array.from({ length: 20 }, (_, n) =>
        buildMember(n, { role: 'suspected-victim', because: ['used from a client this account never used before'] }),
      );
      await world.detect(
        buildCampaign({
          members,
          classification: 'hijacked-keys',
          probabilities: { distillation: 0.01, reselling: 0.01, 'hijacked-keys': 0.96, 'shared-origin': 0.01, unclear: 0.01 },
        }),
      );
      await world.pass(2 * HOUR);
      expect(await readNotice(tokenFor(world, account(3)), world.appeals)).toMatchObject({
        notice: { evidence: ['used from a client this account never used before'] },
      });
    });

    test('expired, tampered, signed by somebody else, or about nothing: each a clear answer', async () => {
      const world = await contained();
      const token = tokenFor(world, account(3));
      const [header, , signature] = token.split('.');
      const forged = `${header}.${Buffer.from(JSON.stringify({ sub: account(4), case: 'C-hydra.0001', seq: 1, aud: 'lockstep-appeal', exp: 4e9 })).toString('base64url')}.${signature}`;
      const now = world.clock.now();
      const foreign = async (keys: typeof APPEAL_KEYS, sequence = 1) => {
        const url = await signAppealLink(
          { account: account(3), case: caseId('C-hydra.0001'), sequence },
          { keys, baseUrl: '', now, validDays: 1 },
        );
        return url.slice(1);
      };
      expect(await readNotice(forged, world.appeals)).toMatchObject({ kind: 'invalid' });
      expect(await readNotice('not.a.token', world.appeals)).toMatchObject({ kind: 'invalid' });
      expect(await readNotice('', world.appeals)).toMatchObject({ kind: 'invalid' });
      expect(await readNotice(await foreign([{ id: 'k2', secret: 'another secret of another provider' }]), world.appeals)).toMatchObject({
        kind: 'invalid',
      });
      expect(await readNotice(await foreign([{ id: 'gone', secret: APPEAL_KEYS[0]?.secret ?? '' }]), world.appeals)).toMatchObject({
        kind: 'invalid',
      });
      expect(await readNotice(await foreign(APPEAL_KEYS, 9), world.appeals)).toMatchObject({ kind: 'invalid' });
      expect((await readNotice(token, world.appeals)).kind).toBe('notice');
      await world.pass(46 * DAY);
      expect(await readNotice(token, world.appeals)).toMatchObject({ kind: 'expired' });
    });

    test('keys rotate: an old link works as long as its key is kept', async () => {
      const subject = { account: account(1), case: caseId('C.0001'), sequence: 1 };
      const url = await signAppealLink(subject, { keys: APPEAL_KEYS, baseUrl: '', now: 0, validDays: 1 });
      const rotated = [{ id: 'k3', secret: 'the next secret of the test, 32 bytes' }, ...APPEAL_KEYS];
      expect(await checkAppealToken(url.slice(1), { keys: rotated, now: 0 })).toMatchObject({ kind: 'valid', subject });
      expect(await checkAppealToken(url.slice(1), { keys: rotated.slice(0, 1), now: 0 })).toMatchObject({ kind: 'invalid' });
    });
  });

  describe('opening', () => {
    test('twice is once, and what was written first counts', async () => {
      const world = await contained();
      const id = await opened(world, account(3));
      expect(await openAppeal(tokenFor(world, account(3)), 'again', world.appeals)).toMatchObject({ kind: 'already', appeal: id });
      expect(await world.appeals.appeals.statement(id)).toContain('work tool');
    });

    test.each([
      ['nothing', '  '],
      ['too much', 'x'.repeat(4001)],
    ])('%s is refused', async (_, text) => {
      const world = await contained();
      expect(await openAppeal(tokenFor(world, account(3)), text, world.appeals)).toMatchObject({ kind: 'refused' });
    });

    test('after the account was given back there is nothing to appeal', async () => {
      const world = await contained();
      await undoAccount({ ...says(BEN), account: account(3) }, world.enforcement);
      expect(await openAppeal(tokenFor(world, account(3)), 'hello?', world.appeals)).toMatchObject({ kind: 'nothing-to-appeal' });
    });

    test('what the person wrote is erased when its time is over; the ledger keeps its hash', async () => {
      const world = await contained();
      const id = await opened(world, account(3));
      world.clock.advanceTo(world.clock.now() + 181 * DAY);
      expect(await world.appeals.appeals.statement(id)).toBeUndefined();
      expect((await world.appeals.appeals.head(id))?.state.statement).toHaveLength(64);
    });
  });

  describe('deciding', () => {
    test('two reviewers grant: restored, exonerated now and later, counted against the rule', async () => {
      const world = await contained();
      const id = await opened(world, account(3));
      const grant = (person: typeof BEN) => reviewAppeal({ ...says(person), appeal: id, verdict: 'grant' }, world.appeals);
      expect((await grant(VIEWER)).kind).toBe('refused');
      expect(await grant(BEN)).toMatchObject({ kind: 'done', progress: { kind: 'open' } });
      expect((await grant(BEN)).kind).toBe('already');
      await world.pass(HOUR);
      expect(world.provider.suspended()).toContain(account(3));
      expect(await grant(CLEO)).toMatchObject({ kind: 'done', progress: { kind: 'granted' } });
      expect((await grant(DAN)).kind).toBe('already');
      await world.pass(1);
      expect(world.provider.suspended()).toHaveLength(11);
      expect(await standingOf(account(3), world.enforcement)).toMatchObject({ standing: 'active' });
      expect(await world.enforcement.rules.rates('distillation-suspend', 0)).toEqual({
        rule: 'distillation-suspend',
        acted: 12,
        appealed: 1,
        granted: 1,
        denied: 0,
      });
      await world.detect(buildCampaign({ size: 15 }));
      await world.pass(DAY);
      expect(world.provider.suspended()).toHaveLength(14);
      expect(world.provider.suspended()).not.toContain(account(3));
      expect(await readNotice(tokenFor(world, account(3)), world.appeals)).toMatchObject({ notice: { progress: { kind: 'granted' } } });
    });

    test('two deny: nothing changes; one each: a third person decides', async () => {
      const world = await contained();
      const review = (appeal: string, person: typeof BEN, verdict: 'grant' | 'deny') =>
        reviewAppeal({ ...says(person), appeal, verdict }, world.appeals);
      const one = await opened(world, account(1));
      await review(one, BEN, 'deny');
      expect(await review(one, CLEO, 'deny')).toMatchObject({ progress: { kind: 'denied' } });
      const two = await opened(world, account(2));
      await review(two, BEN, 'deny');
      expect(await review(two, CLEO, 'grant')).toMatchObject({ progress: { kind: 'open' } });
      expect(await review(two, DAN, 'grant')).toMatchObject({ progress: { kind: 'granted' } });
      await world.pass(1);
      expect(world.provider.suspended()).toContain(account(1));
      expect(world.provider.suspended()).not.toContain(account(2));
      expect(await world.enforcement.rules.rates('distillation-suspend', 0)).toMatchObject({ appealed: 2, granted: 1, denied: 1 });
      expect((await review('no-such-appeal', BEN, 'deny')).kind).toBe('unknown');
    });

    test('who approved the case does not review its appeals', async () => {
      const world = await enforcementWorld(side, {
        policy: policyWith((enforcement) => {
          enforcement.modes.suspend = set('assist');
        }),
      });
      await world.detect(buildCampaign({ size: 30 }));
      await approve({ ...says(BEN), case: 'C-hydra.0001' }, world.enforcement);
      await world.pass(2 * HOUR);
      const id = await opened(world, account(3));
      expect(await reviewAppeal({ ...says(BEN), appeal: id, verdict: 'deny' }, world.appeals)).toMatchObject({ kind: 'refused' });
      expect((await reviewAppeal({ ...says(CLEO), appeal: id, verdict: 'deny' }, world.appeals)).kind).toBe('done');
    });

    test('the clock escalates, again and again, until somebody answers', async () => {
      const world = await contained();
      const id = await opened(world, account(3));
      await world.pass(71 * HOUR);
      expect((await watchAppeals(world.appeals)).escalated).toEqual([]);
      await world.pass(2 * HOUR);
      expect((await watchAppeals(world.appeals)).escalated).toEqual([id]);
      expect((await watchAppeals(world.appeals)).escalated).toEqual([]);
      await world.pass(49 * HOUR);
      expect((await watchAppeals(world.appeals)).escalated).toEqual([id]);
      expect((await world.appeals.appeals.head(id))?.state.progress).toMatchObject({ kind: 'open', escalations: 2 });
    });

    test('an appeal against what ended by itself is moot', async () => {
      const world = await contained();
      const id = await opened(world, account(3));
      await undoAccount({ ...says(BEN), account: account(3) }, world.enforcement);
      expect((await watchAppeals(world.appeals)).moot).toEqual([id]);
      expect(await watchAppeals(world.appeals)).toEqual({ open: 0, escalated: [], moot: [] });
    });

    test('appeals above the limit stop a containment that is under way', async () => {
      const world = await enforcementWorld(side, {
        policy: policyWith((enforcement) => {
          enforcement.stages[1] = { share: set(0.1), watchMinutes: set(600) };
        }),
      });
      await world.detect(buildCampaign({ size: 110 }));
      await world.pass(2 * HOUR);
      expect(world.provider.suspended()).toHaveLength(11);
      for (const key of world.provider.suspended().slice(0, 3)) await opened(world, key);
      await world.pass(1);
      expect((await world.enforcement.cases.head(caseId('C-hydra.0001')))?.state.progress.kind).toBe('stopped');
    });

    test.each([
      ['one reviewer twice', [BEN, BEN]],
      ['one reviewer where two are needed', [BEN]],
      ['reviewers who may only look', [VIEWER, { ...VIEWER, id: 'wim' }]],
    ] as const)('an appeal that somebody wrote into the ledger as granted by %s is not carried out', async (_, people) => {
      const world = await contained();
      const id = await opened(world, account(3));
      const { appeals, ledger } = world.enforcement;
      const now = world.clock.now();
      // As whoever took over the function that reviewers talk to would write it: a whole chain, well hashed.
      for (const [index, person] of people.entries()) {
        const head = await appeals.head(id);
        if (!head) throw new Error('it is open');
        const reviews = [...head.state.reviews, { id: person.id, verdict: 'grant' as const, because: 'forged', at: now }];
        const last = index === people.length - 1;
        const progress = last ? { kind: 'granted' as const, at: now } : head.state.progress;
        const actor = { kind: 'person' as const, id: person.id, role: person.role };
        await appeals.append(id, head, {
          actor,
          what: last ? 'granted' : 'reviewed',
          because: ['forged'],
          state: { ...head.state, reviews, progress },
        });
      }
      await appeals.deciding(id);
      expect(await carryOutAppeals(world.enforcement)).toMatchObject({ restored: 0, doubted: [expect.stringContaining(id)] });
      await world.pass(HOUR);
      expect(world.provider.suspended()).toContain(account(3));
      expect((await ledger.faults(`AP#${id}`)).length).toBe(0);
    });

    test('a rule that errs too often demotes itself: it decides, and people approve', async () => {
      const world = await contained(30);
      for (let n = 0; n < 3; n++) {
        const id = await opened(world, account(n));
        for (const person of [BEN, CLEO]) await reviewAppeal({ ...says(person), appeal: id, verdict: 'grant' }, world.appeals);
        await world.pass(1);
        expect([...(await world.enforcement.rules.demoted())]).toEqual(n < 2 ? [] : ['distillation-suspend']);
      }
      await world.detect(
        buildCampaign({
          id: (await import('../../shared/identity/ids')).campaignId('C-next'),
          members: Array.from({ length: 40 }, (_, n) => buildMember(500 + n)),
        }),
      );
      await world.pass(DAY);
      expect(world.provider.suspended()).toHaveLength(27);
      expect((await world.enforcement.cases.head(caseId('C-next.0001')))?.state.progress.kind).toBe('awaiting-approval');
      const { policy } = await world.enforcement.policy();
      const demoted = await world.enforcement.rules.demoted();
      expect(
        decide({ campaign: buildCampaign(), policy: policy.enforcement, facts: new Map(), exonerations: new Map(), demoted, now: 0 }),
      ).toMatchObject({ mode: 'assist' });
    });
  });
});
