import fc from 'fast-check';
import { HolderCounts, type Holding } from '../../functions/detection/holder-counts';

const TRAITS = 3_000;
const ids = fc.uniqueArray(fc.integer({ min: 0, max: TRAITS - 1 }), { maxLength: 6 });
const vouched = (size: number) => fc.oneof(fc.boolean(), fc.uint8Array({ min: 0, max: 1, minLength: size, maxLength: size }));
const step = ids.chain((held) => fc.record({ account: fc.nat(4), held: fc.constant(held), vouched: vouched(held.length) }));

test('counted step by step is as counted once from what every account holds at the end', () => {
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const counts = new HolderCounts();
      const accounts = new Map<number, Holding>();
      const last = new Map<number, (typeof steps)[number]>();
      counts.grow(TRAITS);
      for (const one of steps) {
        const before = accounts.get(one.account);
        if (before) counts.drop(before);
        const holding: Holding = { ids: Int32Array.from(one.held), counted: undefined };
        counts.count(holding, !one.vouched);
        counts.count(holding, one.vouched);
        accounts.set(one.account, holding);
        last.set(one.account, one);
      }
      const holders = new Int32Array(TRAITS);
      const vouchers = new Int32Array(TRAITS);
      for (const { held, vouched: said } of last.values()) {
        held.forEach((id, place) => {
          holders[id]!++;
          if (said === true || (said instanceof Uint8Array && said[place] === 1)) vouchers[id]!++;
        });
      }
      expect([counts.holders.slice(0, TRAITS), counts.vouchers.slice(0, TRAITS)]).toEqual([holders, vouchers]);
    }),
  );
});
