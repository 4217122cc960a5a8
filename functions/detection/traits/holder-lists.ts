const NOBODY: readonly number[] = [];

/**
 * Which accounts (by order, ascending) hold each trait. A list that changes is replaced, never changed itself.
 */
export class HolderLists {
  private readonly lists = new Map<number, readonly number[]>();
  /** Those of two accounts or more. */
  readonly shared = new Map<number, readonly number[]>();
  /** What changed since the lists were brought up to date, by trait id. */
  private readonly changes = new Map<number, { come: number[]; gone: number[] }>();

  join(id: number, order: number): void {
    this.changeOf(id).come.push(order);
  }

  leave(id: number, order: number): void {
    this.changeOf(id).gone.push(order);
  }

  /** Brings the lists up to date: each of them once, however many came and went. */
  settle(): void {
    for (const [id, { come, gone }] of this.changes) {
      const list = changed(this.of(id), new Set(gone), come);
      if (list.length > 0) this.lists.set(id, list);
      else this.lists.delete(id);
      if (list.length > 1) this.shared.set(id, list);
      else this.shared.delete(id);
    }
    this.changes.clear();
  }

  of(id: number): readonly number[] {
    return this.lists.get(id) ?? NOBODY;
  }

  private changeOf(id: number): { come: number[]; gone: number[] } {
    let change = this.changes.get(id);
    if (!change) {
      change = { come: [], gone: [] };
      this.changes.set(id, change);
    }
    return change;
  }
}

/** An ascending list, less who left, with those who came. */
function changed(list: readonly number[], left: ReadonlySet<number>, come: number[]): readonly number[] {
  if (list.length === 0 && come.length === 1) return come;
  come.sort((a, b) => a - b);
  const made: number[] = [];
  let next = 0;
  for (const order of list) {
    while (next < come.length && come[next]! < order) made.push(come[next++]!);
    if (left.size === 0 || !left.has(order)) made.push(order);
  }
  while (next < come.length) made.push(come[next++]!);
  return made;
}
