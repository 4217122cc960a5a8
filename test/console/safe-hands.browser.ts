import type { Page } from 'playwright-core';
import { approve } from '../../functions/enforcement/commands/approve';
import { regrouped } from '../../shared/domain/campaigns/regrouping';
import { DAY, HOUR } from '../../shared/domain/time';
import { campaignId } from '../../shared/identity/ids';
import { says } from '../support/worlds/enforcement-world';
import { FIXTURE_NOW, fixtureCampaign, keyOf } from '../support/worlds/fixture-world';
import { shot, violations } from './browser';
import { onConsole } from './on-console';

/** What made people approve the wrong thing, and all that is done about some accounts: `npm run test:browser`. */
const at = onConsole();
const REI = { name: 'Rei', role: 'reviewer' } as const;
const SAM = { name: 'Sam', role: 'reviewer' } as const;

/** The next detection run finds the campaign at another size, or a new one. */
const detected = async (id: string, classification: 'reselling' | 'hijacked-keys', accounts: number) => {
  await at.served.world.detect(fixtureCampaign({ id, classification, accounts, firstSeen: FIXTURE_NOW - 20 * DAY, seed: 64 }).campaign);
};
const title = (page: Page) => page.locator('.case.at h3').textContent();

test('the queue and the dialog show what an approval acts on; when that changes, the approval is refused and says how', async () => {
  const { page } = await at.visit(REI);
  await page.getByRole('link', { name: 'Reselling: limit 53 accounts' }).waitFor();
  await page.keyboard.press('j');
  expect(await title(page)).toBe('Reselling: limit 53 accounts');
  await page.keyboard.press('a');
  const dialog = page.getByRole('dialog');
  await page.getByRole('dialog', { name: 'Limit 53 accounts: reselling kiosk' }).getByText('approver 1 of 1').waitFor();
  await detected('kiosk', 'reselling', 240);
  await dialog.getByLabel('Why').fill('resellers, agreed');
  await dialog.getByRole('button', { name: 'Approve: limit 53 accounts' }).click();
  await dialog.getByText(/you saw 53 accounts and 1 approver, now it is 202 accounts and 2 approvers/).waitFor();
  await shot(page, 'approval-refused');
  await page.getByRole('dialog', { name: 'Limit 202 accounts: reselling kiosk' }).getByText('approver 1 of 2').waitFor();
  expect((await at.served.world.enforcement.cases.latestOf(campaignId('kiosk')))?.head.state.approvals).toEqual([]);
  await dialog.getByRole('button', { name: 'Approve: limit 202 accounts' }).click();
  await page.getByText('Done: you are approver 1 of 2').waitFor();
  await page.getByRole('link', { name: 'Reselling: limit 202 accounts' }).waitFor();
  await at.served.world.pass(HOUR);
  expect(at.served.world.provider.received).toEqual([]);
});

test('a case that arrives between two key presses moves neither the cursor nor the list; what left is marked and acts on nothing', async () => {
  const { page, errors } = await at.visit(REI);
  await page.getByRole('link', { name: /Hijacked keys/ }).waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  const before = await page.locator('.case h3').allTextContents();
  expect(await title(page)).toMatch('Hijacked keys');
  // The newest case waits for people, so it comes first.
  await detected('other', 'reselling', 64);
  await at.served.world.pass(HOUR);
  await page.getByText('1 new case arrived').waitFor({ timeout: 15_000 });
  expect(await page.locator('.case h3').allTextContents()).toEqual(before);
  expect(await title(page)).toMatch('Hijacked keys');
  await page.keyboard.press('a');
  await page.getByRole('dialog', { name: /^Disable the keys of 27 accounts: hijacked keys stolen-keys/ }).waitFor();
  await page.keyboard.press('Escape');
  await shot(page, 'queue-arrived');
  // Somebody else rejects the marked case: it stays where it is, and no key acts on it.
  const sam = await at.visit(SAM);
  await sam.page.goto(`${at.served.origin}/campaigns/stolen-keys`);
  await sam.page.getByRole('button', { name: 'Reject' }).click();
  await sam.page.getByRole('dialog').getByLabel('Why').fill('the owners told us');
  await sam.page.getByRole('dialog').getByRole('button', { name: 'Reject', exact: true }).click();
  await page.getByText('No longer in this list').waitFor({ timeout: 15_000 });
  await page.keyboard.press('a');
  expect(await page.getByRole('dialog').count()).toBe(0);
  await page.getByRole('button', { name: 'Update the list' }).click();
  await page.getByText('No longer in this list').waitFor({ state: 'detached' });
  expect(await page.locator('.case').count()).toBe(3);
  expect(errors).toEqual([]);
});

test('members are split off by hand, the split is shown on both campaigns with who and why, and withdrawn', async () => {
  const { page, errors } = await at.visit(REI);
  await page.goto(`${at.served.origin}/campaigns/kiosk`);
  const boxes = page.getByRole('checkbox', { name: /Choose account/ });
  await boxes.first().waitFor();
  for (const place of [0, 1, 2]) await boxes.nth(place).check();
  await page.getByRole('button', { name: 'Split off' }).click();
  const dialog = page.getByRole('dialog', { name: 'Split 3 accounts off kiosk' });
  await dialog.getByLabel('Why').fill('another operator');
  await dialog.getByRole('button', { name: 'Split off: 3 accounts' }).click();
  const decided = page.locator('.panel', { hasText: 'Decided by hand' });
  await decided.getByText('another operator').waitFor();
  const { campaigns, regroupings } = at.served.world.enforcement;
  const [holding] = await regroupings.holding();
  expect(holding).toMatchObject({ change: { kind: 'split', from: 'kiosk' }, size: 3 });
  // What the next run of detection does with it (test/detection/regrouping.test.ts).
  const kiosk = await campaigns.get(campaignId('kiosk'));
  if (!kiosk || !holding) throw new Error('the campaign is there');
  for (const campaign of regrouped([kiosk], [kiosk], [holding], at.served.world.clock.now()))
    await campaigns.save({ ...campaign, version: campaign.version + 1 });
  await page.getByRole('link', { name: /^split-/ }).click();
  await page.getByRole('heading', { name: /^Campaign split-/ }).waitFor();
  await page.getByText('Split off by a person', { exact: true }).waitFor();
  expect(await violations(page)).toEqual([]);
  await shot(page, 'campaign-split');
  await page.locator('.panel', { hasText: 'Decided by hand' }).getByRole('button', { name: 'Withdraw' }).click();
  await page.getByRole('dialog').getByLabel('Why').fill('it was one operator after all');
  await page.getByRole('dialog').getByRole('button', { name: 'Withdraw' }).click();
  await page.getByText('Done: it is withdrawn').waitFor();
  expect(await regroupings.holding()).toEqual([]);
  expect(errors).toEqual([]);
});

test('act on only some members: chosen in the list, seen on the case, approved by another person', async () => {
  const { page } = await at.visit(REI);
  await page.goto(`${at.served.origin}/campaigns/kiosk`);
  const boxes = page.getByRole('checkbox', { name: /Choose account/ });
  await boxes.first().waitFor();
  for (const place of [0, 1, 2]) await boxes.nth(place).check();
  await page.getByRole('button', { name: 'Act on only these' }).click();
  await page.getByRole('dialog').getByLabel('Why').fill('the others are one agency');
  await page.getByRole('dialog').getByRole('button', { name: 'Only these 3 accounts' }).click();
  await page.getByText(/the case is now about 3 accounts; 50 left out/).waitFor();
  await page.getByText('What it does about each account, and choosing some').click();
  await page.getByRole('heading', { name: /^Case: reselling/ }).waitFor();
  await page.getByText('left out by a person').first().waitFor();
  expect(await violations(page)).toEqual([]);
  await shot(page, 'case-some');
  const sam = await at.visit(SAM);
  await sam.page.goto(`${at.served.origin}/campaigns/kiosk`);
  await sam.page.getByRole('button', { name: 'Approve' }).click();
  await sam.page.getByRole('dialog', { name: 'Limit 3 accounts: reselling kiosk' }).getByLabel('Why').fill('these three');
  await sam.page.getByRole('dialog').getByRole('button', { name: 'Approve: limit 3 accounts' }).click();
  await sam.page.getByText('Done: you are approver 1 of 1').waitFor();
  await at.served.world.pass(DAY);
  expect(new Set(at.served.world.provider.received.map((request) => request.account)).size).toBe(3);
});

test('a case by hand: opened by one person, approved by another, undone with a preview', async () => {
  const { page } = await at.visit(REI);
  await page.getByRole('button', { name: 'Open a case by hand' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Accounts: keys or your own ids').fill('tip/1');
  await dialog.getByLabel('Why').fill('a bank told us about this card');
  await shot(page, 'open-by-hand');
  await dialog.getByRole('button', { name: 'Open the case' }).click();
  await page.getByRole('heading', { name: /^Case opened by hand/ }).waitFor();
  await page.getByText('Waiting for another person than rei@local to approve').waitFor();
  expect(await page.getByRole('button', { name: 'Approve' }).count()).toBe(0);
  const sam = await at.visit(SAM);
  await sam.page.getByRole('link', { name: 'Opened by hand: suspend 1 account' }).click();
  await sam.page.getByRole('button', { name: 'Approve' }).click();
  await sam.page.getByRole('dialog', { name: 'Suspend 1 account: case opened by hand' }).getByLabel('Why').fill('I saw the letter');
  await sam.page.getByRole('dialog').getByRole('button', { name: 'Approve: suspend 1 account' }).click();
  await sam.page.getByText('Done: you are approver 1 of 1').waitFor();
  await at.served.world.pass(DAY);
  expect(at.served.world.provider.suspended()).toEqual([keyOf('tip/1')]);
  await sam.page.reload();
  await sam.page.getByRole('button', { name: 'Undo' }).click();
  await sam.page.getByRole('dialog', { name: 'Restore access for 1 account: case opened by hand' }).getByText('person 1 of 1').waitFor();
  await shot(sam.page, 'undo-preview');
  await sam.page.getByRole('dialog').getByLabel('Why').fill('the bank was wrong');
  await sam.page.getByRole('dialog').getByRole('button', { name: 'Restore access for 1 account' }).click();
  await sam.page.getByText('Done: access is being restored').waitFor();
  await at.served.world.pass(HOUR);
  expect(at.served.world.provider.suspended()).toEqual([]);
});

test('exonerations: an organisation, seen on the page, revoked; what an undo left is listed and revoked too', async () => {
  const { page, errors } = await at.visit(REI);
  await page.goto(`${at.served.origin}/exonerations`);
  await page.getByText('No exoneration matches').waitFor();
  await page.getByRole('button', { name: 'Exonerate' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Scope').selectOption('organization');
  await dialog.getByLabel('Keyed hash of the organisation').fill('0123456789abc');
  await dialog.getByLabel('Why').fill('a university, they wrote to us');
  await dialog.getByRole('button', { name: 'Exonerate', exact: true }).click();
  await page.getByRole('heading', { name: 'Organisation 0123456789abc' }).waitFor();
  await page.locator('.facts', { hasText: 'protected from new actions until' }).waitFor();
  await page.getByRole('button', { name: 'Revoke' }).click();
  await dialog.getByLabel('Why').fill('it was another one');
  await dialog.getByRole('button', { name: 'Revoke', exact: true }).click();
  await page.getByText('No exoneration matches').waitFor();
  await page.getByLabel('Show').selectOption('all');
  await page.getByText('revoked', { exact: true }).waitFor();

  const kiosk = await at.served.world.enforcement.cases.latestOf(campaignId('kiosk'));
  await approve({ ...says({ id: 'Tess', role: 'reviewer' }), case: kiosk?.id ?? '' }, at.served.world.enforcement);
  await at.served.world.pass(DAY);
  await page.goto(`${at.served.origin}/accounts/${keyOf('kiosk/3')}`);
  await page.getByRole('button', { name: 'Restore access' }).click();
  await dialog.getByLabel('Why').fill('our own team');
  await dialog.getByRole('button', { name: 'Restore access', exact: true }).click();
  await page.getByText('Exonerated: protected from new actions until').waitFor();
  await page.getByRole('link', { name: 'All exonerations' }).click();
  await page.getByRole('heading', { name: `Account ${keyOf('kiosk/3').slice(0, 8)}` }).waitFor();
  expect(await violations(page)).toEqual([]);
  await shot(page, 'exonerations');
  expect(errors).toEqual([]);
});

test('search, the audit log of one colleague, health, and a wrong id', async () => {
  const { page } = await at.visit(REI);
  await page.keyboard.press('/');
  await page.keyboard.type('june-hydra/card 0');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Search' }).waitFor();
  await page.getByText(/members share this payment instrument; 0 accounts outside hold it too/).waitFor();
  expect(page.url()).not.toContain('card');
  await page.getByRole('searchbox', { name: 'Search' }).fill('june-hydra/3');
  await page.keyboard.press('Enter');
  await page.getByText('found by its account id').waitFor();

  await page.goto(`${at.served.origin}/`);
  await page.getByRole('button', { name: 'Reject' }).first().click();
  await page.getByRole('dialog').getByLabel('Why').fill('a penetration test of ours');
  await page.getByRole('dialog').getByRole('button', { name: 'Reject', exact: true }).click();
  await page.getByText('Done: rejected').waitFor();
  await page.goto(`${at.served.origin}/ledger?person=Rei&by=person`);
  await page.getByText('a penetration test of ours').waitFor();
  expect(await page.locator('.entries > li').count()).toBe(1);
  await page.goto(`${at.served.origin}/ledger?text=penetration`);
  await page.getByText('a penetration test of ours').waitFor();
  expect(await page.locator('.entries > li').count()).toBe(1);
  await page.goto(`${at.served.origin}/health`);
  await page.getByText('Last detection run').waitFor();
  await shot(page, 'health');
  await page.goto(`${at.served.origin}/accounts/AAAAAAAAAAAAAAAAAAAAAA`);
  await page.getByRole('alert').getByText('No account with this id was active').waitFor();
});

test('a deep link keeps its filters through signing in; when the API is silent the page keeps what it knew and says so', async () => {
  const { page } = await at.visit(REI);
  await page.evaluate(() => sessionStorage.removeItem('session'));
  await page.goto(`${at.served.origin}/accounts?role=peripheral&sort=-score`);
  await page.getByRole('radio', { name: 'reviewer', exact: true }).check();
  await page.getByLabel('Name').fill('Rei');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { level: 1, name: 'Accounts' }).waitFor();
  expect(await page.getByLabel('role').inputValue()).toBe('peripheral');
  expect(await page.getByLabel('sort by').inputValue()).toBe('-score');
  await page.goto(`${at.served.origin}/`);
  await page.getByRole('link', { name: /Distillation/ }).waitFor();
  await page.route('**/v1/**', (route) => route.abort());
  await page.getByText('The API does not answer').waitFor({ timeout: 30_000 });
  expect(await page.getByRole('link', { name: /Distillation/ }).count()).toBe(1);
  await page.getByText('Enforcement armed').waitFor();
});
