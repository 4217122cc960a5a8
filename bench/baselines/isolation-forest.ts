import { DAY } from '../../shared/domain/time';
import { SeededChance } from '../../shared/memory/simulated-clock';
import type { Chance } from '../../shared/ports';
import type { Baseline } from './baseline';
import type { Observed } from './observations';

const entropy = (counts: Iterable<number>): number => {
  const list = [...counts].filter((n) => n > 0);
  const total = list.reduce((sum, n) => sum + n, 0);
  return list.reduce((sum, n) => sum - (n / total) * Math.log2(n / total), 0);
};
const log = (x: number): number => Math.log1p(x);

/** Twelve numbers about one account: pace, hours, tokens, tasks, labels, addresses, clients, age. */
export const featuresOf = (account: Observed): number[] => {
  const n = Math.max(1, account.requests);
  const days = Math.max(1, account.perDay.size);
  return [
    log(n / days),
    entropy(account.perHourOfDay),
    account.perHourOfDay.slice(0, 6).reduce((sum, k) => sum + k, 0) / n,
    log(account.inputTokens / n),
    log(account.outputTokens / n),
    account.elicits / n,
    account.grading / n,
    entropy(account.perTask.values()),
    account.addresses.size / n,
    account.clients.size,
    account.createdAt === undefined ? 0 : log(Math.max(0, (account.first - account.createdAt) / DAY)),
    days / Math.max(1, (account.last - account.first) / DAY),
  ];
};

type Node = { kind: 'leaf'; size: number } | { kind: 'split'; feature: number; at: number; below: Node; above: Node };

/** The mean path length of an unsuccessful search in a binary tree of n points: 2 H(n − 1) − 2 (n − 1)/n. */
const usualDepth = (n: number): number => (n <= 1 ? 0 : 2 * (Math.log(n - 1) + 0.577_215_664_9) - (2 * (n - 1)) / n);

const grow = (points: readonly (readonly number[])[], chance: Chance, room: number): Node => {
  if (room === 0 || points.length <= 1) return { kind: 'leaf', size: points.length };
  const feature = Math.floor(chance.next() * points[0]!.length);
  let low = Infinity;
  let high = -Infinity;
  for (const point of points) {
    low = Math.min(low, point[feature]!);
    high = Math.max(high, point[feature]!);
  }
  if (low === high) return { kind: 'leaf', size: points.length };
  const at = low + chance.next() * (high - low);
  const side = (below: boolean): readonly (readonly number[])[] => points.filter((point) => point[feature]! < at === below);
  return { kind: 'split', feature, at, below: grow(side(true), chance, room - 1), above: grow(side(false), chance, room - 1) };
};

const depth = (node: Node, point: readonly number[], sofar = 0): number => {
  switch (node.kind) {
    case 'leaf':
      return sofar + usualDepth(node.size);
    case 'split':
      return depth(point[node.feature]! < node.at ? node.below : node.above, point, sofar + 1);
    default:
      return node satisfies never;
  }
};

/** Anomaly scores in (0, 1): 2^(−mean depth / usual depth), as in Liu, Ting and Zhou, "Isolation Forest", ICDM 2008: 100 trees of 256 points. */
export const isolation = (points: readonly (readonly number[])[], chance: Chance, trees = 100, sample = 256): number[] => {
  const size = Math.min(sample, points.length);
  const height = Math.ceil(Math.log2(Math.max(2, size)));
  const forest = Array.from({ length: trees }, () =>
    grow(
      Array.from({ length: size }, () => points[Math.floor(chance.next() * points.length)]!),
      chance,
      height,
    ),
  );
  return points.map((point) => 2 ** (-forest.reduce((sum, tree) => sum + depth(tree, point), 0) / trees / Math.max(1, usualDepth(size))));
};

export const isolationForest: Baseline = {
  name: 'isolation forest',
  source: 'Liu, Ting, Zhou 2008; 12 features of an account',
  score: (seen) => {
    const accounts = [...seen.accounts.values()].filter((account) => account.requests > 0);
    const scores = accounts.length > 0 ? isolation(accounts.map(featuresOf), new SeededChance(7)) : [];
    return [{ setting: '100 trees', scores: new Map(accounts.map((account, i) => [account.id, scores[i]!])) }];
  },
};
