import type { Baseline } from './baseline';
import { inverted } from './components';
import type { Observations, Observed } from './observations';

/** Blocks taken out one after the other. Stated; the threshold on density chooses how many of them count. */
const BLOCKS = 12;

type Block = { rows: number[]; density: number };

/** Rows by degree classes of a bucket queue would need integers; a lazy binary heap does for real weights. */
class Heap {
  private readonly items: { key: number; node: number }[] = [];
  push(key: number, node: number): void {
    const { items } = this;
    let i = items.push({ key, node }) - 1;
    while (i > 0) {
      const up = (i - 1) >> 1;
      if (items[up]!.key <= items[i]!.key) break;
      [items[up], items[i]] = [items[i]!, items[up]!];
      i = up;
    }
  }
  pop(): { key: number; node: number } | undefined {
    const { items } = this;
    const top = items[0];
    const last = items.pop();
    if (!top || !last || items.length === 0) return top;
    items[0] = last;
    for (let i = 0; ; ) {
      let least = i;
      for (const child of [2 * i + 1, 2 * i + 2]) if (child < items.length && items[child]!.key < items[least]!.key) least = child;
      if (least === i) return top;
      [items[least], items[i]] = [items[i]!, items[least]!];
      i = least;
    }
  }
}

/**
 * The densest block by greedy peeling: nodes (rows, then columns) leave in the order of what they contribute, and the set with the
 * highest weight per node on the way is kept. An edge weighs 1/log(column degree + 5), so that popular columns, camouflage, count little.
 */
export const densest = (edges: readonly (readonly number[])[], columns: number): Block => {
  const rows = edges.length;
  const degree = new Array<number>(columns).fill(0);
  for (const list of edges) for (const column of list) degree[column]!++;
  const weight = degree.map((d) => 1 / Math.log(d + 5));
  const holders = inverted(edges);
  const gain = [
    ...edges.map((list) => list.reduce((sum, column) => sum + weight[column]!, 0)),
    ...degree.map((d, column) => d * weight[column]!),
  ];
  const heap = new Heap();
  gain.forEach((key, node) => {
    if (key > 0) heap.push(key, node);
  });
  const alive = gain.map((key) => key > 0);
  let left = alive.filter(Boolean).length;
  let total = gain.slice(0, rows).reduce((sum, x) => sum + x, 0);
  let best = { density: left ? total / left : 0, removed: 0 };
  const removed: number[] = [];
  for (let top = heap.pop(); top; top = heap.pop()) {
    const { key, node } = top;
    if (!alive[node] || key > gain[node]! + 1e-9) continue;
    alive[node] = false;
    removed.push(node);
    total -= gain[node]!;
    left--;
    const neighbours = node < rows ? edges[node]!.map((column) => rows + column) : (holders.get(node - rows) ?? []);
    const column = node < rows ? -1 : node - rows;
    for (const other of neighbours)
      if (alive[other]) {
        gain[other]! -= weight[column < 0 ? other - rows : column]!;
        heap.push(gain[other]!, other);
      }
    if (left > 0 && total / left > best.density) best = { density: total / left, removed: removed.length };
  }
  const gone = new Set(removed.slice(0, best.removed));
  return { density: best.density, rows: edges.flatMap((list, row) => (list.length > 0 && !gone.has(row) ? [row] : [])) };
};

const objectsOf = (account: Observed, network: 'addresses' | 'prefixes'): number[] => [
  ...account[network].keys(),
  ...account.clients,
  ...account.systems,
  ...account.facts,
];

/** The mean weight of a row: what a density is measured by, so that one threshold serves the first day and the last. */
const usualWeight = (edges: readonly (readonly number[])[], holders: ReadonlyMap<number, readonly number[]>): number => {
  const total = edges.reduce(
    (sum, list) => sum + list.reduce((all, column) => all + 1 / Math.log((holders.get(column)?.length ?? 0) + 5), 0),
    0,
  );
  return Math.max(1e-9, total / Math.max(1, edges.length));
};

const blocks = (seen: Observations, network: 'addresses' | 'prefixes'): Map<string, number> => {
  const accounts = [...seen.accounts.values()];
  const all = accounts.map((account) => objectsOf(account, network));
  const holders = inverted(all);
  // An object of one account links nobody; leaving it out saves most of the work.
  const edges = all.map((list) => list.filter((object) => (holders.get(object)?.length ?? 0) > 1));
  const usual = usualWeight(edges, holders);
  const scores = new Map<string, number>();
  for (let i = 0; i < BLOCKS; i++) {
    const block = densest(edges, seen.objects.size);
    if (block.rows.length === 0) break;
    for (const row of block.rows) {
      scores.set(accounts[row]!.id, block.density / usual);
      edges[row] = [];
    }
  }
  return scores;
};

/** Dense blocks of accounts and what they share: Hooi et al., "FRAUDAR: Bounding Graph Fraud in the Face of Camouflage", KDD 2016. */
export const fraudar: Baseline = {
  name: 'FRAUDAR-style',
  source: `Hooi et al. 2016; addresses, clients, system prompts, cards, domains, sign-up prefixes; ${BLOCKS} blocks`,
  score: (seen) => (['addresses', 'prefixes'] as const).map((network) => ({ setting: network, scores: blocks(seen, network) })),
};
