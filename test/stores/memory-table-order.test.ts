import { MemoryTable } from '../../shared/memory/memory-table';
import { fc } from '../support/property';

/** The table keeps its order while rows come and go; whatever came between, a query answers like one over freshly sorted rows. */
const key = fc.integer({ min: 0, max: 120 }).map((value) => `k${String(value).padStart(3, '0')}`);
const step = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), sk: key }),
  fc.record({ kind: fc.constant('add' as const), sk: key }),
  fc.record({ kind: fc.constant('delete' as const), sk: key }),
  fc.record({
    kind: fc.constant('query' as const),
    from: fc.option(key, { nil: undefined }),
    to: fc.option(key, { nil: undefined }),
    after: fc.option(key, { nil: undefined }),
    prefix: fc.option(fc.constantFrom('k', 'k0', 'k1', 'k01'), { nil: undefined }),
    reverse: fc.boolean(),
    limit: fc.integer({ min: 1, max: 150 }),
  }),
);

test('queries between writes answer like a table that sorts each time', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 200 }), async (steps) => {
      const table = new MemoryTable({ now: () => 0 });
      const rows = new Set<string>();
      for (const one of steps) {
        if (one.kind === 'delete') {
          await table.delete('p', one.sk);
          rows.delete(one.sk);
        } else if (one.kind === 'query') {
          const { kind: _kind, from, to, after, prefix, ...rest } = one;
          const bounds = Object.fromEntries(Object.entries({ from, to, after, prefix }).filter(([, value]) => value !== undefined));
          const expected = [...rows]
            .sort()
            .filter(
              (sk) =>
                sk.startsWith(prefix ?? '') &&
                sk >= (from ?? '') &&
                sk <= (to ?? '~') &&
                (after === undefined || (rest.reverse ? sk < after : sk > after)),
            );
          if (rest.reverse) expected.reverse();
          const page = await table.query({ pk: 'p', ...bounds, ...rest });
          expect(page.items.map((item) => item.sk)).toEqual(expected.slice(0, rest.limit));
          expect(page.next).toBe(expected.length > rest.limit ? expected[rest.limit - 1] : undefined);
        } else {
          if (one.kind === 'put') await table.put({ pk: 'p', sk: one.sk });
          else await table.add('p', one.sk, 'n', 1);
          rows.add(one.sk);
        }
      }
    }),
    { numRuns: 300 },
  );
});
