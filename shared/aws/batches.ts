/** Splits into batches of at most `count` entries and `bytes` in all. An entry larger than `bytes` alone throws: nothing can carry it. */
export function* batchesOf<T>(entries: Iterable<T>, sizeOf: (entry: T) => number, most: { count: number; bytes: number }): Generator<T[]> {
  let batch: T[] = [];
  let bytes = 0;
  for (const entry of entries) {
    const size = sizeOf(entry);
    if (size > most.bytes) throw new Error(`an entry of ${size} bytes exceeds the limit of ${most.bytes}`);
    if (batch.length === most.count || (batch.length > 0 && bytes + size > most.bytes)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(entry);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
