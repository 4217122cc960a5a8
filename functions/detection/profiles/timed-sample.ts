import { insertAt } from '../../../shared/formats/insert-at';

/**
 * A bottom-k sample that remembers when each hash was first and last used, and forgets what was not used for a window:
 * what an account's profile keeps of its addresses, clients, templates and phrases. Hours since the epoch.
 */
export class TimedSample {
  readonly keys: number[] = [];
  readonly counts: number[] = [];
  readonly first: number[] = [];
  readonly last: number[] = [];

  constructor(readonly k: number) {}

  add(key: number, count: number, hour: number): void {
    const { keys, counts, first, last } = this;
    let at = keys.length;
    while (at > 0 && keys[at - 1]! > key) at--;
    if (at > 0 && keys[at - 1] === key) {
      counts[at - 1]! += count;
      if (hour < first[at - 1]!) first[at - 1] = hour;
      if (hour > last[at - 1]!) last[at - 1] = hour;
      return;
    }
    if (at >= this.k) return;
    insertAt(keys, at, key, this.k);
    insertAt(counts, at, count, this.k);
    insertAt(first, at, hour, this.k);
    insertAt(last, at, hour, this.k);
  }

  /** How many were used in more than one hour. */
  revisited(): number {
    const { first, last } = this;
    let revisited = 0;
    for (let at = 0; at < last.length; at++) if (last[at]! > first[at]!) revisited++;
    return revisited;
  }

  /** Drops what was last used before `hour`. Answers whether anything was. */
  forget(hour: number): boolean {
    const before = this.keys.length;
    let kept = 0;
    for (let at = 0; at < this.keys.length; at++) {
      if (this.last[at]! < hour) continue;
      if (kept !== at) {
        this.keys[kept] = this.keys[at]!;
        this.counts[kept] = this.counts[at]!;
        this.first[kept] = this.first[at]!;
        this.last[kept] = this.last[at]!;
      }
      kept++;
    }
    this.keys.length = kept;
    this.counts.length = kept;
    this.first.length = kept;
    this.last.length = kept;
    return kept < before;
  }
}
