import { layout } from '../../console/src/charts/layout';

/** Six accounts on two cards and one client build that all of them use; one account without a link. */
const graph = {
  accounts: ['a', 'b', 'c', 'd', 'e', 'f', 'g'],
  roles: [1, 0, 0, 0, 0, 0, 3],
  scores: [9, 20, 14, 12, 15, 11, 1],
  shared: [
    { type: 'payment-instrument' as const, family: 'payment' as const, indicator: null, members: 3 },
    { type: 'payment-instrument' as const, family: 'payment' as const, indicator: null, members: 3 },
    { type: 'client-build' as const, family: 'infrastructure' as const, indicator: null, members: 6 },
  ],
  from: [0, 0, 3, 3, 0, 0, 0, 0, 0],
  to: [1, 2, 4, 5, 1, 2, 3, 4, 5],
  weight: [5, 5, 5, 5, 9, 9, 9, 9, 9],
  reasons: [[0], [0], [1], [1], [2], [2], [2], [2], [2]],
};

describe('the layout of the link graph', () => {
  const placed = layout(graph);
  const distance = (one: number, other: { x: number; y: number }) => Math.hypot(placed.x[one]! - other.x, placed.y[one]! - other.y);

  test('accounts lie in the disc of what tells them apart, not of what everybody shares', () => {
    expect(placed.groups.map((group) => [group.shared, group.size])).toEqual([
      [0, 3],
      [1, 3],
      [null, 1],
    ]);
    expect([...placed.disc]).toEqual([0, 0, 0, 1, 1, 1, 2]);
    graph.accounts.forEach((_, account) => {
      const disc = placed.groups[placed.disc[account]!]!;
      expect(distance(account, disc)).toBeLessThan(disc.r);
    });
  });

  test('core accounts with the highest score in the middle, discs apart, the same picture each time', () => {
    const [first, second] = placed.groups;
    expect(distance(1, first!)).toBeLessThan(distance(2, first!));
    expect(distance(2, first!)).toBeLessThan(distance(0, first!));
    expect(Math.hypot(first!.x - second!.x, first!.y - second!.y)).toBeGreaterThanOrEqual(first!.r + second!.r - 1e-9);
    expect(layout(graph)).toEqual(placed);
  });

  test('25,000 accounts: each in its group, no group on another', () => {
    const accounts = Array.from({ length: 25_000 }, (_, index) => `account ${index}`);
    const large = {
      ...graph,
      accounts,
      roles: accounts.map(() => 0),
      scores: accounts.map((_, index) => index % 40),
      shared: Array.from({ length: 625 }, () => ({ ...graph.shared[0]!, members: 40 })),
      from: accounts.map((_, index) => index % 625),
      to: accounts.map((_, index) => index),
      weight: accounts.map(() => 9),
      reasons: accounts.map((_, index) => [index % 625]),
    };
    const { groups } = layout(large);
    expect(groups).toHaveLength(625);
    const across = [...groups].sort((a, b) => a.x - a.r - (b.x - b.r));
    across.forEach((one, i) => {
      for (const next of across.slice(i + 1)) {
        if (next.x - next.r >= one.x + one.r) break;
        expect(Math.hypot(one.x - next.x, one.y - next.y)).toBeGreaterThanOrEqual(one.r + next.r - 1e-6);
      }
    });
  });
});
