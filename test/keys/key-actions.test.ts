import { requestsOf } from '../../functions/enforcement/account-actions/request';
import { approve } from '../../functions/enforcement/commands/approve';
import { openByHand } from '../../functions/enforcement/commands/choose-accounts';
import { undoCase } from '../../functions/enforcement/commands/undo';
import { nameOfKey } from '../../shared/domain/api-key';
import { ACCOUNT_CHAIN } from '../../shared/domain/cases/action';
import { DAY, HOUR } from '../../shared/domain/time';
import { type Hash64, hash64, sealedId } from '../../shared/identity/ids';
import { onBothSides, type Side } from '../support/sides';
import { account, buildCampaign, buildMember, T0 } from '../support/worlds/build-campaign';
import { BEN, BOLD, CLEO, enforcementWorld, says } from '../support/worlds/enforcement-world';

const [STOLEN, OTHER] = [hash64('key-stolen'), hash64('key-other')];
const VICTIMS = 12;

async function withKeys(side: Side) {
  const world = await enforcementWorld(side, { policy: BOLD });
  const { enforcement, clock } = world;
  await enforcement.table.put({ pk: 'BUDGET', sk: 'POPULATION', activeAccounts: 1_000_000, at: clock.now() });
  const told = async (n: number, key: Hash64, change: 'created' | 'rotated' | 'disabled', event: string, by?: 'owner') =>
    enforcement.keys.change(
      account(n),
      { key, sealed: sealedId(`sealed-${key}`) },
      { change, at: clock.now(), event, ...(by ? { by } : {}) },
    );
  const named = (n: number) =>
    world.provider.received.filter((one) => one.account === account(n)).map(({ kind, keys }) => [kind, keys?.map(({ key }) => key)]);
  return { ...world, told, named };
}

onBothSides((side) => {
  test('a person disables one key of an account: the provider is told which, the account works on; undone, which one works again', async () => {
    const { enforcement, told, named, pass, provider } = await withKeys(side);
    for (const key of [STOLEN, OTHER]) await told(1, key, 'created', `made ${key}`);
    const asked = { accounts: [account(1)], action: 'disable-key' as const, reasonCode: 'key-compromised' as const };
    // Nobody guesses what is meant.
    expect(await openByHand({ ...says(BEN), ...asked, keys: [hash64('never told of')] }, enforcement)).toMatchObject({
      kind: 'refused',
      because: expect.stringContaining('no key event told us about key never told of'),
    });
    for (const wrong of [
      { ...asked, accounts: [account(1), account(2)] },
      { ...asked, action: 'suspend' as const },
    ])
      expect(await openByHand({ ...says(BEN), ...wrong, keys: [STOLEN] }, enforcement)).toMatchObject({ kind: 'refused' });
    const opened = await openByHand({ ...says(BEN, 'the same key in three countries'), ...asked, keys: [STOLEN] }, enforcement);
    const id = opened.kind === 'done' ? opened.case : '';
    expect(await approve({ ...says(CLEO), case: id, protectedToo: false }, enforcement)).toMatchObject({ kind: 'done' });
    await pass(2 * DAY);
    expect(named(1)).toEqual([['disable-key', [STOLEN]]]);
    expect(provider.suspended()).toEqual([]);
    const head = await enforcement.ledger.head(ACCOUNT_CHAIN, account(1));
    expect(head?.state.phase).toMatchObject({
      action: { keys: [{ key: STOLEN }], because: expect.arrayContaining([`It is about ${nameOfKey(account(1), STOLEN)} alone.`]) },
    });
    // Sentences are read by people who only read: they call it by a name that finds nothing.
    expect(head?.because.join()).not.toContain(STOLEN);
    await undoCase({ ...says(CLEO), case: id }, enforcement);
    await pass(2 * DAY);
    expect(named(1).at(-1)).toEqual(['restore', [STOLEN]]);
  });

  test('what its owner replaced between the case and its approval is not asked for, nor is any other key in its place', async () => {
    const { enforcement, told, named, pass, clock } = await withKeys(side);
    for (const key of [STOLEN, OTHER]) await told(1, key, 'created', `made ${key}`);
    const opened = await openByHand(
      { ...says(BEN), accounts: [account(1)], action: 'disable-key', reasonCode: 'key-compromised', keys: [STOLEN] },
      enforcement,
    );
    clock.advanceTo(T0 + HOUR);
    await told(1, STOLEN, 'rotated', 'rotated', 'owner');
    const id = opened.kind === 'done' ? opened.case : '';
    expect(await approve({ ...says(CLEO), case: id, protectedToo: false }, enforcement)).toMatchObject({ kind: 'done' });
    await pass(2 * DAY);
    expect(named(1)).toEqual([]);
    // And none is opened about it any more.
    expect(
      await openByHand(
        { ...says(BEN), accounts: [account(1)], action: 'disable-key', reasonCode: 'key-compromised', keys: [STOLEN] },
        enforcement,
      ),
    ).toMatchObject({ kind: 'refused', because: expect.stringContaining('was rotated at') });
  });

  test('of a group of victims each gets a new key in place of the one that detection found, and only that; who changed it already is left alone', async () => {
    const { told, named, detect, pass, provider } = await withKeys(side);
    const members = Array.from({ length: VICTIMS }, (_, n) =>
      buildMember(n, { role: 'suspected-victim', ...(n === 3 ? {} : { key: STOLEN }) }),
    );
    // Of the last nobody told what its key is called; the second changed it himself.
    for (let n = 0; n < VICTIMS - 1; n++) for (const key of [STOLEN, OTHER]) await told(n, key, 'created', `made ${key}`);
    await told(1, STOLEN, 'disabled', 'revoked', 'owner');
    await detect(
      buildCampaign({
        members,
        classification: 'hijacked-keys',
        probabilities: { distillation: 0, reselling: 0, 'hijacked-keys': 0.999, 'shared-origin': 0, unclear: 0.001 },
      }),
    );
    await pass(2 * DAY);
    expect(named(0)).toEqual([
      ['rotate-key', [STOLEN]],
      ['notify-owner', [STOLEN]],
    ]);
    expect(named(1)).toEqual([]);
    // Where none can be named, it is about the account's keys, as ever.
    for (const n of [3, VICTIMS - 1])
      expect(named(n).map(([kind, keys]) => [kind, keys])).toEqual([
        ['rotate-key', undefined],
        ['notify-owner', undefined],
      ]);
    expect(provider.suspended()).toEqual([]);
  });
});

test('the same entry gives the same requests, with the keys that it names', () => {
  const base = {
    id: 'x',
    case: 'c',
    campaign: 'h',
    rule: 'r',
    reasonCode: 'key-compromised',
    hints: [],
    because: [],
    policy: 'p',
    evidence: 'e',
  };
  const action = {
    ...base,
    action: 'disable-key',
    classification: 'unclear',
    facts: {},
    sealed: 's',
    askedAt: 1,
    expiresAt: 2,
    keys: [{ key: STOLEN, sealed: sealedId('k') }],
  };
  const entry = { sequence: 1, state: { phase: { kind: 'asked', action, attempts: 2 }, exoneratedUntil: null, barred: [] } };
  const [one] = requestsOf(account(1), entry as unknown as Parameters<typeof requestsOf>[1]);
  expect(one).toMatchObject({ id: 'x.disable-key.2', kind: 'disable-key', keys: [{ key: STOLEN }] });
});
