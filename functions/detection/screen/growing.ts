type Numbers = Float64Array | Uint32Array | Uint8Array;
export type Growing<T extends Numbers> = {
  length: number;
  push(value: number): void;
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

    filled(): T {
      return this.room.subarray(0, this.length) as T;
    }
  };
}
export const Doubles = growing((length) => new Float64Array(length));
export const Words = growing((length) => new Uint32Array(length));
export const Bytes = growing((length) => new Uint8Array(length));

/** Ascending, each once; sorts in place. */
export function distinct(values: Float64Array): Float64Array {
  values.sort();
  let kept = 0;
  for (let i = 0; i < values.length; i++) if (i === 0 || values[i] !== values[i - 1]) values[kept++] = values[i]!;
  return values.subarray(0, kept);
}
