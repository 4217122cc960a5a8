import type { Locator, Page } from 'playwright-core';
import { approve } from '../../functions/enforcement/commands/approve';
import { ACCOUNT_CHAIN } from '../../shared/domain/cases/action';
import { DAY, HOUR } from '../../shared/domain/time';
import { signAppealLink } from '../../shared/identity/appeal-link';
import { campaignId, caseId } from '../../shared/identity/ids';
import { says } from '../support/worlds/enforcement-world';
import { FIXTURE_APPEAL_KEYS } from '../support/worlds/fixture-server';
import { FIXTURE_NOW, fixtureCampaign, keyOf, saveFixture } from '../support/worlds/fixture-world';
import { shot } from './browser';
import { onConsole } from './on-console';

/**
 * What an analyst does all day, from the queue on (an appellant: from the link), each with its number of clicks: a choice in a list, a file
 * and a button are a click each, typing is none. A change that costs a click more fails here: `npm run test:browser`.
 */
const at = onConsole();
const REI = { name: 'Rei', role: 'reviewer' } as const;
const SAM = { name: 'Sam', role: 'reviewer' } as const;

/** Counts what it clicks, over all pages that a task needs. */
class Hand {
  clicks = 0;

  async click(where: Locator): Promise<void> {
    await where.click();
    this.clicks++;
  }
  async file(where: Locator, name: string, content: unknown): Promise<void> {
    await where.setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(content)) });
    this.clicks++;
  }
  async download(page: Page, button: string): Promise<{ name: string; path: string }> {
    const [file] = await Promise.all([page.waitForEvent('download'), this.click(page.getByRole('button', { name: button, exact: true }))]);
    return { name: file.suggestedFilename(), path: await file.path() };
  }
  /** Opens the dialog by a button, gives a reason, and does it. */
  async command(page: Page, open: Locator, because: string, act: string | RegExp): Promise<void> {
    await this.click(open);
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Why').fill(because);
    await this.click(dialog.getByRole('button', { name: act, exact: typeof act === 'string' }));
    await dialog.waitFor({ state: 'detached' });
  }
}
const nav = (page: Page, name: string) => page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name });
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).first();

test('1. find the biggest campaign and say why: 2 clicks', async () => {
  const { page } = await at.visit(REI);
  const hand = new Hand();
  await hand.click(nav(page, 'Campaigns'));
  await hand.click(page.getByRole('row').nth(1).getByRole('link'));
  await page.getByRole('heading', { name: /Campaign june-hydra/ }).waitFor();
  const story = page.getByRole('region', { name: 'In four sentences' });
  await story.getByText(/1,200 accounts, active from 24 May to 5 Jun 2026/).waitFor();
  await story.getByText(/Found by payment, infrastructure, timing and content/).waitFor();
  await page.getByText('all three hold').waitFor();
  expect(hand.clicks).toBe(2);
});

test('2. why was X left alone, by the id that the provider uses: 1 click', async () => {
  const office = fixtureCampaign({ id: 'office', classification: 'shared-origin', accounts: 30, firstSeen: FIXTURE_NOW - 9 * DAY });
  await saveFixture(office, at.served.world.stores);
  await at.served.world.detect(office.campaign);
  const { page } = await at.visit(REI);
  const hand = new Hand();
  await page.keyboard.press('/');
  await page.keyboard.type('office/3');
  await page.keyboard.press('Enter');
  await page.getByText('found by its account id').waitFor();
  await hand.click(page.locator('#page').getByRole('link').first());
  await page.getByRole('heading', { name: 'Why it is left alone' }).waitFor();
  await page.getByText('no rule of the policy acts on these').waitFor();
  expect(hand.clicks).toBe(1);
});

test('3. the second approval: 2 clicks for each of the two', async () => {
  const hand = new Hand();
  for (const [who, said] of [
    [REI, 'Done: you are approver 1 of 2'],
    [SAM, 'Done: you are approver 2 of 2'],
  ] as const) {
    const { page } = await at.visit(who);
    const row = page.locator('.case', { hasText: 'Distillation: suspend 1,140 accounts' });
    await hand.command(page, row.getByRole('button', { name: 'Approve' }), 'the evidence holds', 'Approve: suspend 1,140 accounts');
    await page.getByText(said).waitFor();
  }
  await at.served.world.pass(DAY);
  expect(at.served.world.provider.suspended()).toHaveLength(1_140);
  expect(hand.clicks).toBe(4);
});

test('4. undo with a preview of who gets access back: 2 clicks', async () => {
  const kiosk = await at.served.world.enforcement.cases.latestOf(campaignId('kiosk'));
  await approve({ ...says({ id: 'Tess', role: 'reviewer' }), case: kiosk?.id ?? '' }, at.served.world.enforcement);
  await at.served.world.pass(DAY);
  const { page } = await at.visit(REI);
  const hand = new Hand();
  const row = page.locator('.case', { hasText: 'Reselling' });
  await hand.click(row.getByRole('button', { name: 'Undo' }));
  const dialog = page.getByRole('dialog', { name: /^Restore access for 53 accounts/ });
  await dialog.getByText('person 1 of 1').waitFor();
  await dialog.getByLabel('Why').fill('one agency');
  await hand.click(dialog.getByRole('button', { name: /^Restore access for 53/ }));
  await page.getByText('Done: access is being restored').waitFor();
  expect(hand.clicks).toBe(2);
});

test('5. an appeal, from its link to restored access: 1 click of the person concerned, 3 of each reviewer', async () => {
  const kiosk = await at.served.world.enforcement.cases.latestOf(campaignId('kiosk'));
  await approve({ ...says({ id: 'Tess', role: 'reviewer' }), case: kiosk?.id ?? '' }, at.served.world.enforcement);
  await at.served.world.pass(DAY);
  const account = keyOf('kiosk/3');
  const asked = (await at.served.world.enforcement.ledger.history(ACCOUNT_CHAIN, account)).find(
    ({ state }) => state.phase.kind === 'asked',
  );
  if (asked?.state.phase.kind !== 'asked') throw new Error('nothing was asked');
  const link = await signAppealLink(
    { account, case: caseId(asked.state.phase.action.case), sequence: asked.sequence },
    { keys: FIXTURE_APPEAL_KEYS, baseUrl: `${at.served.origin}/appeal`, now: FIXTURE_NOW + DAY, validDays: 30 },
  );
  const hand = new Hand();
  const stranger = await (await at.browser.newContext({ viewport: { width: 390, height: 800 } })).newPage();
  await stranger.goto(link);
  await stranger.getByRole('textbox').fill('We are an agency; every client has its own seat.');
  await hand.click(stranger.getByRole('button', { name: 'Send the appeal' }));
  await stranger.getByText('Appeal received').waitFor();
  expect(hand.clicks).toBe(1);
  const { reviewersToGrant } = (await at.served.world.enforcement.policy()).policy.enforcement.appeals;
  for (const name of ['Sam', 'Uma', 'Vera'].slice(0, reviewersToGrant.value)) {
    const { page } = await at.visit({ name, role: 'reviewer' });
    await hand.click(nav(page, 'Appeals'));
    await hand.command(page, button(page, 'Grant'), 'an agency, as they say', 'Grant');
    await page.getByText('Done:').waitFor();
  }
  expect(hand.clicks).toBe(1 + 3 * reviewersToGrant.value);
  await at.served.world.pass(HOUR);
  const { page } = await at.visit(REI);
  await page.goto(`${at.served.origin}/accounts/${account}`);
  await page.locator('h1 .badge', { hasText: 'active' }).waitFor();
});

test('6. exonerate the organisation that an account belongs to: 3 clicks', async () => {
  const { page } = await at.visit(REI);
  const hand = new Hand();
  await page.keyboard.press('/');
  await page.keyboard.type('june-hydra/3');
  await page.keyboard.press('Enter');
  await hand.click(page.locator('#page').getByRole('link').first());
  const exonerate = page.getByRole('button', { name: 'Exonerate the organisation' });
  await hand.command(page, exonerate, 'a university, they wrote to us', 'Exonerate');
  await page.getByText(/Done: organisation [0-9a-f]{13} is exonerated until 2026-/).waitFor();
  expect(hand.clicks).toBe(3);
});

test('7. compare two policies by what they did to the same traffic: 4 clicks', async () => {
  const { page } = await at.visit(REI);
  const hand = new Hand();
  const report = (digest: string, standing: string) => ({
    policy: { digest },
    events: { read: 9_000 },
    from: '2026-05-01T00:00:00.000Z',
    to: '2026-05-15T00:00:00.000Z',
    accounts: Array.from({ length: 9 }, (_, n) => ({ id: `acct-${n}`, standing: n < 6 ? standing : 'watched' })),
  });
  await hand.click(nav(page, 'Policies'));
  await hand.file(page.getByLabel('Policy now'), 'now.json', report('0123456789abcdef', 'suspended'));
  await hand.file(page.getByLabel('Candidate', { exact: true }), 'candidate.json', report('fedcba9876543210', 'in-review'));
  await hand.click(page.getByRole('button', { name: 'Compare' }));
  await page.getByText('6 from suspended to in review').waitFor();
  expect(hand.clicks).toBe(4);
});

test('8. the dossier and the indicators of a campaign that waits: 3 clicks', async () => {
  const { page } = await at.visit(REI);
  const hand = new Hand();
  await hand.click(page.getByRole('link', { name: /^Distillation/ }));
  expect((await hand.download(page, 'Dossier')).name).toBe('campaign-june-hydra.md');
  expect((await hand.download(page, 'Indicators as STIX')).name).toBe('campaign-june-hydra.stix.json');
  expect(hand.clicks).toBe(3);
});

test('9. what did one colleague do yesterday: 2 clicks', async () => {
  const kiosk = await at.served.world.enforcement.cases.latestOf(campaignId('kiosk'));
  await approve(
    { ...says({ id: 'Tess', role: 'reviewer' }, 'a kiosk, I called them'), case: kiosk?.id ?? '' },
    at.served.world.enforcement,
  );
  await at.served.world.pass(DAY);
  const { page } = await at.visit(REI);
  const hand = new Hand();
  await hand.click(nav(page, 'Audit log'));
  await hand.click(button(page, 'Yesterday'));
  await page.getByLabel('Person', { exact: true }).fill('Tess');
  await page.keyboard.press('Enter');
  // The list of everybody's entries stands until the one of hers is there.
  await page.locator('.entries > li').nth(1).waitFor({ state: 'detached' });
  await page.getByText('a kiosk, I called them').waitFor();
  expect(await page.locator('.entries > li').count()).toBe(1);
  expect(hand.clicks).toBe(2);
});

test('10. is the pipeline healthy, and who was told what: 1 click', async () => {
  const { page } = await at.visit(REI);
  const hand = new Hand();
  await hand.click(nav(page, 'Health'));
  await page.getByText('Last detection run').waitFor();
  await page.getByRole('heading', { name: 'What people are told now' }).waitFor();
  expect(hand.clicks).toBe(1);
  await shot(page, 'task-health');
});
