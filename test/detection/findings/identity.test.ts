import { identityOf } from '../../../functions/detection/findings/identity';
import { GroupProfile } from '../../../functions/detection/networks/networks';
import type { Profile } from '../../../functions/detection/profiles/profile';
import { DAY } from '../../../shared/domain/time';
import { indexOf, NOW, profile, strangers } from '../../support/worlds/population';

const POOL = Array.from({ length: 12 }, (_, i) => `exit-${i}`);
const users = (name: string, count: number, days: number): Profile[] =>
  Array.from({ length: count }, (_, i) =>
    profile(`${name}-${i}`, { bornAt: NOW - days * DAY, ips: [0, 1, 2, 3].map((n) => POOL[(i + 3 * n) % POOL.length]!) }),
  );

/** Twelve new accounts on twelve addresses, among 200 old ones elsewhere; `others` use the same addresses. */
const poolBeside = (others: readonly Profile[]) => identityAmong(users('member', 12, 3), [...others, ...strangers(200)]);

function identityAmong(group: readonly Profile[], others: readonly Profile[]) {
  const index = indexOf([...group, ...others]);
  const wanted = new Set(group);
  const entries = index.accounts.filter((entry) => wanted.has(entry.profile));
  const holdings = new GroupProfile(index, entries.length, entries);
  const members = entries.map((entry) => holdings.score(entry, true));
  return identityOf({ members, profiles: group, holdings, index, now: NOW });
}

describe('a pool of addresses, and who else uses it', () => {
  test('nobody', () => {
    expect(poolBeside([])).toMatchObject({ pool: 12, pooled: 1, rotating: 1, exclusive: 1, exclusiveOfReference: 1 });
  });
  test('other new accounts, as campaigns and resellers share proxies: not exclusive, and no service of established people', () => {
    expect(poolBeside(users('other', 12, 3))).toMatchObject({ pooled: 1, exclusive: 0.5, exclusiveOfReference: 1 });
  });
  test('established accounts: a service', () => {
    expect(poolBeside(users('old', 12, 60))).toMatchObject({ pooled: 1, exclusive: 0.5, exclusiveOfReference: 0.5 });
  });
  test('both', () => {
    const { exclusive, exclusiveOfReference } = poolBeside([...users('other', 12, 3), ...users('old', 4, 60)]);
    expect(exclusive).toBeCloseTo(12 / 28);
    expect(exclusiveOfReference).toBeCloseTo(12 / 16);
  });
});

describe('a domain says whom to call where it is somebody’s own', () => {
  /** Twelve new accounts under one domain, among 200 that told none, and five established ones under it. */
  const underOne = (domain: string) => {
    const group = Array.from({ length: 12 }, (_, i) => profile(`member-${i}`, { bornAt: NOW - 3 * DAY, domain }));
    const others = Array.from({ length: 5 }, (_, i) => profile(`other-${i}`, { domain }));
    return identityAmong(group, [...others, ...strangers(200)]).domain;
  };
  test.each([
    ['a firm’s own', 'acme-tools.example', 1],
    ['a public mail provider, however few others use it', 'proton.me', 0],
    ['the same in capitals', 'Proton.ME', 0],
    ['mail for ten minutes', 'mailinator.com', 0],
  ])('%s', (_, domain, share) => expect(underOne(domain)).toBe(share));
});
