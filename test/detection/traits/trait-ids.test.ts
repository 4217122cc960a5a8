import { TraitIds } from '../../../functions/detection/traits/trait-ids';
import { fc } from '../../support/property';

const trait = fc.record({ type: fc.nat(3), hash: fc.oneof(fc.nat(4), fc.integer({ min: 0, max: 2 ** 52 - 1 })) });

test('property: traits are numbered in the order in which they are met, each once, and found again', () => {
  fc.assert(
    fc.property(fc.array(trait), (met) => {
      const ids = new TraitIds();
      const known = new Map<string, number>();
      for (const { type, hash } of met) {
        const name = `${type}/${hash}`;
        expect(ids.find(type, hash)).toBe(known.get(name));
        if (!known.has(name)) known.set(name, known.size);
        expect(ids.of(type, hash)).toBe(known.get(name));
      }
      expect(ids.size).toBe(known.size);
      for (const { type, hash } of met) {
        const id = ids.find(type, hash)!;
        expect([ids.types[id], ids.hashes[id]]).toEqual([type, hash]);
      }
    }),
  );
});

test('many of them are still told apart', () => {
  const ids = new TraitIds();
  for (let hash = 0; hash < 20_000; hash++)
    for (const type of [0, 7]) expect(ids.of(type, hash * 4_294_967_296)).toBe(2 * hash + (type === 7 ? 1 : 0));
  expect(ids.find(7, 12_345 * 4_294_967_296)).toBe(24_691);
  expect(ids.find(3, 12_345 * 4_294_967_296)).toBeUndefined();
});
