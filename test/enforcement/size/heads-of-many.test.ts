import { ACCOUNT_CHAIN, UNTOUCHED } from '../../../shared/domain/cases/action';
import { sequenceLabel } from '../../../shared/domain/cases/ledger';
import { MemoryTable } from '../../../shared/memory/memory-table';
import { SimulatedClock } from '../../../shared/memory/simulated-clock';
import { isolated, LedgerStore } from '../../../shared/stores/cases/ledger-store';
import { fc } from '../../support/property';
import { onBothSides } from '../../support/sides';
import { account, T0 } from '../../support/worlds/build-campaign';

const BY = { actor: { kind: 'clock' as const }, what: 'barred' as const, because: ['the test says so'], state: UNTOUCHED };

async function grown(ledger: LedgerStore, subject: string, entries: number): Promise<void> {
  for (let at = 0; at < entries; at++) {
    const head = await ledger.head(ACCOUNT_CHAIN, subject);
    await ledger.append(ACCOUNT_CHAIN, subject, head, BY);
  }
}

onBothSides((side) => {
  test('heads of many are the heads of each, whatever was known of them; one that cannot be read is named', async () => {
    const clock = new SimulatedClock(T0);
    const table = await side.table(clock);
    const ledger = new LedgerStore(table, clock);
    const lengths = [0, 1, 2, 3, 4];
    const known = new Map<string, number>();
    for (const length of lengths)
      for (let sequence = 0; sequence <= 6; sequence++) {
        const subject = account(10 * length + sequence);
        await grown(ledger, subject, length);
        known.set(subject, sequence);
      }
    const broken = account(23);
    await table.put({ pk: `A#${broken}`, sk: `E#${sequenceLabel(2)}`, body: '{', hash: 'x' });
    const unreadable: string[] = [];
    const heads = await ledger.heads(ACCOUNT_CHAIN, known, (_, subject) => unreadable.push(subject));
    expect(unreadable).toEqual([broken]);
    for (const subject of known.keys()) {
      const alone = await isolated(
        () => ledger.head(ACCOUNT_CHAIN, subject),
        () => undefined,
      );
      expect(heads.get(subject)).toEqual(alone);
    }
  });
});

test('drawn: some went on since, and those that did not are read fifty a request', async () => {
  const counted = { ahead: 0, asKnown: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ entries: fc.integer({ min: 1, max: 3 }), since: fc.integer({ min: 0, max: 2 }) }), {
        minLength: 20,
        maxLength: 120,
      }),
      async (drawn) => {
        const clock = new SimulatedClock(T0);
        const table = new MemoryTable(clock);
        const ledger = new LedgerStore(table, clock);
        const known = new Map<string, number>();
        for (const [n, { entries, since }] of drawn.entries()) {
          await grown(ledger, account(n), entries + since);
          known.set(account(n), entries);
        }
        const before = table.counted.reads;
        const heads = await ledger.heads(ACCOUNT_CHAIN, known);
        const ahead = drawn.filter(({ since }) => since > 0).length;
        counted.ahead += ahead;
        counted.asKnown += drawn.length - ahead;
        expect(table.counted.reads - before).toBe(Math.ceil((2 * drawn.length) / 100) + ahead);
        for (const [n, { entries, since }] of drawn.entries()) expect(heads.get(account(n))?.sequence).toBe(entries + since);
      },
    ),
    { numRuns: 30 },
  );
  expect(counted.ahead).toBeGreaterThan(100);
  expect(counted.asKnown).toBeGreaterThan(100);
});
