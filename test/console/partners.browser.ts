import type { Browser, Page } from 'playwright-core';
import { issueCanaries } from '../../functions/enforcement/canaries/issue-canaries';
import { takeSighting } from '../../functions/enforcement/canaries/take-sighting';
import { fold } from '../../functions/features/fold';
import { plan } from '../../functions/features/plan';
import { ingest } from '../../functions/ingest/ingest';
import { DAY, HOUR, hourOf, iso, MINUTE } from '../../shared/domain/time';
import { campaignId, hash64, sealedId } from '../../shared/identity/ids';
import { hasher } from '../support/whole-api';
import { buildMember } from '../support/worlds/build-campaign';
import { BEN, says } from '../support/worlds/enforcement-world';
import { fixtureServer } from '../support/worlds/fixture-server';
import { FIXTURE_NOW, NAMES } from '../support/worlds/fixture-world';
import { withTenants } from '../support/worlds/with-tenants';
import { buildConsole, launch, shot, sideways, violations, visit } from './browser';

/** Tenants referred to another cloud, and the panels that show and decide nothing: `npm run test:browser`. */
let browser: Browser;
let served: Awaited<ReturnType<typeof fixtureServer>>;
const SWEEPER = hasher.account('sweeper').key;

beforeAll(async () => {
  buildConsole();
  browser = await launch();
});
afterAll(() => browser?.close());
beforeEach(async () => {
  served = await fixtureServer({
    campaigns: [{ id: 'june', classification: 'distillation', accounts: 60, firstSeen: FIXTURE_NOW - 2 * DAY }],
  });
  await withTenants(served.world);
});
afterEach(() => served.close());

const WIDTHS = [1280, 390] as const;
/** What must hold of every page at every width. */
async function looksRight(page: Page, name: string, width: number): Promise<void> {
  await shot(page, `${name}-${width}`);
  expect(await sideways(page)).toBeLessThanOrEqual(0);
  expect(await violations(page)).toEqual([]);
}

test('tenants are counted apart and together, referred from the campaign’s page, handed in, answered and withdrawn', async () => {
  const { page, errors } = await visit(browser, served.consoleUrl, { name: 'Rae', role: 'reviewer' });
  await page.goto(`${served.origin}/campaigns/june`);
  const panel = page.getByRole('region', { name: 'Tenants of other clouds' });
  await panel.getByRole('row', { name: /Accounts of your own 58/ }).waitFor();
  await panel.getByRole('row', { name: /Together 60/ }).waitFor();
  await panel.getByRole('row', { name: /Tenants of Amazon Bedrock 1 .* 1 to hand in/ }).waitFor();
  await looksRight(page, 'tenants', 1280);
  await panel
    .getByRole('row', { name: /Google Vertex AI/ })
    .getByRole('button', { name: 'Refer' })
    .click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(/you hand it in to Google Cloud Trust & Safety/).waitFor();
  await dialog.getByRole('checkbox').first().uncheck();
  await dialog.getByLabel('Why').fill('the same operator');
  await shot(page, 'refer-dialog-1280');
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Refer 1 tenant' }).click();
  await dialog.waitFor({ state: 'detached' });
  await panel.getByRole('row', { name: /Google Vertex AI 1 .* 1 to hand in/ }).waitFor();

  await page.goto(`${served.origin}/referrals`);
  await page.getByRole('heading', { name: '1 tenant of Google Vertex AI' }).waitFor();
  await looksRight(page, 'referrals', 1280);
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Letter' }).last().click()]);
  expect(download.suggestedFilename()).toMatch(/^referral-june\.(bedrock|vertex)\.1\.md$/);
  const row = page.getByRole('listitem').filter({ hasText: 'Google Vertex AI' });
  await row.getByRole('button', { name: 'Handed in' }).click();
  await dialog.getByLabel('Why').fill('through their form');
  await dialog.getByRole('button', { name: 'Handed in' }).click();
  await dialog.waitFor({ state: 'detached' });
  await row.getByRole('button', { name: 'Acknowledged' }).click();
  await dialog.getByLabel(/Their reference/).fill('G-4711');
  await dialog.getByLabel('Why').fill('they wrote back');
  await dialog.getByRole('button', { name: 'Acknowledged' }).click();
  await dialog.waitFor({ state: 'detached' });
  await row.getByText('their reference G-4711').waitFor();
  await row.getByRole('button', { name: 'Withdraw' }).click();
  await dialog.getByLabel('Why').fill('it was somebody else');
  await dialog.getByRole('button', { name: 'Withdraw' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByLabel('Show').selectOption('withdrawn');
  await page.getByRole('heading', { name: '1 tenant of Google Vertex AI' }).waitFor();
  await page.goto(`${served.origin}/ledger`);
  await page.getByText('it was somebody else').first().waitFor();
  expect(errors).toEqual([]);
});

test('on a phone: tenants, referrals, and what a viewer may not do', async () => {
  const { page, errors } = await visit(browser, served.consoleUrl, { name: 'Vic', role: 'viewer' }, { width: 390 });
  await page.goto(`${served.origin}/campaigns/june`);
  await page.getByRole('region', { name: 'Tenants of other clouds' }).getByText('Tenants of Google Vertex AI').waitFor();
  expect(await page.getByRole('button', { name: 'Refer' }).count()).toBe(0);
  await looksRight(page, 'tenants', 390);
  await page.goto(`${served.origin}/referrals`);
  await page.getByRole('heading', { name: '1 tenant of Amazon Bedrock' }).waitFor();
  expect(await page.getByRole('button', { name: 'Withdraw' }).count()).toBe(0);
  await looksRight(page, 'referrals', 390);
  expect(errors).toEqual([]);
});

test('so many tenants take another person: who asked cannot approve, somebody else reads the letter, approves, and it goes out', async () => {
  const { world } = served;
  const campaign = (await world.enforcement.campaigns.get(campaignId('june')))!;
  const many = Array.from({ length: 120 }, (_, n) => buildMember(n, { cloud: 'vertex' }));
  for (const [n, { account }] of many.entries())
    world.facts.set(account, { cloud: 'vertex', tenant: hash64(`project-${n}`), tenantSealed: sealedId(`sealed-project-${n}`) });
  await world.enforcement.campaigns.save({ ...campaign, members: [...campaign.members, ...many], version: campaign.version + 1 });
  const { page, errors } = await visit(browser, served.consoleUrl, { name: 'Rae', role: 'reviewer' });
  await page.goto(`${served.origin}/campaigns/june`);
  const panel = page.getByRole('region', { name: 'Tenants of other clouds' });
  await panel
    .getByRole('row', { name: /Google Vertex AI/ })
    .getByRole('button', { name: 'Refer' })
    .click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('when another reviewer approved it').waitFor();
  await dialog.getByLabel('Why').fill('one operator');
  await shot(page, 'refer-many-dialog-1280');
  await dialog.getByRole('button', { name: 'Ask to refer 121 tenants' }).click();
  await dialog.waitFor({ state: 'detached' });
  await panel.getByRole('row', { name: /Google Vertex AI 121 .* to be approved/ }).waitFor();
  await looksRight(page, 'refer-many', 1280);
  await page.goto(`${served.origin}/referrals`);
  await looksRight(page, 'referral-to-approve', 1280);
  await page.getByRole('button', { name: 'Approve' }).click();
  await dialog.getByLabel('Why').fill('I asked for it');
  await dialog.getByRole('button', { name: 'Approve' }).click();
  await dialog.getByText(/another person|somebody else/).waitFor();
  await shot(page, 'referral-own-approval-1280');
  await page.keyboard.press('Escape');
  for (const width of WIDTHS) {
    const second = await visit(browser, served.consoleUrl, { name: `Sam ${width}`, role: 'reviewer' }, { width });
    await second.page.goto(`${served.origin}/referrals`);
    await second.page.getByRole('button', { name: 'Approve' }).waitFor();
    await looksRight(second.page, 'referral-for-second', width);
    if (width !== 390) continue;
    await second.page.getByRole('button', { name: 'Approve' }).click();
    const approving = second.page.getByRole('dialog');
    await approving.getByText(/121 tenants will be named/).waitFor();
    await approving.getByLabel('Why').fill('I read the letter');
    await shot(second.page, 'referral-approve-dialog-390');
    expect(await violations(second.page)).toEqual([]);
    await approving.getByRole('button', { name: 'Approve' }).click();
    await approving.waitFor({ state: 'detached' });
    await second.page.getByRole('listitem').filter({ hasText: '121 tenants' }).getByText('to hand in').waitFor();
    expect(second.errors).toEqual([]);
  }
  // The refusal is an answer that the browser notes.
  expect(errors.filter((one) => !/409|422|403/.test(one))).toEqual([]);
});

test.each(WIDTHS)('what is observed of an account and who echoes whom, at %i', async (width) => {
  const { world } = served;
  const { enforcement, stores, clock } = world;
  const june = await enforcement.campaigns.get(campaignId('june'));
  if (!june) throw new Error('the fixture has no campaign');
  // One member goes by a key under which events can come in.
  const members = june.members.map((member, n) => (n === 0 ? { ...member, account: SWEEPER } : member));
  await enforcement.campaigns.save({ ...june, members, version: june.version + 1 });
  const now = hourOf(clock.now());
  const events = Array.from({ length: 40 }, (_, number) => ({
    specversion: '1.0',
    type: 'lockstep.usage.v1',
    source: 's',
    id: `e${number}`,
    time: iso(now - 3 * HOUR + number * MINUTE),
    subject: 'sweeper',
    data: { model: 'atlas-5', inputTokens: 9, outputTokens: 9, maxTokens: 2 ** (number % 12), session: `s${number % 4}` },
  }));
  expect((await ingest([{ id: 'm', body: JSON.stringify(events) }], { ...stores, clock, hasher, segments: 1 })).accepted).toBe(40);
  for (const task of await plan({ ...stores, clock, shards: 1 })) await fold(task, { ...stores, rows: 'none' });
  const issued = await issueCanaries(
    { ...says(BEN), subject: { kind: 'campaign', campaign: campaignId('june') }, count: 3 },
    NAMES.canaries,
    enforcement,
  );
  if (issued.kind !== 'done') throw new Error(issued.because);
  const token = await NAMES.canaries.hashOf(issued.tokens[0]!);
  const place = { kind: 'model' as const, name: 'other-lab-7b' };
  expect(await takeSighting({ token: token!, place, at: clock.now(), actor: { kind: 'provider' } }, enforcement)).toMatchObject({
    kind: 'echoed',
  });

  const { page, errors } = await visit(browser, served.consoleUrl, { name: 'Rae', role: 'reviewer' }, { width });
  await page.goto(`${served.origin}/accounts/${SWEEPER}`);
  const observed = page.getByRole('region', { name: 'Observed, not counted' });
  await observed.getByRole('button', { name: 'Look at the last day' }).click();
  await observed.getByText(/12/).first().waitFor();
  await observed.getByText('40 requests').first().waitFor();
  await looksRight(page, 'observed', width);
  await page.goto(`${served.origin}/campaigns/june`);
  const canaries = page.getByRole('region', { name: 'Canaries: who echoes whom' });
  await canaries.getByText('3 tokens in answers of this campaign').waitFor();
  await canaries.getByText(/other-lab-7b/).waitFor();
  await looksRight(page, 'canaries', width);
  expect(errors).toEqual([]);
});
