import { gunzipSync, gzipSync } from 'node:zlib';
import { ledgerStoresOf, sentenceOf, summaryOf } from '../../cli/verify-ledger';
import { exonerate } from '../../functions/enforcement/commands/exonerate';
import { undoAccount, undoCase } from '../../functions/enforcement/commands/undo';
import { anchorDays } from '../../functions/enforcement/ledger/anchors';
import { anchorDay, decideAgainAbout, verifyLedger } from '../../functions/enforcement/ledger/verify-ledger';
import { ACCOUNT_CHAIN } from '../../shared/domain/cases/action';
import { type LedgerEntry, seal } from '../../shared/domain/cases/ledger';
import { DAY, HOUR, MINUTE } from '../../shared/domain/time';
import { caseId } from '../../shared/identity/ids';
import type { Item, Query, Table } from '../../shared/ports';
import { LedgerStore } from '../../shared/stores/cases/ledger-store';
import { onBothSides } from '../support/sides';
import { account, buildCampaign, buildMember, T0 } from '../support/worlds/build-campaign';
import { ADA, BEN, enforcementWorld, policyWith, says, type TestWorld } from '../support/worlds/enforcement-world';

onBothSides((side) => {
  async function busyWorld() {
    const world = await enforcementWorld(side);
    await world.detect(buildCampaign({ size: 12 }));
    await world.pass(3 * HOUR);
    await undoAccount({ ...says(BEN), account: account(1) }, world.enforcement);
    await exonerate(
      { ...says(ADA), scope: { kind: 'organization', organization: '00000000000000aa' }, effect: 'exempt', until: T0 + 90 * DAY },
      world.enforcement,
    );
    return world;
  }
  const verify = (world: TestWorld) => verifyLedger({ from: T0, to: T0 + DAY }, world.stores.archive, world.enforcement);
  const rowOf = async (world: TestWorld, sk: string) => {
    const row = await world.stores.enforcement.get(`A#${account(1)}`, sk);
    if (!row) throw new Error(`no row ${sk}`);
    return row;
  };

  test('every chain is whole, and every decision comes out the same again', async () => {
    const verified = await verify(await busyWorld());
    expect(verified.faults).toEqual([]);
    expect(verified.chains).toBeGreaterThan(12);
    expect(verified.decisions).toEqual({ same: 1, different: [], cannot: [] });
  });

  test('contained, joined, undone: the command that verifies the ledger finds every chain whole', async () => {
    const world = await enforcementWorld(side);
    await world.detect(buildCampaign({ size: 40 }));
    await world.pass(2 * HOUR);
    await world.detect(buildCampaign({ members: [...buildCampaign({ size: 40 }).members, buildMember(40)] }));
    expect(world.provider.suspended()).toHaveLength(41);
    await undoCase({ ...says(BEN), case: caseId('C-hydra.0001') }, world.enforcement);
    await world.pass(10 * MINUTE);
    expect(world.provider.suspended()).toEqual([]);
    const verified = await verifyLedger({ from: T0, to: T0 + DAY }, world.stores.archive, ledgerStoresOf(world.stores));
    expect(summaryOf(verified)[0]).toMatch(/^\d+ entries in \d+ chains, 0 faults$/);
    expect(verified.entries).toBeGreaterThan(200);
    expect(verified.decisions.different).toEqual([]);
  });

  test('who has a chain is known from the lists: as asking for each, in a page a list', async () => {
    const world = await busyWorld();
    const table = world.stores.enforcement;
    let queries = 0;
    const counted: Table = Object.assign(Object.create(table), {
      query: (query: Query) => {
        queries++;
        return table.query(query);
      },
    });
    const asked = Array.from({ length: 900 }, (_, i) => account(i));
    const ledger = new LedgerStore(counted, { now: () => T0 });
    const begun = await ledger.mayHaveBegun(ACCOUNT_CHAIN, asked);
    const lists = new Set(asked.map((one) => ACCOUNT_CHAIN.listedIn(one))).size;
    expect(queries).toBeLessThanOrEqual(lists);
    expect(lists).toBeLessThanOrEqual(64);
    const heads = await Promise.all(asked.map((one) => world.enforcement.ledger.head(ACCOUNT_CHAIN, one)));
    expect([...begun].sort()).toEqual(asked.filter((_, i) => heads[i] !== undefined).sort());
    expect(begun.size).toBe(12);
  });
  test('where a list is longer than what is asked about, nobody is taken for one without a chain', async () => {
    const world = await busyWorld();
    const table = world.stores.enforcement;
    // As DynamoDB answers when a page ends at its megabyte: one row, and more behind it.
    const short: Table = Object.assign(Object.create(table), { query: (query: Query) => table.query({ ...query, limit: 1 }) });
    const acted = Array.from({ length: 12 }, (_, i) => account(i));
    expect(await new LedgerStore(short, { now: () => T0 }).mayHaveBegun(ACCOUNT_CHAIN, acted)).toEqual(new Set(acted));
  });

  test.each([
    [
      'an entry rewritten',
      async (world: TestWorld) => {
        const row = await rowOf(world, 'E#00000002');
        await world.stores.enforcement.put({ ...row, body: String(row.body).replace('acknowledged', 'refused') });
      },
    ],
    ['an entry removed from the middle', async (world: TestWorld) => world.stores.enforcement.delete(`A#${account(1)}`, 'E#00000002')],
    [
      'an entry moved from another chain',
      async (world: TestWorld) => {
        const other = await world.stores.enforcement.get(`A#${account(2)}`, 'E#00000002');
        if (other) await world.stores.enforcement.put({ ...other, pk: `A#${account(1)}` });
      },
    ],
  ])('%s is found', async (_, tamper) => {
    const world = await busyWorld();
    await tamper(world);
    const { faults } = await verify(world);
    expect(faults.map((fault) => fault.chain)).toContain(`A#${account(1)}`);
    expect(new Set(faults.map((fault) => fault.chain)).size).toBe(1);
  });

  test('a chain cut off at its end is found by the anchor of its day, and only by it', async () => {
    const world = await busyWorld();
    expect((await anchorDay(T0, world.stores.archive, world.enforcement)).chains).toBeGreaterThan(12);
    const length = (await world.enforcement.ledger.history(ACCOUNT_CHAIN, account(1))).length;
    await world.stores.enforcement.delete(`A#${account(1)}`, `E#${String(length).padStart(8, '0')}`);
    expect((await verify(world)).faults).toEqual([{ chain: `A#${account(1)}`, sequence: length, because: 'it was anchored and is gone' }]);
  });

  describe('what somebody does who may write the table', () => {
    const edit = (row: Item, change: (entry: LedgerEntry) => void): Item => {
      const entry = JSON.parse(String(row.body));
      change(entry);
      return { ...row, ...bodyAndHash(entry) };
    };
    const bodyAndHash = (entry: LedgerEntry) => {
      const { body, hash } = seal(entry);
      return { body, hash };
    };
    const lengthOf = async (world: TestWorld, chain: string) => (await world.enforcement.ledger.sealed(chain)).length;
    const label = (sequence: number) => `E#${String(sequence).padStart(8, '0')}`;
    /** Rewrites a chain from an entry on, hashes and all. */
    async function rewrite(world: TestWorld, chain: string, from: number, change: (entry: LedgerEntry) => void): Promise<void> {
      let previous = from === 1 ? '0'.repeat(64) : (await world.enforcement.ledger.sealed(chain))[from - 2]?.hash;
      for (let sequence = from; sequence <= (await lengthOf(world, chain)); sequence++) {
        const row = await world.stores.enforcement.get(chain, label(sequence));
        if (!row) throw new Error('no row');
        const changed = edit(row, (entry) => {
          entry.previous = previous ?? '';
          if (sequence === from) change(entry);
        });
        previous = String(changed.hash);
        await world.stores.enforcement.put(changed);
      }
    }
    async function removeChain(world: TestWorld, chain: string): Promise<void> {
      for (let sequence = await lengthOf(world, chain); sequence > 0; sequence--)
        await world.stores.enforcement.delete(chain, label(sequence));
    }
    async function removePointers(world: TestWorld, chain: string): Promise<void> {
      for (const pk of ['LEDGER#2026-04-22', 'LEDGER#2026-04-23']) {
        const { items } = await world.stores.enforcement.query({ pk });
        for (const item of items) if (item.chain === chain) await world.stores.enforcement.delete(pk, item.sk);
      }
    }
    const ACCOUNT = `A#${account(1)}`;
    const CHAIN = 'K#C-hydra.0001';
    const tampering: [string, string, (world: TestWorld) => Promise<unknown>][] = [
      ['the last entry deleted', ACCOUNT, async (world) => world.stores.enforcement.delete(ACCOUNT, label(await lengthOf(world, ACCOUNT)))],
      ['a whole chain deleted, its pointers left', ACCOUNT, (world) => removeChain(world, ACCOUNT)],
      [
        'a whole chain deleted, and its pointers',
        ACCOUNT,
        async (world) => {
          await removePointers(world, ACCOUNT);
          await removeChain(world, ACCOUNT);
        },
      ],
      [
        'an entry edited, and everything hashed again',
        ACCOUNT,
        (world) => rewrite(world, ACCOUNT, 2, (entry) => (entry.because = ['forged'])),
      ],
      [
        'an approval forged in the chain of a case',
        CHAIN,
        (world) =>
          rewrite(
            world,
            CHAIN,
            1,
            (entry) => (entry.state = { ...Object(entry.state), approvals: [{ id: 'ada', role: 'admin', at: T0, protectedToo: false }] }),
          ),
      ],
      [
        'an entry appended that nobody announced',
        ACCOUNT,
        async (world) => {
          const last = (await world.enforcement.ledger.sealed(ACCOUNT)).at(-1);
          const entry = { ...JSON.parse(last?.body ?? ''), sequence: Number(last?.sequence) + 1, previous: last?.hash };
          await world.stores.enforcement.put({ pk: ACCOUNT, sk: label(entry.sequence), ...bodyAndHash(entry) });
        },
      ],
    ];

    test.each(tampering)('on a day that is not closed yet: %s is found', async (_, chain, tamper) => {
      const world = await busyWorld();
      expect((await verify(world)).faults).toEqual([]);
      await tamper(world);
      const { faults } = await verify(world);
      expect(new Set(faults.map((fault) => fault.chain))).toEqual(new Set([chain]));
    });

    /** Sixty days later, closed day by day. */
    async function longAfter() {
      const world = await busyWorld();
      world.clock.advanceTo(T0 + 60 * DAY + HOUR);
      for (let day = 0; day < 60; day++) await anchorDays(T0 + day * DAY, world.stores.archive, world.enforcement);
      return world;
    }
    const verifyAll = (world: TestWorld, from?: number) =>
      verifyLedger({ ...(from === undefined ? {} : { from }), to: world.clock.now() }, world.stores.archive, world.enforcement);

    test('a ledger of sixty days is whole, and each anchor follows the one before', async () => {
      const world = await longAfter();
      const verified = await verifyAll(world);
      expect(verified.faults).toEqual([]);
      expect(verified.chains).toBeGreaterThan(12);
      // It does nothing twice, and makes good what was left out.
      expect(await anchorDays(T0 + 59 * DAY, world.stores.archive, world.enforcement)).toEqual({ days: 0, chains: 0 });
    });

    test.each(tampering)(
      'long after the day was closed, also when only the last days are asked for: %s is found',
      async (_, chain, tamper) => {
        const world = await longAfter();
        await tamper(world);
        for (const from of [undefined, world.clock.now() - 10 * DAY]) {
          const { faults } = await verifyAll(world, from);
          expect(faults.map((fault) => fault.chain)).toContain(chain);
        }
      },
    );

    test.each([
      [
        'deleted',
        async (world: TestWorld) => world.stores.archive.delete('ledger/2026-04-22.json.gz'),
        'anchor of 2026-04-22',
        'its anchor is missing',
      ],
      [
        'the last one deleted',
        async (world: TestWorld) => world.stores.archive.delete('ledger/2026-06-20.json.gz'),
        'anchor of 2026-06-20',
        'its anchor is missing',
      ],
      [
        'replaced by one that leaves a chain out',
        async (world: TestWorld) => {
          const bytes = await world.stores.archive.get('ledger/2026-05-10.json.gz');
          const anchor = JSON.parse(gunzipSync(bytes ?? new Uint8Array()).toString());
          anchor.heads.pop();
          await world.stores.archive.put('ledger/2026-05-10.json.gz', gzipSync(JSON.stringify(anchor)));
        },
        'anchor of 2026-05-10',
        'it is not the one that was noted',
      ],
      [
        'made unreadable',
        async (world: TestWorld) => world.stores.archive.put('ledger/2026-05-10.json.gz', new Uint8Array(9)),
        'anchor of 2026-05-10',
        'cannot be read',
      ],
    ])('an anchor %s is found', async (_, tamper, chain, because) => {
      const world = await longAfter();
      await tamper(world);
      await removeChain(world, ACCOUNT);
      const { faults } = await verifyAll(world);
      expect(faults).toContainEqual({ chain, sequence: 0, because: expect.stringContaining(because) });
      expect(faults.map((fault) => fault.chain)).toContain(ACCOUNT);
    });

    test('a crash between pointer and entry is no fault', async () => {
      const world = await busyWorld();
      const { stores } = world;
      const put = stores.enforcement.put.bind(stores.enforcement);
      stores.enforcement.put = async (item, condition) => {
        if (condition) throw new Error('the process died');
        return put(item, condition);
      };
      await expect(undoAccount({ ...says(BEN), account: account(2) }, world.enforcement)).rejects.toThrow('died');
      stores.enforcement.put = put;
      expect((await verify(world)).faults).toEqual([]);
    });
  });

  test('the decision about one account can be made again, and says so when the evidence no longer carries it', async () => {
    const world = await busyWorld();
    const said = async (key: ReturnType<typeof account>) => sentenceOf(key, await decideAgainAbout(key, world.enforcement));
    expect(await said(account(1))).toBe(`${account(1)}: the same rule would act on it again`);
    expect(await said(account(99))).toContain('cannot be decided again: nothing was ever asked about this account');
    // The same digest over other numbers: as if the policy's document had been changed afterwards.
    const { digest, policy } = await world.enforcement.policy();
    const harsher = policyWith((enforcement) => {
      for (const rule of enforcement.rules) rule.memberScore = { value: 99, reason: 'the test says so' };
    });
    await world.stores.enforcement.put({ pk: 'POLICY', sk: digest, body: JSON.stringify({ ...harsher, version: policy.version }) });
    expect(await said(account(1))).toContain('distillation-suspend acted on it, now: ');
    expect((await verify(world)).decisions.different).toHaveLength(1);
  });

  test('the feed shows everything anybody did, in order, one page after the other', async () => {
    const world = await busyWorld();
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await world.enforcement.ledger.feed(T0, { limit: 7, ...(after === undefined ? {} : { after }) });
      seen.push(...page.entries.map((entry) => `${entry.at} ${entry.chain} ${entry.sequence}`));
      after = page.next;
    } while (after !== undefined);
    expect(new Set(seen).size).toBe(seen.length);
    // 12 accounts: asked, acknowledged, observed; one reversed and restored; the case, its decision, the switch, the exemption.
    expect(seen.length).toBeGreaterThan(40);
  });
});
