import { canonicalAddress, networkPrefix } from '../../shared/contract/network-address';
import { KeyedHasher } from '../../shared/identity/keyed-hash';
import { fc } from '../support/property';

test.each([
  ['203.0.113.9', '203.0.113.9', '203.0.113.0/24'],
  ['2001:db8:7:1::9', '2001:db8:7:1::9', '2001:db8:7::/48'],
  ['2001:0DB8:0007:0001:0:0:0:9', '2001:db8:7:1::9', '2001:db8:7::/48'],
  ['2001:db8::', '2001:db8::', '2001:db8:0::/48'],
  ['::1:2:3:4:5:6:7', '0:1:2:3:4:5:6:7', '0:1:2::/48'],
  ['::1', '::1', '0:0:0::/48'],
  ['fe80::1%eth0', 'fe80::1', 'fe80:0:0::/48'],
  ['::ffff:203.0.113.9', '203.0.113.9', '203.0.113.0/24'],
  ['::FFFF:cb00:7109', '203.0.113.9', '203.0.113.0/24'],
  ['256.0.113.9', '256.0.113.9', undefined],
  ['203.0.113', '203.0.113', undefined],
  ['1:2:3', '1:2:3', undefined],
  ['a host', 'a host', undefined],
  ['', '', undefined],
])('%s is %s in %s', (text, canonical, prefix) => {
  expect(canonicalAddress(text)).toBe(canonical);
  expect(networkPrefix(canonical)).toBe(prefix);
});

test('an address is one address, however it is written', () => {
  const hasher = new KeyedHasher('k'.repeat(64));
  const written = (group: number, form: number): string => {
    const digits = group.toString(16);
    return form === 0 ? digits : form === 1 ? digits.padStart(4, '0') : digits.toUpperCase();
  };
  const group = fc.tuple(fc.oneof(fc.constant(0), fc.nat(0xffff)), fc.nat(2), fc.nat(2));
  fc.assert(
    fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
      const [one, other] = [1, 2].map((form) => groups.map((parts) => written(parts[0], parts[form] ?? 0)).join(':')) as [string, string];
      expect(hasher.address(one)).toEqual(hasher.address(other));
      expect(canonicalAddress(canonicalAddress(one))).toBe(canonicalAddress(one));
      expect(networkPrefix(canonicalAddress(one))?.split(':').slice(0, 3)).toEqual(groups.slice(0, 3).map(([value]) => value.toString(16)));
    }),
  );
});
