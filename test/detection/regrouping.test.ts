import { Detection } from '../../functions/detection/detect';
import { fold } from '../../functions/features/fold';
import { plan } from '../../functions/features/plan';
import { ingest } from '../../functions/ingest/ingest';
import recommended from '../../policies/recommended.json';
import type { Campaign } from '../../shared/domain/campaigns/campaign';
import { asFound, type Change, type Regrouping, regrouped } from '../../shared/domain/campaigns/regrouping';
import { Policy } from '../../shared/domain/policy/policy';
import { DAY, HOUR } from '../../shared/domain/time';
import { type AccountKey, accountKey, campaignId } from '../../shared/identity/ids';
import { KeyedHasher } from '../../shared/identity/keyed-hash';
import { MemoryObjectStore } from '../../shared/memory/memory-object-store';
import { MemoryTable } from '../../shared/memory/memory-table';
import { SimulatedClock } from '../../shared/memory/simulated-clock';
import { fc } from '../support/property';
import { buildCampaign } from '../support/worlds/build-campaign';
import { CAMPAIGN, HOURS, START, smallTraffic } from '../support/worlds/small-traffic';

const NOW = 1_780_000_000_000;
const name = (n: number): AccountKey => accountKey(`account-${n}`);
const campaignOf = (id: string, accounts: readonly AccountKey[]): Campaign => {
  const { members, ...rest } = buildCampaign({ size: 1 });
  const [like] = members;
  if (!like) throw new Error('a campaign has a member');
  return { ...rest, id: campaignId(id), members: accounts.map((account) => ({ ...like, account })) };
};
const deciding = (changes: readonly Change[]): Regrouping[] =>
  changes.map((change, n) => ({
    id: `g-${n}`,
    change,
    size: 1,
    approversNeeded: 1,
    approvals: ['ben'],
    askedAt: NOW + n,
    because: 'one operator',
    withdrawn: false,
  }));
const homes = (campaigns: readonly Campaign[]): Record<string, string[]> =>
  Object.fromEntries(
    campaigns.filter(({ members }) => members.length > 0).map(({ id, members }) => [id, members.map(({ account }) => account).sort()]),
  );
const [A, B, C] = ['A', 'B', 'C'].map(campaignId) as [Campaign['id'], Campaign['id'], Campaign['id']];
const SPLIT = campaignId('split-0');

describe('what people decide about who belongs together', () => {
  const found = [campaignOf('A', [0, 1, 2, 3].map(name)), campaignOf('B', [4, 5].map(name)), campaignOf('C', [6].map(name))];
  test.each<[string, Change[], Record<string, number[]>]>([
    ['nothing', [], { A: [0, 1, 2, 3], B: [4, 5], C: [6] }],
    ['merge', [{ kind: 'merge', from: B, into: A }], { A: [0, 1, 2, 3, 4, 5], C: [6] }],
    ['split', [{ kind: 'split', from: A, into: SPLIT, accounts: [name(1), name(3)] }], { A: [0, 2], B: [4, 5], C: [6], 'split-0': [1, 3] }],
    ['add one from elsewhere', [{ kind: 'add', into: A, accounts: [name(6)] }], { A: [0, 1, 2, 3, 6], B: [4, 5] }],
    ['add one of none', [{ kind: 'add', into: C, accounts: [name(9)] }], { A: [0, 1, 2, 3], B: [4, 5], C: [6, 9] }],
    ['remove', [{ kind: 'remove', from: A, accounts: [name(0)] }], { A: [1, 2, 3], B: [4, 5], C: [6] }],
    [
      'a chain of merges, and a member taken out of it again',
      [
        { kind: 'merge', from: C, into: B },
        { kind: 'merge', from: B, into: A },
        { kind: 'remove', from: A, accounts: [name(6)] },
      ],
      { A: [0, 1, 2, 3, 4, 5] },
    ],
  ])('%s', (_, changes, expected) => {
    const shown = regrouped(found, found, deciding(changes), NOW);
    const wanted = Object.fromEntries(Object.entries(expected).map(([id, accounts]) => [id, accounts.map(name).sort()]));
    expect(homes(shown)).toEqual(wanted);
    for (const campaign of shown.filter(({ handMade }) => handMade))
      expect([campaign.classification, campaign.legs]).toEqual(['unclear', undefined]);
  });

  test('one that waits for a second person, or is withdrawn, changes nothing', () => {
    const [merge] = deciding([{ kind: 'merge', from: B, into: A }]);
    if (!merge) throw new Error('there is one');
    for (const other of [
      { ...merge, approversNeeded: 2 },
      { ...merge, withdrawn: true },
    ])
      expect(homes(regrouped(found, found, [other], NOW))).toEqual(homes(found));
  });

  const change = fc.oneof(
    fc
      .record({ kind: fc.constant('merge' as const), from: fc.constantFrom(A, B, C), into: fc.constantFrom(A, B, C) })
      .filter((one) => one.from !== one.into),
    fc.record({
      kind: fc.constant('split' as const),
      from: fc.constantFrom(A, B, C),
      into: fc.constantFrom(SPLIT, campaignId('split-1')),
      accounts: fc.uniqueArray(fc.nat(11).map(name), { minLength: 1, maxLength: 4 }),
    }),
    fc.record({
      kind: fc.constant('add' as const),
      into: fc.constantFrom(A, B, C),
      accounts: fc.uniqueArray(fc.nat(11).map(name), { minLength: 1, maxLength: 4 }),
    }),
    fc.record({
      kind: fc.constant('remove' as const),
      from: fc.constantFrom(A, B, C),
      accounts: fc.uniqueArray(fc.nat(11).map(name), { minLength: 1, maxLength: 4 }),
    }),
  );
  const worlds = fc.array(fc.constantFrom(0, 1, 2, 3), { minLength: 10, maxLength: 10 }).map((places) =>
    [A, B, C].map((id, at) =>
      campaignOf(
        id,
        places.flatMap((place, n) => (place === at ? [name(n)] : [])),
      ),
    ),
  );

  test('the next run of the same findings changes nothing; nobody is in two campaigns; withdrawn, all is as detection found it', () => {
    let moved = 0;
    fc.assert(
      fc.property(worlds, fc.array(change, { maxLength: 5 }), (machine, changes) => {
        const decided = deciding(changes);
        const shown = regrouped(machine, machine, decided, NOW);
        if (shown.some(({ members }) => members.some(({ placed }) => placed))) moved++;
        const all = shown.flatMap(({ members }) => members.map(({ account }) => account));
        expect(new Set(all).size).toBe(all.length);
        // What detection found again, whoever people took out of a campaign included, since its networks hold them still.
        expect(homes(regrouped(machine, shown, decided, NOW + DAY))).toEqual(homes(shown));
        expect(
          regrouped(machine, shown, decided, NOW + DAY)
            .flatMap(({ members }) => members.map(({ account, joinedAt }) => [account, joinedAt]))
            .sort(),
        ).toEqual(shown.flatMap(({ members }) => members.map(({ account, joinedAt }) => [account, joinedAt])).sort());
        expect(homes(regrouped(machine, shown, [], NOW + DAY))).toEqual(homes(machine));
        // Whoever was moved goes back to where detection has it, without a new look.
        const removed = new Set(changes.flatMap((one) => (one.kind === 'remove' ? one.accounts : [])));
        const back = homes(asFound(shown));
        for (const [id, accounts] of Object.entries(homes(machine)))
          for (const account of accounts) if (!removed.has(accountKey(account))) expect(back[id]).toContain(account);
      }),
      { numRuns: 500 },
    );
    expect(moved).toBeGreaterThan(200);
  });
});

describe('over runs of detection', () => {
  const policy = Policy.parse(recommended).detection;
  const hasher = new KeyedHasher('k'.repeat(64));

  /** Small traffic, folded; a detection that is told what people decided by then. */
  async function detecting() {
    const clock = new SimulatedClock(START + HOURS * HOUR + 15 * 60_000);
    const stores = { archive: new MemoryObjectStore(), features: new MemoryTable(clock), graph: new MemoryTable(clock) };
    const ports = { ...stores, clock, hasher, segments: 1, shards: 1, rows: 'none' as const };
    await ingest([{ id: 'm', body: smallTraffic().join('\n') }], ports);
    for (const task of await plan(ports)) await fold(task, ports);
    const decided: Regrouping[] = [];
    const fresh = (wholeAtMost?: number) =>
      new Detection({ stores, clock, regroupings: async () => decided, ...(wholeAtMost === undefined ? {} : { wholeAtMost }) });
    return { clock, decided, fresh };
  }
  const shownIn = async (detection: Detection): Promise<Campaign[]> => {
    const shown: Campaign[] = [];
    for await (const header of detection.campaigns.headers()) shown.push(await detection.campaigns.document(header.document));
    return shown;
  };

  test.each([
    ['in one index', undefined],
    ['unit by unit', 10],
  ])('a split stands over every later run, is written once, and goes with its withdrawal, %s', async (_, wholeAtMost) => {
    const { clock, decided, fresh } = await detecting();
    const detection = fresh(wholeAtMost);
    const [whole] = (await detection.run(policy, 'p')).changed;
    if (!whole) throw new Error('a campaign is found');
    const accounts = CAMPAIGN.slice(0, 4).map((id) => hasher.account(id).key);
    decided.push(...deciding([{ kind: 'split', from: whole.id, into: SPLIT, accounts }]));
    clock.advanceTo(clock.now() + HOUR);
    const { changed } = await detection.run(policy, 'p');
    expect(changed.map(({ id }) => id).sort()).toEqual([whole.id, SPLIT].sort());
    const after = homes(await shownIn(detection));
    expect(after[SPLIT]).toEqual([...accounts].sort());
    expect(after[whole.id]).toHaveLength(whole.members.length - 4);
    const split = (await shownIn(detection)).find(({ id }) => id === SPLIT);
    expect(split?.exchanges).toBe(4 * HOURS);
    // What the four share is what it is known by; of what all shared, each campaign counts its own.
    const counts = (of: Campaign | undefined): Map<string, number> =>
      new Map(of?.indicators.map(({ type, hash, members }) => [`${type}/${hash}`, members]));
    const rest = counts((await shownIn(detection)).find(({ id }) => id === whole.id));
    const own = counts(split);
    expect(own.size).toBeGreaterThan(2);
    let halved = 0;
    for (const [indicator, members] of counts(whole)) {
      const [here, there] = [own.get(indicator) ?? 0, rest.get(indicator) ?? 0];
      expect(here).toBeLessThanOrEqual(4);
      // One that is held once on a side is no longer shared there.
      expect([members, members - 1]).toContain(here + there);
      if (here > 0 && there > 0) halved++;
    }
    expect(halved).toBeGreaterThan(0);
    expect(await detection.campaigns.membership(accounts[0] as AccountKey)).toMatchObject({ campaign: SPLIT });
    // The same process, and another that begins from the archive.
    for (const later of [detection, fresh(wholeAtMost)]) {
      clock.advanceTo(clock.now() + HOUR);
      expect((await later.run(policy, 'p')).changed).toEqual([]);
      expect(homes(await shownIn(later))).toEqual(after);
    }
    // Merged again by hand: known by what all share, as before.
    decided.push(...deciding([{ kind: 'merge', from: SPLIT, into: whole.id }]).map((one) => ({ ...one, id: 'g-1', askedAt: NOW + 1 })));
    clock.advanceTo(clock.now() + HOUR);
    await detection.run(policy, 'p');
    const merged = (await shownIn(detection)).find(({ id }) => id === whole.id);
    expect(counts(merged)).toEqual(counts(whole));
    decided.splice(0);
    clock.advanceTo(clock.now() + HOUR);
    const last = fresh(wholeAtMost);
    await last.run(policy, 'p');
    expect(homes(await shownIn(last))).toEqual(homes([whole]));
    expect(await last.campaigns.membership(accounts[0] as AccountKey)).toMatchObject({ campaign: whole.id });
  });
});
