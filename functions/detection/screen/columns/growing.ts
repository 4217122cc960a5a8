type Numbers = Float64Array | Uint32Array | Uint8Array;
export type Growing<T extends Numbers> = {
  length: number;
  push(value: number): void;
  /** More at a place that is filled: one, or so many. */
  raise(at: number, by?: number): void;
  /** What was put in so far, without the room to grow. A view: to be used before more is put in. */
  filled(): T;
};

/**
 * Numbers in a row that grow: plain arrays of millions of doubles take twice the room, and are collected again and again. A class for
 * each kind, so that each is compiled for its kind alone.
 */
function growing<T extends Numbers>(make: (length: number) => T): { new (): Growing<T> } {
  return class {
    length = 0;
    private room = make(1024);

    push(value: number): void {
      if (this.length === this.room.length) {
        const larger = make(2 * this.room.length);
        larger.set(this.room);
        this.room = larger;
      }
      this.room[this.length++] = value;
    }

    raise(at: number, by = 1): void {
      this.room[at]! += by;
    }

    filled(): T {
      return this.room.subarray(0, this.length) as T;
    }
  };
}
export const Doubles = growing((length) => new Float64Array(length));
export const Words = growing((length) => new Uint32Array(length));
export const Bytes = growing((length) => new Uint8Array(length));

/** Sorts a part of some numbers, most of which are few. */
export function ascending(values: Uint32Array, from: number, to: number): void {
  if (to - from > FEW_ENOUGH_TO_INSERT) {
    values.subarray(from, to).sort();
    return;
  }
  for (let i = from + 1; i < to; i++) {
    const value = values[i]!;
    let at = i;
    for (; at > from && values[at - 1]! > value; at--) values[at] = values[at - 1]!;
    values[at] = value;
  }
}
const FEW_ENOUGH_TO_INSERT = 24;
