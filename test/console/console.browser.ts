import type { Page } from 'playwright-core';
import { ACCOUNT_CHAIN } from '../../shared/domain/cases/action';
import { DAY, HOUR } from '../../shared/domain/time';
import { signAppealLink } from '../../shared/identity/appeal-link';
import { campaignId, caseId } from '../../shared/identity/ids';
import { FIXTURE_APPEAL_KEYS } from '../support/worlds/fixture-server';
import { FIXTURE_NOW, keyOf } from '../support/worlds/fixture-world';
import { livedIn } from '../support/worlds/lived-in';
import { shot, sideways, violations } from './browser';
import { onConsole } from './on-console';

/** The console in a real browser, through the main paths: `npm run test:browser`. */
const at = onConsole();
const REI = { name: 'Rei', role: 'reviewer' } as const;
const SAM = { name: 'Sam', role: 'reviewer' } as const;

const command = async (page: Page, button: string, because: string, act: string | RegExp = button) => {
  await page.getByRole('button', { name: button, exact: false }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Why').fill(because);
  await dialog.getByRole('button', { name: act, exact: typeof act === 'string' }).click();
  await dialog.waitFor({ state: 'detached' });
};

test('find the campaign, understand it, approve as two people, see it contained, undo', async () => {
  const { page, errors } = await at.visit(REI);
  await page.getByRole('link', { name: /Distillation: suspend 1,140 accounts/ }).click();
  await page.getByRole('heading', { name: /Campaign june-hydra/ }).waitFor();
  await page
    .getByText(/^1,?200 accounts pay from 30 cards/)
    .first()
    .waitFor();
  await page.getByText('drawn in').waitFor();
  await page.getByText('160 of 1,200 members').waitFor();
  await shot(page, 'campaign');

  await page.getByRole('button', { name: 'Approve' }).click();
  await page.getByRole('dialog', { name: 'Suspend 1,140 accounts: distillation june-hydra' }).getByText('approver 1 of 2').waitFor();
  await page.getByRole('dialog').getByText('Left alone: bystander or victim').waitFor();
  await shot(page, 'approve');
  await page.getByRole('dialog').getByLabel('Why').fill('the evidence holds');
  await page.getByRole('dialog').getByRole('button', { name: 'Approve: suspend 1,140 accounts' }).click();
  await page.getByText('Done: you are approver 1 of 2').waitFor();
  // The same person again is not a second person: nothing is offered that would be refused.
  await page.getByText('Waiting for 1 more approval').waitFor();
  expect(await page.getByRole('button', { name: 'Approve' }).count()).toBe(0);

  const second = await at.visit(SAM);
  await second.page.goto(`${at.served.origin}/campaigns/june-hydra`);
  await command(second.page, 'Approve', 'I agree', /^Approve: suspend 1,140/);
  await second.page.getByText('Done: you are approver 2 of 2').waitFor();
  await at.served.world.pass(DAY);
  await second.page.locator('.badge', { hasText: /^contained$/ }).waitFor({ timeout: 15_000 });
  expect(at.served.world.provider.suspended()).toHaveLength(1_140);
  await second.page.goto(`${at.served.origin}/accounts/${keyOf('june-hydra/3')}`);
  await second.page.locator('h1 .badge', { hasText: 'suspended' }).waitFor();
  await second.page.getByText('Audit log verified').waitFor();
  await shot(second.page, 'account-suspended');

  await second.page.goto(`${at.served.origin}/campaigns/june-hydra`);
  await command(second.page, 'Undo', 'wrong after all', /^Restore access for 1,140/);
  await second.page.getByText('Done: you are person 1 of 2').waitFor();
  expect(at.served.world.provider.suspended()).toHaveLength(1_140);
  await page.goto(`${at.served.origin}/campaigns/june-hydra`);
  await page.getByText('asked for an undo: it takes another person').waitFor();
  await command(page, 'Undo', 'I think so too', /^Restore access for 1,140/);
  await at.served.world.pass(HOUR);
  await second.page.locator('.badge', { hasText: /^undone$/ }).waitFor({ timeout: 15_000 });
  await second.page.getByText(/Undone on 6 Jun 2026: 1,200 accounts go on unhindered/).waitFor({ timeout: 15_000 });
  expect(at.served.world.provider.suspended()).toHaveLength(0);
  await second.page.goto(`${at.served.origin}/ledger`);
  await second.page.getByText('wrong after all').first().waitFor();
  expect([...errors, ...second.errors]).toEqual([]);
});

test('by keyboard alone: queue, help, approve, reject, exonerate', async () => {
  const { page, errors } = await at.visit(REI);
  await page.locator('.case.at').waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  expect(await page.locator('.case.at h3').textContent()).toMatch('Hijacked keys');
  await page.keyboard.press('r');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.type('the owners told us');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByText('Done: rejected').waitFor();
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).getByText('Go to audit log').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('g');
  await page.keyboard.press('a');
  await page.getByRole('heading', { level: 1, name: 'Accounts' }).waitFor();
  await page.getByRole('row').nth(5).waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: /^Account / }).waitFor();
  await page.getByRole('button', { name: 'Exonerate', exact: true }).waitFor();
  await page.keyboard.press('e');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.type('a customer of ours');
  await page.getByRole('dialog').getByRole('button', { name: 'Exonerate', exact: true }).press('Enter');
  await page.getByText(/Done: account .* is exonerated until/).waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('a');
  await page.getByLabel('Find').fill('june-hydra/3');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: new RegExp(keyOf('june-hydra/3')) }).waitFor();
  expect(errors).toEqual([]);
});

test('a column’s head sorts the list, from either end, by mouse and by keyboard', async () => {
  const { page, errors } = await at.visit(REI);
  await page.goto(`${at.served.origin}/accounts`);
  const head = page.getByRole('columnheader', { name: 'Score' });
  const top = async () => Number(await page.getByRole('row').nth(1).getByRole('cell').nth(5).textContent());
  await head.getByRole('button').click();
  await page.locator('[aria-sort="descending"]', { hasText: 'Score' }).waitFor();
  await page.locator('[aria-busy="false"]').waitFor();
  const highest = await top();
  await page.keyboard.press('Enter');
  await page.locator('[aria-sort="ascending"]', { hasText: 'Score' }).waitFor();
  await page.locator('[aria-busy="false"]').waitFor();
  const lowest = await top();
  expect(highest).toBeGreaterThan(20);
  expect(lowest).toBeLessThan(5);
  expect(await page.getByLabel('sort by').inputValue()).toBe('score');
  expect(errors).toEqual([]);
});

test('filters stand in the address, and come back with it', async () => {
  const { page, errors } = await at.visit(REI);
  const kinds = () => page.locator('[role=row] .badge').allTextContents();
  await page.goto(`${at.served.origin}/campaigns?classification=hijacked-keys&sort=accounts&nobody=reads`);
  await page.locator('[aria-busy="false"]').waitFor();
  expect(await page.getByLabel('Classification').inputValue()).toBe('hijacked-keys');
  expect(await page.getByLabel('Sort by').inputValue()).toBe('accounts');
  expect(new Set(await kinds())).toEqual(new Set(['hijacked keys']));
  await page.getByRole('row').nth(1).getByRole('link').click();
  await page.getByRole('heading', { level: 1, name: /^Campaign / }).waitFor();
  await page.goBack();
  await page.locator('[aria-busy="false"]').waitFor();
  expect(await page.getByLabel('Classification').inputValue()).toBe('hijacked-keys');
  await page.getByLabel('Classification').selectOption('');
  await page.waitForURL((url) => !url.searchParams.has('classification'));
  await page.goto(`${at.served.origin}/accounts?standing=suspended&standing=no&plan=none`);
  await page.locator('.filters').waitFor();
  expect(await page.getByLabel('standing').inputValue()).toBe('suspended');
  expect(await page.getByLabel('plan').inputValue()).toBe('');
  expect(errors).toEqual([]);
});

test('a bar is as long as its share', async () => {
  const { page } = await at.visit(REI);
  await page.goto(`${at.served.origin}/campaigns/june-hydra`);
  const bar = page.locator('.targets li').first();
  await bar.waitFor();
  const share = Number.parseFloat((await bar.locator('.number').textContent()) ?? '') / 100;
  const width = async (part: string) => (await bar.locator(part).boundingBox())?.width ?? 0;
  expect((await width('.bar > span')) / (await width('.bar'))).toBeCloseTo(share, 1);
  expect(share).toBeLessThan(0.9);
});

const PAGES = [
  '/',
  '/campaigns',
  '/campaigns/june-hydra',
  '/accounts',
  `/accounts/${keyOf('june-hydra/3')}`,
  '/cases/june-hydra.0001',
  '/appeals',
  '/verifications',
  '/exonerations',
  '/holds',
  '/disclosures',
  '/disclosures/1',
  '/sources',
  '/health',
  '/search',
  '/indicators',
  '/policies',
  '/labels',
  '/ledger',
];
test.each([
  ['light', 1280],
  ['dark', 1280],
  ['light', 390],
  ['dark', 390],
] as const)('every page, %s at %i pixels: no WCAG A or AA violation, nothing sideways', async (theme, width) => {
  await livedIn(at.served.world);
  const { page, errors } = await at.visit({ name: 'Ada', role: 'admin' }, { width, dark: theme === 'dark' });
  for (const path of PAGES) {
    await page.goto(`${at.served.origin}${path}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.locator('.bones').first().waitFor({ state: 'detached' });
    await page.waitForTimeout(300);
    expect({ path, violations: await violations(page) }).toEqual({ path, violations: [] });
    expect({ path, sideways: await sideways(page) }).toEqual({ path, sideways: 0 });
    await shot(page, `${path === '/' ? 'queue' : path.slice(1).split('/')[0]}${path.split('/')[2] ? '-one' : ''}-${theme}-${width}`);
  }
  expect(errors).toEqual([]);
});

test.each([
  ['light', 1280],
  ['dark', 390],
] as const)('indicators leave on one page and come in on another, are seen, and revoked; %s, %i pixels', async (theme, width) => {
  const { page, errors } = await at.visit(REI, { width, dark: theme === 'dark' });
  await page.goto(`${at.served.origin}/campaigns/kiosk`);
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Indicators as STIX' }).click()]);
  expect(file.suggestedFilename()).toBe('campaign-kiosk.stix.json');
  await page.goto(`${at.served.origin}/indicators`);
  await page.getByText('Nothing was imported').waitFor();
  await page.getByLabel('Why').fill('the other region sent it');
  await page
    .getByLabel('Bundle', { exact: true })
    .setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('buy milk') });
  await page.getByRole('button', { name: 'Import' }).click();
  await page.getByRole('alert').getByText('The file is not JSON').waitFor();
  await page.getByLabel('Bundle', { exact: true }).setInputFiles(await file.path());
  await page.getByRole('button', { name: 'Import' }).click();
  await page.getByText(/Done: o-[0-9a-f]{12} is looked for until/).waitFor();
  await page.getByText(/None of its \d+ indicators was ever seen here/).waitFor();
  const [known] = await at.served.world.enforcement.operators.watched(FIXTURE_NOW + HOUR);
  if (!known) throw new Error('nothing was imported');
  await at.served.world.enforcement.sightings.note(
    known.id,
    known.indicators.map(({ type, hash }) => `${type}/${hash}`),
  );
  await page.reload();
  await page.getByText(`${known.indicators.length} of its ${known.indicators.length} indicators were seen here`).waitFor();
  expect([await violations(page), await sideways(page)]).toEqual([[], 0]);
  await shot(page, `indicators-imported-${theme}-${width}`);

  const campaign = await at.served.world.enforcement.campaigns.get(campaignId('kiosk'));
  if (!campaign) throw new Error('there is no campaign');
  const because = '60 of 64 members carry the indicators of c-31f0 (reselling), known from Lockstep: 9 of its 12 were met among them';
  await at.served.world.detect({ ...campaign, lineage: [{ at: FIXTURE_NOW, what: 'known-operator', with: known.id, because }] });
  await page.goto(`${at.served.origin}/campaigns/kiosk`);
  await page.getByText('Known from elsewhere').waitFor();
  expect([await violations(page), await sideways(page)]).toEqual([[], 0]);
  await shot(page, `campaign-known-${theme}-${width}`);
  await page.getByRole('link', { name: known.id }).click();
  await page.getByRole('heading', { name: 'Indicators from elsewhere' }).waitFor();

  await command(page, 'Revoke', 'it was the wrong one');
  await page.getByText(/Done: o-[0-9a-f]{12} is looked for no longer/).waitFor();
  await page.locator('.badge', { hasText: /^revoked$/ }).waitFor();
  await page.goto(`${at.served.origin}/ledger`);
  await page.getByText('it was the wrong one').first().waitFor();
  expect(errors).toEqual([]);
});

test('empty, loading and failing pages say so; a viewer is offered nothing to do; a dossier downloads', async () => {
  const { page } = await at.visit({ name: 'Vic', role: 'viewer' });
  await page.getByRole('link', { name: /Distillation/ }).waitFor();
  expect(await page.getByRole('button', { name: 'Approve' }).count()).toBe(0);
  await page.goto(`${at.served.origin}/appeals`);
  await page.getByText('No appeals').waitFor();
  await page.goto(`${at.served.origin}/campaigns/nothing-here`);
  await page.getByRole('alert').getByText('There is no campaign with this id').waitFor();
  await page.route('**/v1/accounts?*', (route) =>
    route.fulfill({
      status: 500,
      contentType: 'application/problem+json',
      body: JSON.stringify({ title: 'Something broke on our side', detail: 'Try again.', status: 500, requestId: 'r-1' }),
    }),
  );
  await page.goto(`${at.served.origin}/accounts`);
  await page.getByRole('status', { name: 'Loading' }).waitFor();
  await page.getByRole('alert').getByText('Something broke on our side').waitFor({ timeout: 20_000 });
  expect(await violations(page)).toEqual([]);
  await page.goto(`${at.served.origin}/campaigns/june-hydra`);
  await page.getByText('for reviewers').first().waitFor();
  expect(await page.getByRole('button', { name: 'Indicators as STIX' }).count()).toBe(0);
  await page.getByText('drawn in').waitFor();
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Dossier' }).click()]);
  expect(file.suggestedFilename()).toBe('campaign-june-hydra.md');
});

test('the person concerned reads why and appeals without a login; a reviewer sees it with its clock', async () => {
  const { page, errors } = await at.visit(REI);
  await page.goto(`${at.served.origin}/campaigns/kiosk`);
  await command(page, 'Approve', 'the evidence holds', /^Approve: limit 53/);
  await page.getByText('Done: you are approver 1 of 1').waitFor();
  await at.served.world.pass(DAY);
  const account = keyOf('kiosk/3');
  const chain = await at.served.world.enforcement.ledger.history(ACCOUNT_CHAIN, account);
  const asked = chain.find((entry) => entry.state.phase.kind === 'asked');
  if (asked?.state.phase.kind !== 'asked') throw new Error('nothing was asked');
  const subject = { account, case: caseId(asked.state.phase.action.case), sequence: asked.sequence };
  const link = await signAppealLink(subject, {
    keys: FIXTURE_APPEAL_KEYS,
    baseUrl: `${at.served.origin}/appeal`,
    now: FIXTURE_NOW + DAY,
    validDays: 30,
  });
  const stranger = await (await at.browser.newContext({ viewport: { width: 390, height: 800 } })).newPage();
  await stranger.goto(link);
  await stranger.getByText('Access appears to be resold').waitFor();
  expect(await violations(stranger)).toEqual([]);
  await stranger.getByRole('textbox').fill('We are an agency; every client has its own seat.');
  await shot(stranger, 'appeal');
  await stranger.getByRole('button', { name: 'Send the appeal' }).click();
  await stranger.getByText('Appeal received').waitFor();
  await page.goto(`${at.served.origin}/appeals`);
  await page.getByRole('button', { name: 'Read' }).click();
  await page.getByText('We are an agency').waitFor();
  // Rei approved the case: somebody else has to review the appeal, so nothing is offered.
  await page.getByText('you approved the case: somebody else reviews the appeal').waitFor();
  expect(await page.getByRole('button', { name: 'Grant' }).count()).toBe(0);
  await shot(page, 'appeal-not-mine');
  const { reviewersToGrant } = (await at.served.world.enforcement.policy()).policy.enforcement.appeals;
  for (const name of ['Sam', 'Tess', 'Uma'].slice(0, reviewersToGrant.value)) {
    const reviewer = await at.visit({ name, role: 'reviewer' });
    await reviewer.page.goto(`${at.served.origin}/appeals`);
    await command(reviewer.page, 'Grant', 'an agency, as they say');
    await reviewer.page.getByText('Done:').waitFor();
  }
  await at.served.world.pass(HOUR);
  await page.goto(`${at.served.origin}/accounts/${account}`);
  await page.getByText('protected from new actions until').waitFor();
  await page.locator('h1 .badge', { hasText: 'active' }).waitFor();
  expect(errors).toEqual([]);
});
