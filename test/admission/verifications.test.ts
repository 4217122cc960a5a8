import { type Checked, check } from '../../functions/admission/check';
import type { Newcomer } from '../../functions/admission/newcomer';
import { decideVerification } from '../../functions/enforcement/commands/decide-verification';
import { takeNews } from '../../functions/enforcement/verification/take-news';
import { verificationDesk } from '../../functions/enforcement/verification/verification-desk';
import { ingest } from '../../functions/ingest/ingest';
import { standingLabel } from '../../shared/domain/campaigns/label';
import { ACCOUNT_CHAIN } from '../../shared/domain/cases/action';
import { VERIFICATION_CHAIN, type VerificationNews } from '../../shared/domain/cases/verification';
import { DAY, HOUR, iso, MINUTE } from '../../shared/domain/time';
import { type AccountKey, sealedId } from '../../shared/identity/ids';
import { fc } from '../support/property';
import { MEMORY, onBothSides, type Side } from '../support/sides';
import { standingOf } from '../support/standing-of';
import { account, buildCampaign } from '../support/worlds/build-campaign';
import { contained, hasher, OPERATOR } from '../support/worlds/contained-operator';
import { BEN, BOLD, enforcementWorld, says, type TestWorld, VIEWER } from '../support/worlds/enforcement-world';

const SIGN_UP = 'sign-up-77';
const NAMED: Newcomer = { ...OPERATOR, subject: SIGN_UP };

/** A world in which an operator is contained, and what the provider sends goes the way that it goes: ingest, queue, enforcement. */
async function atTheGate(side: Side) {
  const world = await contained(side);
  const desk = verificationDesk(world.enforcement);
  const ask = (newcomer: Newcomer = NAMED): Promise<Checked> => check(newcomer, world.ports({ verifications: desk }));
  let events = 0;
  const send = (result: string, { subject = SIGN_UP, at = world.clock.now(), id = `r-${++events}`, method = 'identity' } = {}) =>
    ingest(
      [
        {
          id: `m-${id}`,
          body: JSON.stringify({
            specversion: '1.0',
            type: 'lockstep.verification.v1',
            source: 'kyc',
            id,
            time: iso(at),
            subject,
            data: { result, method },
          }),
        },
      ],
      { ...world.stores, clock: world.clock, hasher, segments: 1, verifications: desk },
    );
  const key = hasher.account(SIGN_UP).key;
  const label = async () => {
    await world.pass(MINUTE);
    return standingLabel(await world.enforcement.labels.of(key));
  };
  const words = async () => (await world.enforcement.ledger.history(VERIFICATION_CHAIN, key)).map(({ what }) => what);
  return { ...world, ask, send, key, label, words };
}

onBothSides((side) => {
  test('a held sign-up is waited for, proves who it is, and is let in; taken back, it is held again', async () => {
    const { ask, send, clock, words, label, enforcement, key } = await atTheGate(side);
    const held = await ask();
    expect(held).toMatchObject({ answer: 'hold', verification: { state: 'waiting', answerBy: iso(clock.now() + 72 * HOUR) } });
    // Asked about again, it is waited for once.
    expect(await ask()).toMatchObject({ answer: 'hold', verification: { state: 'waiting' } });
    expect(await words()).toEqual(['asked']);
    clock.advanceTo(clock.now() + HOUR);
    expect(await send('passed')).toMatchObject({ accepted: 1, rejected: [] });
    expect(await ask()).toMatchObject({
      answer: 'allow',
      inAuto: 'hold',
      verification: { state: 'passed', answerBy: null },
      because: expect.arrayContaining(['It passed the provider’s own check.']),
    });
    expect(await label()).toMatchObject({ value: 'honest', source: 'verification', by: 'provider' });
    clock.advanceTo(clock.now() + HOUR);
    expect(await decideVerification({ ...says(VIEWER), account: key, say: 'take-back' }, enforcement)).toMatchObject({ kind: 'refused' });
    expect(await decideVerification({ ...says(BEN), account: key, say: 'take-back' }, enforcement)).toMatchObject({ kind: 'done' });
    expect(await ask()).toMatchObject({ answer: 'hold', verification: { state: 'waiting' } });
    expect(await label()).toBeNull();
    // The result that was taken back comes again, and an older one: neither counts.
    await send('passed', { id: 'r-1', at: clock.now() - HOUR });
    await send('passed', { at: clock.now() - HOUR });
    expect(await ask()).toMatchObject({ answer: 'hold', verification: { state: 'waiting' } });
    expect(await words()).toEqual(['asked', 'passed', 'taken back']);
    expect(await decideVerification({ ...says(BEN), account: key, say: 'release' }, enforcement)).toMatchObject({ kind: 'done' });
    expect(await decideVerification({ ...says(BEN), account: key, say: 'release' }, enforcement)).toMatchObject({ kind: 'already' });
    expect(await ask()).toMatchObject({ answer: 'allow', verification: { state: 'released' } });
  });

  test('who fails, gives up or does not answer stays held, and each is told apart', async () => {
    const { ask, send, clock, words, label, pass } = await atTheGate(side);
    await ask();
    await send('abandoned');
    expect(await ask()).toMatchObject({ answer: 'hold', verification: { state: 'abandoned' } });
    clock.advanceTo(clock.now() + MINUTE);
    await send('failed', { method: 'card' });
    expect(await ask()).toMatchObject({ answer: 'hold', verification: { state: 'failed' } });
    expect(await label()).toMatchObject({ value: 'distillation', source: 'verification' });
    await ask({ ...OPERATOR, subject: 'another' });
    await pass(73 * HOUR);
    const other = await ask({ ...OPERATOR, subject: 'another' });
    expect(other).toMatchObject({ answer: 'hold', verification: { state: 'lapsed', answerBy: null } });
    expect(await words()).toEqual(['asked', 'abandoned', 'failed']);
    // Late, but passed.
    await send('passed', { subject: 'another' });
    expect(await ask({ ...OPERATOR, subject: 'another' })).toMatchObject({ answer: 'allow', verification: { state: 'passed' } });
  });

  test('a result that comes before the word that it was asked for is not lost; one that nobody asked for is kept a day and acts on nobody', async () => {
    const { enforcement, clock, key, words, send, ask } = await atTheGate(side);
    const at = clock.now();
    await send('passed');
    expect(await words()).toEqual([]);
    const sealed = hasher.account(SIGN_UP).sealed;
    const asked = { kind: 'asked', account: key, sealed, at, answer: 'hold', campaign: 'C-hydra', classification: 'distillation' };
    await takeNews(asked as VerificationNews, enforcement);
    expect(await words()).toEqual(['asked', 'passed']);
    await send('passed', { subject: 'somebody' });
    clock.advanceTo(clock.now() + 2 * DAY);
    expect(await ask({ ...OPERATOR, subject: 'somebody' })).toMatchObject({ answer: 'hold', verification: { state: 'waiting' } });
    expect(await ask({ ...OPERATOR, subject: 'somebody' })).toMatchObject({ answer: 'hold', verification: { state: 'waiting' } });
  });

  /** Unclear groups are challenged, here by the machine. */
  async function challenged(): Promise<TestWorld & { challengedNow: () => AccountKey[] }> {
    const world = await enforcementWorld(side, { policy: BOLD });
    const unsure = { distillation: 0.3, reselling: 0.2, 'hijacked-keys': 0.0, 'shared-origin': 0.1, unclear: 0.4 };
    await world.detect(buildCampaign({ size: 24, classification: 'unclear', probabilities: unsure }));
    await world.pass(6 * HOUR);
    const all = Array.from({ length: 24 }, (_, n) => account(n));
    const challengedNow = () => all.filter((one) => world.provider.restrictionOn(one) === 'challenge');
    expect(challengedNow()).toHaveLength(24);
    return { ...world, challengedNow };
  }
  const resultOf = (world: TestWorld, n: number, result: 'passed' | 'failed', over: object = {}) =>
    takeNews(
      {
        kind: 'result',
        account: account(n),
        sealed: sealedId(`sealed-${account(n)}`),
        at: world.clock.now(),
        event: `e-${n}`,
        result,
        method: 'card',
        ...over,
      },
      world.enforcement,
    );

  test('a challenge is lifted for who passed and stays for who failed or was silent, with its clock; nobody is taken again by the same case', async () => {
    const world = await challenged();
    const { enforcement, provider } = world;
    expect(await resultOf(world, 1, 'passed')).toMatchObject({ kind: 'passed' });
    expect(await resultOf(world, 1, 'passed')).toMatchObject({ kind: 'already' });
    expect(await resultOf(world, 2, 'failed')).toMatchObject({ kind: 'failed' });
    expect(await resultOf(world, 3, 'passed', { at: world.clock.now() - DAY })).toMatchObject({ kind: 'outdated' });
    const restores = provider.received.filter(({ kind }) => kind === 'restore');
    expect(restores.map(({ account: of }) => of)).toEqual([account(1)]);
    expect(world.challengedNow()).toHaveLength(23);
    expect((await standingOf(account(1), enforcement)).standing).toBe('active');
    expect((await enforcement.ledger.history(ACCOUNT_CHAIN, account(1))).map(({ what }) => what).slice(-2)).toEqual([
      'verified',
      'reinstated',
    ]);
    await world.pass(20 * HOUR);
    expect(provider.restrictionOn(account(1))).toBeNull();
    const judged = { campaign: 'C-hydra', classification: 'unclear' };
    expect(standingLabel(await enforcement.labels.of(account(1)))).toMatchObject({ value: 'honest', source: 'verification', judged });
    // Nobody is unclear: a failed check does not say what the account is.
    expect(await enforcement.labels.of(account(2))).toEqual([]);
    const stateOf = async (n: number) => (await enforcement.verifications.head(account(n)))?.state.progress.kind;
    expect([await stateOf(2), await stateOf(4)]).toEqual(['failed', 'waiting']);
    await world.pass(60 * HOUR);
    // Silent for 72 hours; whoever's challenge ended by itself meanwhile is not waited for either.
    expect(['lapsed', 'moot']).toContain(await stateOf(4));
  });

  test('a suspension is not lifted by proving who one is', async () => {
    const world = await contained(side);
    const suspended = world.provider.suspended()[0]!;
    const news = { kind: 'result', account: suspended, sealed: sealedId('s'), at: world.clock.now(), event: 'e', method: 'identity' };
    expect(await takeNews({ ...news, result: 'passed' } as VerificationNews, world.enforcement)).toMatchObject({ kind: 'not-asked' });
    expect(world.provider.restrictionOn(suspended)).toBe('suspend');
  });

  test('a worker that dies between the entry and the reinstatement: the message comes again and finishes it', async () => {
    const world = await challenged();
    const { ledger } = world.enforcement;
    const append = ledger.append.bind(ledger);
    ledger.append = async (kind, ...rest) => {
      if ((kind.prefix as string) === ACCOUNT_CHAIN.prefix) throw new Error('the worker dies');
      return append(kind, ...rest);
    };
    await expect(resultOf(world, 5, 'passed')).rejects.toThrow('the worker dies');
    expect(world.provider.restrictionOn(account(5))).toBe('challenge');
    ledger.append = append;
    expect(await resultOf(world, 5, 'passed')).toMatchObject({ kind: 'already' });
    expect(world.provider.restrictionOn(account(5))).toBeNull();
  });
});

test('whatever is repeated and however the results are ordered, the latest stands, and each is one entry at most', async () => {
  let reached = 0;
  const result = fc.record({ n: fc.nat(4), result: fc.constantFrom('passed' as const, 'failed' as const, 'abandoned' as const) });
  await fc.assert(
    fc.asyncProperty(fc.array(result, { minLength: 2, maxLength: 12 }), fc.infiniteStream(fc.nat()), async (sent, order) => {
      const { ask, send, clock, words, enforcement, key } = await atTheGate(MEMORY);
      await ask();
      const t0 = clock.now();
      clock.advanceTo(t0 + HOUR);
      // What one event says does not change: the first of each number decides.
      const said = new Map<number, string>();
      for (const { n, result: is } of sent) if (!said.has(n)) said.set(n, is);
      const shuffled = sent.map((one) => [order.next().value as number, one] as const).sort(([a], [b]) => a - b);
      for (const [, { n }] of shuffled) await send(said.get(n)!, { id: `n-${n}`, at: t0 + (n + 1) * MINUTE });
      const latest = said.get(Math.max(...said.keys()));
      expect((await enforcement.verifications.head(key))?.state.progress.kind).toBe(latest);
      expect((await words()).length).toBeLessThanOrEqual(1 + said.size);
      if (said.size > 1) reached++;
    }),
    { numRuns: 40 },
  );
  expect(reached).toBeGreaterThan(20);
});

test.each([
  [{ result: 'maybe' }, 'data.result'],
  [{ result: 7 }, 'data.result'],
  [{}, 'data.result'],
  [{ result: 'passed', method: 'astrology' }, 'data.method'],
])('a result that is none is refused, with the field and what to change: %j', async (data, field) => {
  const { clock, stores } = await contained(MEMORY);
  const event = {
    specversion: '1.0',
    type: 'lockstep.verification.v1',
    source: 'kyc',
    id: '1',
    time: iso(clock.now()),
    subject: 'a',
    data,
  };
  const { accepted, rejected } = await ingest([{ id: 'm', body: JSON.stringify(event) }], { ...stores, clock, hasher, segments: 1 });
  expect(accepted).toBe(0);
  expect(rejected).toMatchObject([{ code: 'invalid-field', field }]);
});
