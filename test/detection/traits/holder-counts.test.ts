import { HolderCounts, type Holding } from '../../../functions/detection/traits/holder-counts';
import { fc } from '../../support/property';

const TRAITS = 3_000;
const ids = fc.uniqueArray(fc.integer({ min: 0, max: TRAITS - 1 }), { maxLength: 6 });
const vouched = (size: number) => fc.oneof(fc.boolean(), fc.uint8Array({ min: 0, max: 1, minLength: size, maxLength: size }));
const step = ids.chain((held) =>
  fc.record({ account: fc.nat(4), held: fc.constant(held), vouched: vouched(held.length), turns: fc.boolean() }),
);

test('counted step by step is as counted once from what every account holds at the end', () => {
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const counts = new HolderCounts();
      const accounts = new Map<number, Holding>();
      const last = new Map<number, (typeof steps)[number]>();
      counts.grow(TRAITS);
      for (const one of steps) {
        const ids = Int32Array.from(one.held);
        const holding: Holding = accounts.get(one.account) ?? { ids: new Int32Array(0), counted: undefined };
        const [before, now] = [new Set(holding.ids), new Set(ids)];
        counts.replace(holding, ids, { gone: [...before].filter((id) => !now.has(id)), come: one.held.filter((id) => !before.has(id)) });
        if (one.turns) counts.count(holding, !one.vouched);
        counts.count(holding, one.vouched);
        accounts.set(one.account, holding);
        last.set(one.account, one);
      }
      const holders = new Int32Array(TRAITS);
      const inReference = new Int32Array(TRAITS);
      for (const { held, vouched: said } of last.values()) {
        held.forEach((id, place) => {
          holders[id]!++;
          if (said === true || (said instanceof Uint8Array && said[place] === 1)) inReference[id]!++;
        });
      }
      expect([counts.holders.slice(0, TRAITS), counts.inReference.slice(0, TRAITS)]).toEqual([holders, inReference]);
    }),
  );
});
