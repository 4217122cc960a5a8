import type { ScreenColumns } from './screen-columns';

/** Places for each trait met, at least: then a tenth of those that only one account holds are taken for ones that two hold. */
const PLACES_A_TRAIT = 8;
const FEWEST = 1 << 16;
const MOST_PLACES = 2 ** 30;

/** Places for so many traits: a power of two. */
export function placesFor(traits: number): number {
  let places = FEWEST;
  while (places < PLACES_A_TRAIT * traits && places < MOST_PLACES) places *= 2;
  return places;
}

/**
 * Which traits more than one account may hold: two bits for each place that a trait's hash falls on. Most traits are one account's alone;
 * nobody need count them.
 */
export class Repeated {
  private readonly once: Uint8Array;
  private readonly again: Uint8Array;
  private readonly mask: number;

  /** `traits`: how many will be added. */
  constructor(traits: number) {
    const places = placesFor(traits);
    this.once = new Uint8Array(places / 8);
    this.again = new Uint8Array(places / 8);
    this.mask = places - 1;
  }

  /** Each account's traits, each once. */
  add({ types, hashes }: ScreenColumns): void {
    const { once, again, mask } = this;
    for (let i = 0; i < types.length; i++) {
      const place = repeatPlace(types[i]!, hashes[i]!, mask);
      const bit = 1 << (place & 7);
      if ((once[place >>> 3]! & bit) === 0) once[place >>> 3]! |= bit;
      else again[place >>> 3]! |= bit;
    }
  }

  /** `false`: one account holds it, or none. */
  may(type: number, hash: number): boolean {
    const place = repeatPlace(type, hash, this.mask);
    return (this.again[place >>> 3]! & (1 << (place & 7))) !== 0;
  }
}

/** Keyed hashes are uniform; those that are counted upwards differ in their low bits. */
export const repeatPlace = (type: number, hash: number, mask: number): number => ((hash | 0) ^ Math.imul(type + 1, 0x9e3779b1)) & mask;
