/** Union-find with path halving and union by size. */
export class Components {
  private readonly parent: number[];
  private readonly count: number[];
  constructor(size: number) {
    this.parent = Array.from({ length: size }, (_, i) => i);
    this.count = new Array<number>(size).fill(1);
  }
  root(i: number): number {
    let at = i;
    while (this.parent[at] !== at) {
      this.parent[at] = this.parent[this.parent[at]!]!;
      at = this.parent[at]!;
    }
    return at;
  }
  join(i: number, j: number): void {
    const a = this.root(i);
    const b = this.root(j);
    if (a === b) return;
    const [large, small] = this.count[a]! >= this.count[b]! ? [a, b] : [b, a];
    this.parent[small] = large;
    this.count[large] = this.count[large]! + this.count[small]!;
  }
  size(i: number): number {
    return this.count[this.root(i)]!;
  }
}

/** Pairs of members of the same sets, with the number of sets they share; sets above `cap` members are skipped (popular objects). */
export const sharedPairs = (sets: Iterable<readonly number[]>, cap: number): Map<number, number> => {
  const pairs = new Map<number, number>();
  for (const members of sets) {
    if (members.length < 2 || members.length > cap) continue;
    for (let i = 0; i < members.length; i++)
      for (let j = i + 1; j < members.length; j++) {
        const key = Math.min(members[i]!, members[j]!) * 67_108_864 + Math.max(members[i]!, members[j]!);
        pairs.set(key, (pairs.get(key) ?? 0) + 1);
      }
  }
  return pairs;
};
export const firstOf = (key: number): number => Math.floor(key / 67_108_864);
export const secondOf = (key: number): number => key % 67_108_864;

/** object -> accounts that have it. */
export const inverted = (lists: readonly Iterable<number>[]): Map<number, number[]> => {
  const index = new Map<number, number[]>();
  lists.forEach((objects, account) => {
    for (const object of objects) {
      const holders = index.get(object);
      if (holders) holders.push(account);
      else index.set(object, [account]);
    }
  });
  return index;
};

/** Joins pairs of at least `threshold`; answers the size of everybody's component, 0 for the lonely. */
export const componentSizes = (ids: readonly string[], pairs: ReadonlyMap<number, number>, threshold: number): Map<string, number> => {
  const components = new Components(ids.length);
  for (const [pair, weight] of pairs) if (weight >= threshold) components.join(firstOf(pair), secondOf(pair));
  return new Map(ids.map((id, i) => [id, components.size(i) > 1 ? components.size(i) : 0]));
};
