import type { Browser } from 'playwright-core';
import { showing } from '../../functions/admission/newcomer';
import { approve } from '../../functions/enforcement/commands/approve';
import { verificationDesk } from '../../functions/enforcement/verification/verification-desk';
import { ingest } from '../../functions/ingest/ingest';
import type { Indicator } from '../../shared/domain/campaigns/campaign';
import { withMode } from '../../shared/domain/policy/policy';
import { HOUR, iso } from '../../shared/domain/time';
import { campaignId, caseId } from '../../shared/identity/ids';
import { KnownByStore } from '../../shared/stores/campaigns/known-by-store';
import { hasher } from '../support/whole-api';
import { OPERATOR } from '../support/worlds/contained-operator';
import { BEN, CLEO, RECOMMENDED, says } from '../support/worlds/enforcement-world';
import { fixtureServer } from '../support/worlds/fixture-server';
import { buildConsole, launch, shot, visit } from './browser';

/** From the held sign-up to the person who is let in: `npm run test:browser`. */
let browser: Browser;
let served: Awaited<ReturnType<typeof fixtureServer>>;
const FAMILY = { 'payment-instrument': 'payment', 'client-build': 'infrastructure' } as const;

beforeAll(async () => {
  buildConsole();
  browser = await launch();
});
afterAll(() => browser?.close());
beforeEach(async () => {
  served = await fixtureServer();
  const { world } = served;
  // People approved the campaign; at the gate the policy may hold.
  world.judgeBy({ ...withMode(RECOMMENDED, 'assist', 'people approve in this test'), admission: RECOMMENDED.admission });
  for (const who of [BEN, CLEO]) await approve({ ...says(who), case: caseId('june-hydra.0001') }, world.enforcement);
  await world.pass(6 * HOUR);
  const campaign = await world.enforcement.campaigns.get(campaignId('june-hydra'));
  if (!campaign) throw new Error('the fixture has no campaign');
  const indicators = showing(OPERATOR, hasher).shown.flatMap(({ type, hash }): Indicator[] =>
    type in FAMILY
      ? [{ type, hash, family: FAMILY[type as keyof typeof FAMILY], members: 900, others: 0, firstUse: 0, lastUse: 0, weight: 7 }]
      : [],
  );
  await new KnownByStore(world.stores.graph).follow({ ...campaign, indicators }, undefined);
});
afterEach(() => served.close());

test('a sign-up is held, seen on the page with its clock, verified by the provider, and let in', async () => {
  const { page, errors } = await visit(browser, served.consoleUrl, { name: 'Ada', role: 'admin' });
  await page.goto(`${served.origin}/verifications`);
  await page.getByText('No check is waiting for a result.').waitFor();
  const key = await page.evaluate(async () => {
    const { token } = JSON.parse(sessionStorage.getItem('session') ?? '{}');
    const answer = await fetch('/v1/producer-keys', {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': 'make-0001' },
      body: JSON.stringify({ name: 'sign-up', scopes: ['check', 'verification'], perMinute: 50 }),
    });
    return (await answer.json()).key as string;
  });
  const post = async (path: string, body: unknown) => {
    const answer = await fetch(`${served.origin}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return answer.json();
  };
  const newcomer = { ...OPERATOR, subject: 'sign-up-77' };
  expect(await post('/v1/check', newcomer)).toMatchObject({ answer: 'hold', verification: { state: 'waiting' } });

  await page.reload();
  await page.getByRole('heading', { name: /Sign-up held: account/ }).waitFor();
  await page.getByText('result due in 3 days').waitFor();
  await page.getByText(/resembles distillation campaign/).waitFor();
  await shot(page, 'verifications-waiting');

  const { world } = served;
  const result = {
    specversion: '1.0',
    type: 'lockstep.verification.v1',
    source: 'kyc',
    id: 'check-1',
    time: iso(world.clock.now()),
    subject: 'sign-up-77',
    data: { result: 'passed', method: 'identity' },
  };
  expect(await post('/v1/events', result)).toMatchObject({ accepted: 1 });
  await ingest(served.sent.take(), {
    ...world.stores,
    clock: world.clock,
    hasher,
    segments: 1,
    verifications: verificationDesk(world.enforcement),
  });

  await page.getByLabel('Show').selectOption('passed');
  await page.getByText('the provider’s check (identity) was passed').waitFor();
  expect(await post('/v1/check', newcomer)).toMatchObject({ answer: 'allow', inAuto: 'hold', verification: { state: 'passed' } });

  // The provider was wrong about it: taken back, and let go by a person after all.
  await page.getByRole('button', { name: 'Take back' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Why').fill('the document was forged');
  await dialog.getByRole('button', { name: 'Take back' }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(await post('/v1/check', newcomer)).toMatchObject({ answer: 'hold', verification: { state: 'waiting' } });
  await page.getByLabel('Show').selectOption('waiting');
  await page.getByRole('button', { name: 'Release' }).click();
  await dialog.getByLabel('Why').fill('they came to our office');
  await dialog.getByRole('button', { name: 'Release' }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(await post('/v1/check', newcomer)).toMatchObject({ answer: 'allow', verification: { state: 'released' } });
  await page.goto(`${served.origin}/ledger`);
  await page.getByText('they came to our office').first().waitFor();
  expect(errors).toEqual([]);
});
