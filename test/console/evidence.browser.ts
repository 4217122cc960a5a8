import { readFileSync } from 'node:fs';
import type { Locator } from 'playwright-core';
import { exonerate } from '../../functions/enforcement/commands/exonerate';
import { openTelling } from '../../functions/enforcement/notices/open-telling';
import { tellPeople } from '../../functions/enforcement/notices/tell-people';
import { DAY, dayLabel } from '../../shared/domain/time';
import { AccessLog } from '../../shared/http/access-log';
import { campaignId } from '../../shared/identity/ids';
import { MemoryDeadLetterQueues } from '../../shared/memory/memory-dead-letter-queues';
import { CampaignStore } from '../../shared/stores/campaigns/campaign-store';
import { BEN, says } from '../support/worlds/enforcement-world';
import { FIXTURE_NOW, fixtureCampaign, keyOf, saveFixture } from '../support/worlds/fixture-world';
import { livedIn } from '../support/worlds/lived-in';
import { shot, sideways, violations } from './browser';
import { onConsole } from './on-console';

/** What leaves the console: disclosures, requests as evidence, notices; and what says how a campaign was found. */
const at = onConsole();
const REI = { name: 'Rei', role: 'reviewer' } as const;

test.each([
  ['light', 1280],
  ['dark', 390],
] as const)(
  'a disclosure: written from a campaign, frozen with its number, read, printed, downloaded; %s, %i pixels',
  async (theme, width) => {
    const { page, errors } = await at.visit(REI, { width, dark: theme === 'dark' });
    await page.goto(`${at.served.origin}/campaigns/june-hydra`);
    await page.getByRole('link', { name: 'Disclose' }).click();
    const dialog = page.getByRole('dialog', { name: 'Write a disclosure' });
    await dialog.getByLabel('Title').fill('Operator one, spring 2026');
    await dialog.getByLabel('Campaigns of the operator, by id').fill('june-hydra, stolen-keys');
    await dialog.getByLabel('List price').fill('3');
    await dialog.getByLabel('$ a million output tokens').fill('15');
    await dialog.getByLabel('Who is behind it').fill('Accounts linked with a competitor.');
    await dialog.getByLabel('Confidence').selectOption('moderate');
    await dialog.getByLabel('What that rests on').fill('Two payers are employees, by public record.');
    await dialog.getByLabel('Why').fill('the letter of June');
    await shot(page, `disclosure-dialog-${theme}-${width}`);
    await dialog.getByRole('button', { name: 'Freeze it' }).click();
    await page.getByText('Done: it is disclosure 1').waitFor();
    await page.getByRole('link', { name: 'Operator one, spring 2026' }).click();
    await page.getByRole('heading', { name: 'Disclosure 1: Operator one, spring 2026' }).waitFor();
    await page.getByText('moderate confidence').waitFor();
    expect([await violations(page), await sideways(page)]).toEqual([[], 0]);
    await shot(page, `disclosure-${theme}-${width}`);
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Markdown' }).click()]);
    expect(readFileSync(await file.path(), 'utf8')).toMatch(/^# Disclosure 1: Operator one/);
    await page.emulateMedia({ media: 'print' });
    expect(await page.getByRole('button', { name: 'Print' }).isVisible()).toBe(false);
    await shot(page, `disclosure-print-${theme}-${width}`);
    expect(errors).toEqual([]);
  },
);

test('a list leaves as a spreadsheet, whole and not as far as one scrolled: members, appeals, exonerations; no cell is a formula', async () => {
  await livedIn(at.served.world);
  const { world } = at.served;
  const formula = '=HYPERLINK("https://evil.example","look")';
  const scope = { kind: 'account', account: keyOf('june-hydra/9') } as const;
  await exonerate({ ...says(BEN, formula), scope, effect: 'exonerated', until: world.clock.now() + 30 * DAY }, world.enforcement);
  const { page, errors } = await at.visit(REI);
  const csv = async (path: string, within: Locator) => {
    await page.goto(`${at.served.origin}${path}`);
    const [file] = await Promise.all([
      page.waitForEvent('download', { timeout: 90_000 }),
      within.getByRole('button', { name: 'CSV', exact: true }).click(),
    ]);
    return readFileSync(await file.path(), 'utf8').split('\r\n');
  };
  const members = await csv('/campaigns/june-hydra', page.getByRole('region', { name: 'Members' }));
  expect(members[0]).toBe('account,role,score,families,because,joinedAt,exchanges,prevented,cloud,placedByAPerson');
  expect(new Set(members.slice(1).map((line) => line.split(',')[0])).size).toBe(1_200);
  const onlyVictims = await csv('/campaigns/june-hydra?role=suspected-victim', page.getByRole('region', { name: 'Members' }));
  expect(onlyVictims).toHaveLength(1 + 36);
  const appeals = await csv('/appeals', page.locator('#page'));
  expect(appeals).toHaveLength(1 + 2);
  expect(appeals.join('\n')).toContain('grant by cleo: an agency: I called them');
  const exonerations = await csv('/exonerations', page.locator('#page'));
  expect(exonerations.join('\n')).toContain(`"'=HYPERLINK(""https://evil.example"",""look"")"`);
  const { entries } = await new AccessLog(at.served.state).page(dayLabel(Date.now()), 1_000);
  expect(entries.filter(({ route, principal }) => route.endsWith('/members') && principal === 'rei@local').length).toBeGreaterThanOrEqual(
    3,
  );
  expect(errors).toEqual([]);
});

test('campaigns that ended are a list of their own, and say so', async () => {
  const store = new CampaignStore(at.served.world.stores);
  const header = await store.header(campaignId('kiosk'));
  if (!header) throw new Error('there is no campaign');
  await store.end(header, FIXTURE_NOW);
  const { page } = await at.visit(REI);
  await page.goto(`${at.served.origin}/campaigns`);
  await page.getByText('2 campaigns').waitFor();
  await page.getByLabel('Show').selectOption('ended');
  await page.getByText('1 campaign, 64 accounts. End of list').waitFor();
  await page.getByRole('link', { name: 'kiosk' }).click();
  await page.getByText('ended 5 Jun').waitFor();
});

test('a campaign that content alone found says so, and that people decide', async () => {
  const { campaign, ...rest } = fixtureCampaign({ id: 'quiet', classification: 'unclear', accounts: 30, firstSeen: FIXTURE_NOW - 5 * DAY });
  await saveFixture({ campaign: { ...campaign, foundBy: 'content' }, ...rest }, at.served.world.stores);
  const { page } = await at.visit(REI);
  await page.goto(`${at.served.origin}/campaigns/quiet`);
  await page.getByText('found by content alone', { exact: true }).waitFor();
  await page.getByText('nothing links these accounts but what they ask for, so people decide and never a machine').waitFor();
  expect(await violations(page)).toEqual([]);
  await shot(page, 'campaign-by-content');
});

test('health says who was told what, and which channel fails', async () => {
  const { table, clock } = at.served.world.enforcement;
  const settings = { name: 'team', kind: 'slack' as const, everyMinutes: 15 };
  const deadLetters = new MemoryDeadLetterQueues();
  deadLetters.waiting.set('Ingest/Events/DeadLetters', 3);
  const deliver = async () => ({ kind: 'unreachable' as const, because: 'it answered 503' });
  await tellPeople(openTelling({ table, features: at.served.world.stores.features, deadLetters, clock }), {
    bus: { publish: async () => {} },
    channels: [{ ...settings, deliver }],
    origin: at.served.origin,
  });
  const { page } = await at.visit(REI);
  await page.goto(`${at.served.origin}/health`);
  await page.getByRole('alert').getByText('it answered 503').waitFor();
  await page.getByRole('link', { name: 'Waits for approval: limit: reselling kiosk' }).waitFor();
  await page.getByText('no channel was told yet').first().waitFor();
  await page.getByText('aws sqs start-message-move-task --source-arn').waitFor();
  await page.getByText('Events refused today').waitFor();
  expect([await violations(page), await sideways(page)]).toEqual([[], 0]);
  await shot(page, 'health-notices');
});

test('the requests behind an account: asked for, and kept as a file', async () => {
  const { page, errors } = await at.visit(REI);
  await page.goto(`${at.served.origin}/accounts/${keyOf('june-hydra/3')}`);
  await page.getByText('That you read them is noted in the access log').waitFor();
  await page.getByRole('button', { name: 'Show its requests' }).click();
  await page.getByText('None is left').waitFor();
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download as evidence' }).click()]);
  const evidence = JSON.parse(readFileSync(await file.path(), 'utf8'));
  expect(evidence).toMatchObject({ type: 'lockstep.account-events.v1', account: keyOf('june-hydra/3') });
  expect(evidence.pages.at(-1).digest).toMatch(/^[0-9a-f]{64}$/);
  expect(errors).toEqual([]);
});

test('an admin edits numbers of the policy in force, each with its reason, as a draft that says what changed', async () => {
  const { page, errors } = await at.visit({ name: 'Ada', role: 'admin' });
  await page.goto(`${at.served.origin}/policies`);
  await page.getByText('Check of sign-ups and first requests').waitFor();
  await page.getByRole('button', { name: 'Edit a copy' }).click();
  const rule = page.locator('details', { hasText: 'distillation-suspend' }).first();
  await rule.locator('summary').click();
  await rule.getByLabel('mode: mode').selectOption('assist');
  const draft = page.getByRole('button', { name: 'Draft these changes' });
  expect(await draft.isDisabled()).toBe(true);
  await rule.getByLabel('mode: reason').fill('people look at the first campaigns');
  await rule.getByLabel('size: value').fill('40');
  await page.getByText('Give a reason for: size').waitFor();
  await rule.getByLabel('size: reason').fill('small groups wait until we know more');
  expect([await violations(page), await sideways(page)]).toEqual([[], 0]);
  await shot(page, 'policy-editing');
  await draft.click();
  const dialog = page.getByRole('dialog', { name: /2 numbers changed/ });
  await dialog.getByLabel('Name of the draft').fill('careful-1');
  await dialog.getByLabel('Why').fill('the first weeks');
  await dialog.getByRole('button', { name: 'Draft', exact: true }).click();
  await page.getByText(/Done: drafted as/).waitFor();
  const record = (await at.served.world.enforcement.policies.all())[0];
  const kept = await at.served.world.enforcement.policies.document(record?.state.digest ?? '');
  const suspend = kept?.enforcement.rules.find(({ id }) => id === 'distillation-suspend');
  expect([suspend?.mode?.value, suspend?.size]).toEqual(['assist', { value: 40, reason: 'small groups wait until we know more' }]);
  await page.getByRole('button', { name: 'Numbers', exact: true }).click();
  await page.getByRole('region', { name: 'Changed numbers' }).getByText('small groups wait until we know more').waitFor();
  expect(await violations(page)).toEqual([]);
  await shot(page, 'policy-changes');
  expect(errors).toEqual([]);
});

test('an admin places a legal hold from a campaign, sees what it is about, and releases it; a reviewer only reads', async () => {
  const { page, errors } = await at.visit({ name: 'Ada', role: 'admin' });
  await page.goto(`${at.served.origin}/campaigns/kiosk`);
  await page.getByRole('link', { name: 'Legal hold', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Hold the requests of kiosk' });
  await dialog.getByLabel(/^Reference/).fill('court 12/26');
  await dialog.getByLabel('Why').fill('the letter of 5 June');
  await dialog.getByRole('button', { name: 'Place the hold' }).click();
  await page.getByText(/Done: hold h-[0-9a-f]{12} stands/).waitFor();
  await page.getByRole('heading', { name: 'court 12/26' }).waitFor();
  await page.getByRole('button', { name: 'What is kept' }).click();
  await page.getByText('Nothing is copied yet').waitFor();
  expect([await violations(page), await sideways(page)]).toEqual([[], 0]);
  await shot(page, 'legal-holds');
  const rei = await at.visit(REI);
  await rei.page.goto(`${at.served.origin}/holds`);
  await rei.page.getByRole('heading', { name: 'court 12/26' }).waitFor();
  expect(await rei.page.getByRole('button', { name: 'Release' }).count()).toBe(0);
  await page.getByRole('button', { name: 'Release' }).click();
  await page.getByRole('dialog').getByLabel('Why').fill('the court is done');
  await page.getByRole('dialog').getByRole('button', { name: 'Release it' }).click();
  await page.getByText(/is released: its copies go/).waitFor();
  expect((await at.served.world.enforcement.holds.all()).map(({ releasedAt }) => releasedAt !== null)).toEqual([true]);
  expect(errors).toEqual([]);
});
