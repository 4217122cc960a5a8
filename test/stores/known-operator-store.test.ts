import { importOperator, revokeOperator } from '../../functions/enforcement/commands/known-operators';
import { MOST_OPERATOR_INDICATORS, MOST_OPERATORS, type ReadOperator } from '../../shared/domain/campaigns/known-operator';
import { DAY } from '../../shared/domain/time';
import { hash64, operatorId } from '../../shared/identity/ids';
import { MemoryTable } from '../../shared/memory/memory-table';
import { SimulatedClock } from '../../shared/memory/simulated-clock';
import { SightingStore } from '../../shared/stores/archive/sighting-store';
import { KnownOperatorStore } from '../../shared/stores/campaigns/known-operator-store';
import { LedgerStore } from '../../shared/stores/cases/ledger-store';
import { onBothSides } from '../support/sides';
import { T0 } from '../support/worlds/build-campaign';
import { buildOperator } from '../support/worlds/build-operator';
import { BEN, CLEO, says, VIEWER } from '../support/worlds/enforcement-world';

const id = operatorId('o-3f2a1b2c9d0e');
const read = (over: Partial<ReadOperator> = {}): ReadOperator => {
  const { name, source, classification, accounts, indicators } = buildOperator();
  return { id, name, source, classification, accounts, indicators, ...over };
};

onBothSides((side) => {
  const world = async () => {
    const clock = new SimulatedClock(T0);
    const table = await side.table(clock);
    const ledger = new LedgerStore(table, clock);
    return { clock, table, ledger, operators: new KnownOperatorStore(ledger) };
  };

  test('imported once, however often it is asked; a later bundle of the campaign replaces it; revoked once; the chain is whole', async () => {
    const { clock, ledger, operators } = await world();
    const asked = { clock, operators };
    expect(await importOperator({ ...says(BEN, 'they sent it'), read: read() }, asked)).toMatchObject({ kind: 'done' });
    expect(await importOperator({ ...says(CLEO), read: read() }, asked)).toMatchObject({ kind: 'already' });
    expect(await operators.watched(T0)).toEqual([buildOperator({ because: 'they sent it' })]);
    expect(await importOperator({ ...says(CLEO), read: read({ accounts: 70 }) }, asked)).toMatchObject({ kind: 'done' });
    expect(await operators.watched(T0)).toMatchObject([{ accounts: 70, by: 'cleo' }]);
    expect(await revokeOperator({ ...says(BEN), id }, asked)).toMatchObject({ kind: 'done' });
    expect(await revokeOperator({ ...says(BEN), id }, asked)).toMatchObject({ kind: 'already' });
    expect(await operators.watched(T0)).toEqual([]);
    // Imported again after it was revoked: looked for again.
    expect(await importOperator({ ...says(BEN), read: read({ accounts: 70 }) }, asked)).toMatchObject({ kind: 'done' });
    expect(await operators.watched(T0)).toHaveLength(1);
    expect(await ledger.faults(`O#${id}`)).toEqual([]);
    const entries = (await ledger.sealed(`O#${id}`)).map(({ body }) => JSON.parse(body).what);
    expect(entries).toEqual(['imported', 'imported', 'revoked', 'imported']);
  });

  test('looked for 180 days, or until the date that was given', async () => {
    const { clock, operators } = await world();
    const other = operatorId('o-000000000001');
    await importOperator({ ...says(BEN), read: read() }, { clock, operators });
    await importOperator({ ...says(BEN), read: read({ id: other }), until: T0 + DAY }, { clock, operators });
    const ids = async (at: number) => (await operators.watched(at)).map((one) => one.id);
    expect(await ids(T0 + DAY - 1)).toEqual([other, id]);
    expect(await ids(T0 + DAY)).toEqual([id]);
    expect(await ids(T0 + 180 * DAY - 1)).toEqual([id]);
    expect(await ids(T0 + 180 * DAY)).toEqual([]);
  });

  test('refused: a viewer, a date that is past, one operator too many; unknown: nothing to revoke', async () => {
    const { clock, operators } = await world();
    const asked = { clock, operators };
    expect((await importOperator({ ...says(VIEWER), read: read() }, asked)).kind).toBe('refused');
    expect((await revokeOperator({ ...says(VIEWER), id }, asked)).kind).toBe('refused');
    expect((await importOperator({ ...says(BEN), read: read(), until: T0 }, asked)).kind).toBe('refused');
    expect((await revokeOperator({ ...says(BEN), id }, asked)).kind).toBe('unknown');
    expect(await operators.watched(T0)).toEqual([]);
  });

  test('the largest import fits one row of the ledger', async () => {
    const { clock, table, operators } = await world();
    const indicators = Array.from({ length: MOST_OPERATOR_INDICATORS }, (_, i) => ({
      type: 'payment-instrument' as const,
      family: 'infrastructure' as const,
      hash: hash64(i.toString(16).padStart(13, 'f')),
      members: 25_000,
    }));
    await importOperator({ ...says(BEN), read: read({ indicators }) }, { clock, operators });
    expect((await operators.watched(T0))[0]?.indicators).toEqual(indicators);
    const { items } = await table.query({ pk: `O#${id}` });
    expect(Buffer.byteLength(JSON.stringify(items))).toBeLessThan(100_000);
  });

  test('what was seen once stays seen, and is written when it is new', async () => {
    const sightings = new SightingStore((await world()).table);
    expect(await sightings.seen(id)).toEqual(new Set());
    await sightings.note(id, ['rare/b', 'rare/a']);
    await sightings.note(id, ['rare/c', 'rare/a']);
    await sightings.note(id, []);
    expect([...(await sightings.seen(id))]).toEqual(['rare/a', 'rare/b', 'rare/c']);
    expect(await sightings.seen(operatorId('o-000000000002'))).toEqual(new Set());
  });
});

test('a hundred operators at a time: for one more, one is revoked; a later bundle of one that is there is none more', async () => {
  const clock = new SimulatedClock(T0);
  const operators = new KnownOperatorStore(new LedgerStore(new MemoryTable(clock), clock));
  const asked = { clock, operators };
  const nth = (n: number) => operatorId(`o-${String(n).padStart(12, '0')}`);
  for (let n = 0; n < MOST_OPERATORS; n++) await importOperator({ ...says(BEN), read: read({ id: nth(n) }) }, asked);
  expect((await importOperator({ ...says(BEN), read: read() }, asked)).kind).toBe('refused');
  expect((await importOperator({ ...says(BEN), read: read({ id: nth(3), accounts: 60 }) }, asked)).kind).toBe('done');
  await revokeOperator({ ...says(BEN), id: nth(0) }, asked);
  expect((await importOperator({ ...says(BEN), read: read() }, asked)).kind).toBe('done');
});
