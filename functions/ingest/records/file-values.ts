import { Damaged, inflated } from './inflate';
import { type Found, JsonValues } from './json-values';

/**
 * The values of a file, in the pieces that they come in: plain, gzip or zstd, JSON one after another. `open` begins the file anew.
 * Throws Damaged behind the last value before the damage.
 */
export async function* fileValues(open: () => AsyncIterable<Uint8Array>): AsyncGenerator<Found[]> {
  const values = new JsonValues();
  try {
    for await (const bytes of inflated(open)) yield values.push(bytes);
  } catch (error) {
    if (!(error instanceof Damaged)) throw error;
    // A value that was cut is part of the damage.
    yield values.end().filter(({ kind }) => kind === 'value');
    throw error;
  }
  yield values.end();
}
