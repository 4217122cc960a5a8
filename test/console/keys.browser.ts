import type { Page } from 'playwright-core';
import { brief } from '../../console/src/format';
import { approve } from '../../functions/enforcement/commands/approve';
import { openByHand } from '../../functions/enforcement/commands/choose-accounts';
import { watchKeys } from '../../functions/enforcement/keys/watch-keys';
import { DAY, HOUR } from '../../shared/domain/time';
import { type AccountKey, campaignId, hash64, sealedId } from '../../shared/identity/ids';
import { BEN, CLEO, says } from '../support/worlds/enforcement-world';
import { shot, sideways, type Visitor, violations } from './browser';
import { onConsole } from './on-console';

/** API keys on the account's page: which works, which somebody else uses, and the case about one of them: `npm run test:browser`. */
const on = onConsole();
const [STOLEN, NEWER, OLD] = [hash64('0badc0ffee123'), hash64('1badc0ffee123'), hash64('2badc0ffee123')];
const RAE: Visitor = { name: 'Rae', role: 'reviewer' };

/** A victim whose key was stolen, and who replaced another one before. */
async function victim(): Promise<AccountKey> {
  const { enforcement, clock } = on.served.world;
  const campaign = (await enforcement.campaigns.get(campaignId('stolen-keys')))!;
  const members = campaign.members.map((member, n) => (n === 0 ? { ...member, role: 'suspected-victim' as const, key: STOLEN } : member));
  await enforcement.campaigns.save({ ...campaign, members, version: campaign.version + 1 });
  const { account } = members[0]!;
  const told = (key: typeof STOLEN, days: number, change: 'created' | 'rotated', replacedBy?: typeof STOLEN) =>
    enforcement.keys.change(
      account,
      { key, sealed: sealedId(`sealed-${key}`) },
      { change, at: clock.now() - days * DAY, event: `${key} ${change}`, by: 'owner', ...(replacedBy ? { replacedBy } : {}) },
    );
  await told(OLD, 90, 'created');
  await told(OLD, 30, 'rotated', NEWER);
  await told(NEWER, 30, 'created');
  await told(STOLEN, 60, 'created');
  return account;
}

async function looksRight(page: Page, name: string): Promise<void> {
  await shot(page, name);
  expect(await sideways(page)).toBeLessThanOrEqual(0);
  expect(await violations(page)).toEqual([]);
}

test.each([false, true])('keys of a victim, and of an account of which no key is known, wide and narrow, dark %s', async (dark) => {
  const account = await victim();
  const { page, errors } = await on.visit(RAE, { dark });
  const nobody = (await on.served.world.enforcement.campaigns.get(campaignId('kiosk')))!.members[0]!.account;
  const panel = page.getByRole('region', { name: 'API keys' });
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 860 });
    await page.goto(`${on.served.origin}/accounts/${account}`);
    await panel.getByText('a new client uses it').waitFor();
    await panel.getByText('3 keys, 2 of them work').waitFor();
    await panel.getByText(STOLEN).waitFor();
    await looksRight(page, `keys-${width}${dark ? '-dark' : ''}`);
    await page.goto(`${on.served.origin}/accounts/${nobody}`);
    await panel.getByText('The provider sent no key event').waitFor();
    await looksRight(page, `no-keys-${width}${dark ? '-dark' : ''}`);
  }
  expect(errors).toEqual([]);
});

test('a reviewer opens a case about one key from its row; another one sees which key before approving; whoever only reads sees its name', async () => {
  const account = await victim();
  const { page, errors } = await on.visit(RAE);
  await page.goto(`${on.served.origin}/accounts/${account}`);
  const stolen = page.getByRole('region', { name: 'API keys' }).getByRole('listitem').filter({ hasText: 'a new client uses it' });
  const name = (await stolen.locator('.mono').first().textContent())!;
  await stolen.getByRole('button', { name: `Disable ${name} alone` }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('the account works on with its others').waitFor();
  await dialog.getByLabel('Why').fill('used in three countries at once');
  await shot(page, 'end-key-dialog');
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Open the case' }).click();
  await page.getByRole('heading', { name: /Case opened by hand/ }).waitFor();
  const { page: second } = await on.visit({ name: 'Sam', role: 'reviewer' });
  await second.goto(page.url());
  await second.getByText('This key alone').waitFor();
  await second.getByText(name).first().waitFor();
  await looksRight(second, 'case-of-a-key');
  await second.getByRole('button', { name: /^Approve/ }).click();
  const approving = second.getByRole('dialog');
  await approving.getByText(`(${name} alone)`).waitFor();
  await approving.getByLabel('Why').fill('yes');
  await approving.getByRole('button', { name: 'Approve: disable 1 key of 1 account' }).click();
  await approving.waitFor({ state: 'detached' });
  await on.served.world.pass(4 * HOUR);
  const { page: viewing } = await on.visit({ name: 'Vic', role: 'viewer' });
  await viewing.goto(`${on.served.origin}/accounts/${account}`);
  await viewing.getByText(`It is about ${name} alone.`).waitFor();
  expect(await viewing.content()).not.toContain(STOLEN);
  expect(await viewing.getByRole('button', { name: /^Disable/ }).count()).toBe(0);
  expect(errors).toEqual([]);
});

test.each([1280, 390])('a case says that the key which it ended still works, and of whom, at %i', async (width) => {
  const account = await victim();
  const { enforcement, clock, pass } = on.served.world;
  const asked = { accounts: [account], action: 'disable-key' as const, reasonCode: 'key-compromised' as const, keys: [STOLEN] };
  const opened = await openByHand({ ...says(BEN), ...asked }, enforcement);
  const id = opened.kind === 'done' ? opened.case : '';
  expect(await approve({ ...says(CLEO), case: id, protectedToo: false }, enforcement)).toMatchObject({ kind: 'done' });
  await pass(4 * HOUR);
  const { page, errors } = await on.visit(RAE, { width });
  await page.goto(`${on.served.origin}/cases/${id}`);
  await page.getByText('This key alone').waitFor();
  expect(await page.getByText(/still works/).count()).toBe(0);
  // The provider acknowledged it, and its own key store says later that the key works.
  const change = { change: 'created' as const, at: clock.now(), event: 'made again', by: 'owner' as const };
  await enforcement.keys.change(account, { key: STOLEN, sealed: sealedId(`sealed-${STOLEN}`) }, change);
  await watchKeys(enforcement);
  await page.reload();
  await page
    .getByText(/still works/)
    .first()
    .waitFor();
  await looksRight(page, `key-at-work-${width}`);
  await page
    .getByRole('link', { name: brief(account) })
    .first()
    .click();
  await page.getByRole('region', { name: 'API keys' }).waitFor();
  expect(errors).toEqual([]);
});
