import { approve } from '../../functions/enforcement/commands/approve';
import { openByHand } from '../../functions/enforcement/commands/choose-accounts';
import { nameOfKey } from '../../shared/domain/api-key';
import { HOUR } from '../../shared/domain/time';
import { campaignId, hash64, sealedId } from '../../shared/identity/ids';
import { MEMORY } from '../support/sides';
import { wholeApi } from '../support/whole-api';
import { BEN, CLEO, says } from '../support/worlds/enforcement-world';

/** As keyed hashes are: thirteen hex digits. */
const [STOLEN, NEWER] = [hash64('0badc0ffee123'), hash64('1badc0ffee123')];

test('which key a case is about: reviewers see its hash, whoever only reads sees a name that finds nothing', async () => {
  const { api, token, world } = await wholeApi(MEMORY, 30);
  const { enforcement, clock } = world;
  const june = (await enforcement.campaigns.get(campaignId('june')))!;
  // Nobody of the campaign that waits: detection found which key of this member somebody else uses.
  const members = june.members.map((member, n) => (n === 0 ? { ...member, role: 'suspected-victim' as const, key: STOLEN } : member));
  await enforcement.campaigns.save({ ...june, members, version: june.version + 1 });
  const account = june.members[0]!.account;
  const told = (key: typeof STOLEN, event: string, change: 'created' | 'rotated') =>
    enforcement.keys.change(
      account,
      { key, sealed: sealedId(`sealed-${key}`) },
      { change, at: clock.now(), event, ...(change === 'rotated' ? { replacedBy: NEWER } : {}) },
    );
  await told(STOLEN, 'made', 'created');
  const asked = { accounts: [account], action: 'disable-key' as const, reasonCode: 'key-compromised' as const, keys: [STOLEN] };
  // What a person writes may name it too.
  const opened = await openByHand({ ...says(BEN, `${STOLEN} in three countries`), ...asked }, enforcement);
  if (opened.kind !== 'done') throw new Error(opened.because);
  const id = opened.case;
  const pages = [
    '/v1/cases?state=all&limit=200',
    `/v1/cases/${id}`,
    `/v1/cases/${id}/accounts`,
    `/v1/cases/${id}/dry-run`,
    `/v1/accounts/${account}`,
    `/v1/accounts/${account}/keys`,
    `/v1/accounts/${account}/ledger`,
    `/v1/accounts/${account}/decision`,
    '/v1/campaigns/june/members?limit=200',
    '/v1/campaigns/june/dossier',
    '/v1/ledger?about=everything&limit=200',
    '/v1/exonerations',
  ];
  const read = async (role: 'viewer' | 'reviewer') => {
    const authorization = `Bearer ${await token(role)}`;
    const answers = await Promise.all(pages.map((path) => api.request(path, { headers: { authorization } })));
    return Promise.all(answers.map((answer) => answer.text()));
  };
  const hidden = async () => {
    const [viewer, reviewer] = await Promise.all([read('viewer'), read('reviewer')]);
    expect(viewer.map((text, n) => (text.includes(STOLEN) ? pages[n] : null)).filter(Boolean)).toEqual([]);
    return { viewer, reviewer, shown: reviewer.flatMap((text, n) => (text.includes(STOLEN) ? [pages[n]!] : [])) };
  };
  // The next approver sees which key it is about before anything is done.
  expect((await hidden()).shown).toEqual(expect.arrayContaining([`/v1/cases/${id}`, `/v1/accounts/${account}/keys`, pages[8]]));
  expect(await approve({ ...says(CLEO), case: id, protectedToo: false }, enforcement)).toMatchObject({ kind: 'done' });
  await world.pass(4 * HOUR);
  await told(STOLEN, 'changed', 'rotated');
  const { viewer, shown } = await hidden();
  expect(shown).toEqual(expect.arrayContaining([`/v1/accounts/${account}/ledger`, pages[10], `/v1/cases/${id}`]));
  const name = nameOfKey(account, STOLEN);
  expect(viewer[6]).toContain(`It is about ${name} alone.`);
  expect(JSON.parse(viewer[5]!)).toMatchObject({
    keys: [{ name, key: null, state: 'rotated', replacedBy: nameOfKey(account, NEWER) }],
    elsewhere: { name, key: null },
  });
  // Nothing is found by the name.
  const authorization = `Bearer ${await token('reviewer')}`;
  const headers = { authorization, 'content-type': 'application/json' };
  const found = await api.request('/v1/search', { method: 'POST', headers, body: JSON.stringify({ value: name }) });
  expect(JSON.stringify(await found.json())).not.toContain(account);
});
