import type { Item, Table } from '../../shared/ports';

/** A table of either side, of which all rows can be read: the partitions that were written to through it are remembered. */
export function openTable(inner: Table): Table & { items(): AsyncIterable<Item> } {
  const partitions = new Set<string>();
  return {
    get: (pk, sk) => inner.get(pk, sk),
    getAll: (keys) => inner.getAll(keys),
    put(item, condition) {
      partitions.add(item.pk);
      return inner.put(item, condition);
    },
    add(pk, sk, attribute, by, options) {
      partitions.add(pk);
      return inner.add(pk, sk, attribute, by, options);
    },
    query: (query) => inner.query(query),
    delete: (pk, sk) => inner.delete(pk, sk),
    async *items() {
      for (const pk of [...partitions].sort()) {
        let after: string | undefined;
        do {
          const page = await inner.query({ pk, ...(after === undefined ? {} : { after }) });
          yield* page.items;
          after = page.next;
        } while (after !== undefined);
      }
    },
  };
}
