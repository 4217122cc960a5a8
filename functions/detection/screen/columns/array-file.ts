/** Typed arrays by name in one object: little-endian, each on a multiple of eight bytes, read without a copy. */
export type Arrays = Record<string, Float64Array | Uint32Array | Int32Array | Uint8Array>;
export type Constructors<T extends Arrays> = {
  readonly [K in keyof T]: { readonly BYTES_PER_ELEMENT: number; new (buffer: ArrayBuffer, at: number, length: number): T[K] };
};

const MAGIC = 0x3146414c; // "LAF1"

/** `order`: the names in the order in which they are to be read; that of the object, if it is not given. */
export function writeArrays<T extends Arrays>(arrays: T, order: readonly (keyof T)[] = Object.keys(arrays)): Uint8Array {
  const all = order.map((name) => arrays[name]!);
  const bytes = new Uint8Array(8 * (1 + all.length) + all.reduce((sum, { byteLength }) => sum + padded(byteLength), 0));
  new Float64Array(bytes.buffer, 0, 1 + all.length).set([MAGIC, ...all.map(({ length }) => length)]);
  let at = 8 * (1 + all.length);
  for (const array of all) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    at += padded(array.byteLength);
  }
  return bytes;
}

/** Throws on damage: a wrong magic, lengths that do not add up. `of`: the arrays in the order in which they were written. */
export function readArrays<T extends Arrays>(given: Uint8Array, of: Constructors<T>): T {
  const names = Object.keys(of);
  const bytes = given.byteOffset % 8 === 0 ? given : Uint8Array.from(given);
  const header = 8 * (1 + names.length);
  if (bytes.length < header) throw new Error('arrays: cut short');
  const [magic, ...lengths] = new Float64Array(bytes.buffer, bytes.byteOffset, 1 + names.length);
  if (magic !== MAGIC) throw new Error('arrays: wrong magic');
  let at = header;
  const read = names.map((name, place) => {
    const length = lengths[place]!;
    const Type = of[name]!;
    if (!(length >= 0) || at + length * Type.BYTES_PER_ELEMENT > bytes.length) throw new Error('arrays: cut short');
    const array = new Type(bytes.buffer as ArrayBuffer, bytes.byteOffset + at, length);
    at += padded(array.byteLength);
    return [name, array];
  });
  if (at !== bytes.length) throw new Error('arrays: lengths do not add up');
  return Object.fromEntries(read);
}

const padded = (length: number): number => Math.ceil(length / 8) * 8;
