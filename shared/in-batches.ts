/** Works on `width` items at a time, in order of batches: enough to hide a round trip, little enough not to flood what answers. */
export async function inBatches<T>(items: readonly T[], width: number, work: (item: T) => Promise<void>): Promise<void> {
  for (let start = 0; start < items.length; start += width) await Promise.all(items.slice(start, start + width).map(work));
}
