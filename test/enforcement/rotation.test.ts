import { openAppeal } from '../../functions/appeals/appeal';
import { reviewAppeal } from '../../functions/appeals/review';
import { exonerate } from '../../functions/enforcement/commands/exonerate';
import { rotateIdentifiers } from '../../functions/enforcement/commands/rotate-identifiers';
import { undoAccount, undoCase } from '../../functions/enforcement/commands/undo';
import { verifyLedger } from '../../functions/enforcement/ledger/verify-ledger';
import { withStandingOf } from '../../local/provider/toy-provider';
import { ACCOUNT_CHAIN } from '../../shared/domain/cases/action';
import { byPerson } from '../../shared/domain/person';
import { DAY, HOUR } from '../../shared/domain/time';
import { campaignId } from '../../shared/identity/ids';
import { hashText, KeyedHasher } from '../../shared/identity/keyed-hash';
import { openerFor } from '../../shared/lambda/key-ring';
import { MEMORY } from '../support/sides';
import { buildCampaign, buildMember } from '../support/worlds/build-campaign';
import { ADA, BEN, CASE, CLEO, DAN, enforcementWorld, says } from '../support/worlds/enforcement-world';

const [OLD, NEW] = ['o'.repeat(64), 'n'.repeat(64)];
const [from, to] = [new KeyedHasher(OLD), new KeyedHasher(NEW)];
const name = (n: number) => `acct-${n}`;
const organizationUnder = (hasher: KeyedHasher) => hashText(hasher.object('organization', 'Lab of Things'));

// In memory: the receiver over the wire is not told what was sealed.
describe('changing the identifier key', () => {
  const side = MEMORY;
  /** Twenty accounts suspended under the old key; one appealed, one given back, an organisation exempt. */
  async function rotatable() {
    const world = await enforcementWorld(side);
    const hashers = [from, to];
    const known = {
      known: async (accounts: readonly string[]) =>
        new Map(
          hashers.flatMap((hasher) =>
            Array.from({ length: 60 }, (_, n) => {
              const { key, sealed } = hasher.account(name(n));
              const facts = { plan: 'paid' as const, ...(n >= 30 && n < 40 ? { organization: organizationUnder(hasher) } : {}) };
              return [key, { account: key, sealed, facts }] as const;
            }).filter(([key]) => accounts.includes(key)),
          ),
        ),
    };
    world.enforcement.accounts = withStandingOf(world.provider, known);
    const members = (hasher: KeyedHasher, first: number, count: number) =>
      Array.from({ length: count }, (_, n) => ({ ...buildMember(first + n), account: hasher.account(name(first + n)).key }));
    await world.detect(buildCampaign({ members: members(from, 0, 20) }));
    await world.pass(3 * HOUR);
    expect(world.provider.suspended()).toHaveLength(20);
    await undoAccount({ ...says(BEN), account: from.account(name(1)).key }, world.enforcement);
    const until = world.clock.now() + 90 * DAY;
    const scope = { kind: 'organization', organization: organizationUnder(from) } as const;
    await exonerate({ ...says(ADA), scope, effect: 'exempt', until }, world.enforcement);
    await exonerate(
      { ...says(ADA), scope: { kind: 'account', account: from.account(name(45)).key }, effect: 'exempt', until },
      world.enforcement,
    );
    const rotate = (ids: readonly string[]) => rotateIdentifiers({ from, to, ids, actor: byPerson(ADA) }, world.enforcement);
    return { ...world, members, rotate };
  }
  const asked = (world: Awaited<ReturnType<typeof rotatable>>, n: number) =>
    world.provider.received.filter(({ sealed, account }) => openerFor(`${NEW}\n${OLD}`)(sealed, account) === name(n));

  test('what people decided holds under the new key: exempt, given back, suspended; and nobody is asked for twice', async () => {
    const world = await rotatable();
    expect((await world.rotate([])).unknown).toEqual([`organization:${organizationUnder(from)}`]);
    expect(await world.rotate(['Lab of Things'])).toMatchObject({ exonerations: 1, unknown: [] });
    const received = world.provider.received.length;
    // The same accounts, found again under the new key, with those of the exempt organisation and the exempt account.
    const again = [...world.members(to, 0, 20), ...world.members(to, 30, 10), ...world.members(to, 45, 3)];
    await world.detect(buildCampaign({ id: campaignId('C-again'), members: again }));
    await world.pass(3 * HOUR);
    const names = world.provider.received.slice(received).map(({ sealed, account }) => openerFor(NEW)(sealed, account));
    // 46 and 47 are new; everybody else is in force already, was given back, or is exempt.
    expect(names.sort()).toEqual([name(46), name(47)]);
  });

  test('the requests of an account go on counting, and an undo under the old name gives back what goes by the new one', async () => {
    const world = await rotatable();
    await world.rotate(['Lab of Things']);
    await undoCase({ ...says(BEN), case: CASE }, world.enforcement);
    await world.pass(2 * HOUR);
    const requests = asked(world, 7);
    expect(requests.map(({ kind }) => kind)).toEqual(['suspend', 'restore']);
    expect(requests[1]?.sequence).toBeGreaterThan(requests[0]?.sequence ?? Number.NaN);
    expect(requests[1]?.account).toBe(to.account(name(7)).key);
    for (let n = 0; n < 20; n++) expect(asked(world, n).at(-1)?.kind).toBe('restore');
    const { faults } = await verifyLedger(
      { from: world.clock.now() - DAY, to: world.clock.now() },
      world.stores.archive,
      world.enforcement,
    );
    expect(faults).toEqual([]);
  });

  test('an appeal by a link of before restores the account that goes by another key', async () => {
    const world = await rotatable();
    const link = asked(world, 9)[0]?.appealUrl ?? '';
    await world.rotate(['Lab of Things']);
    const opened = await openAppeal(link.slice(link.indexOf('#') + 1), 'it was not me', world.appeals);
    if (opened.kind !== 'opened') throw new Error(JSON.stringify(opened));
    for (const person of [CLEO, DAN]) await reviewAppeal({ ...says(person), appeal: opened.appeal, verdict: 'grant' }, world.appeals);
    await world.pass(HOUR);
    expect(asked(world, 9).at(-1)).toMatchObject({ kind: 'restore', account: to.account(name(9)).key });
  });

  test('stopped at any step and run again, it ends in the same', async () => {
    for (let step = 1; step < 40; step += 6) {
      const world = await rotatable();
      const { put } = world.stores.enforcement;
      let left = step;
      world.stores.enforcement.put = async (item, condition) => {
        if (left-- === 0) throw new Error('the machine went away');
        return put.call(world.stores.enforcement, item, condition);
      };
      await expect(world.rotate(['Lab of Things'])).rejects.toThrow('went away');
      world.stores.enforcement.put = put.bind(world.stores.enforcement);
      expect((await world.rotate(['Lab of Things'])).unknown).toEqual([]);
      const heads = await Promise.all(
        Array.from({ length: 20 }, (_, n) => world.enforcement.ledger.head(ACCOUNT_CHAIN, to.account(name(n)).key)),
      );
      expect(heads.filter((head) => head?.state.phase.kind === 'observed')).toHaveLength(19);
      expect(await world.rotate(['Lab of Things'])).toMatchObject({ accounts: 0, exonerations: 0, already: 23 });
    }
  });
});
