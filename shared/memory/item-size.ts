import type { Item, Value } from '../ports';

/** Bytes as DynamoDB counts them: names and texts in UTF-8, numbers one byte for two digits and one more, lists and maps three and one for each part. */
export function itemBytes(item: Item): number {
  let bytes = 0;
  for (const name in item) if (item[name] !== undefined) bytes += name.length + valueBytes(item[name]);
  return bytes;
}

function valueBytes(value: Value | undefined): number {
  switch (typeof value) {
    case 'string':
      return Buffer.byteLength(value);
    case 'number':
      return numberBytes(value);
    case 'object':
      if (value instanceof Uint8Array) return value.length;
      if (isList(value)) return value.reduce<number>((sum, part) => sum + 1 + valueBytes(part), 3);
      return Object.entries(value).reduce((sum, [name, part]) => sum + 1 + name.length + valueBytes(part), 3);
    default:
      return 1;
  }
}

/** Leading and trailing zeros are not kept. */
function numberBytes(value: number): number {
  if (!Number.isFinite(value)) throw new Error(`${value} is not a number that a table can hold`);
  const digits = value.toExponential().replace(/e.*|[-.]/g, '').length;
  return Math.ceil(digits / 2) + 1 + (value < 0 ? 1 : 0);
}

const isList = (value: Value): value is readonly Value[] => Array.isArray(value);
