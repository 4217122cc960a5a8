/** Numbers in a row that grows: plain arrays of millions of doubles take twice the room, and are collected again and again. */
export class Growing<T extends Float64Array | Uint32Array | Int32Array | Uint8Array> {
  length = 0;

  constructor(private room: T) {}

  push(value: number): void {
    if (this.length === this.room.length) this.grow();
    this.room[this.length++] = value;
  }

  /** What was put in so far, without the room to grow. A view: to be used before more is put in. */
  filled(): T {
    return this.room.subarray(0, this.length) as T;
  }

  private grow(): void {
    const Same = this.room.constructor as new (length: number) => T;
    const larger = new Same(2 * this.room.length);
    larger.set(this.room);
    this.room = larger;
  }
}

export const doubles = (): Growing<Float64Array> => new Growing(new Float64Array(1024));
export const words = (): Growing<Uint32Array> => new Growing(new Uint32Array(1024));
export const bytes = (): Growing<Uint8Array> => new Growing(new Uint8Array(1024));

/** Ascending, each once; sorts in place. */
export function distinct(values: Float64Array): Float64Array {
  values.sort();
  let kept = 0;
  for (let i = 0; i < values.length; i++) if (i === 0 || values[i] !== values[i - 1]) values[kept++] = values[i]!;
  return values.subarray(0, kept);
}
