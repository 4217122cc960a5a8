import type { Hash64 } from './ids';
import { hashText, type KeyedHasher } from './keyed-hash';

/**
 * Canary tokens: twenty-six characters of lower-case base32 that look like any id. A hundred bits are drawn from the identifier key, the
 * last thirty are a check under it: whoever holds the key knows a token of ours in any text, a stranger does not, and a word that happens
 * to have the form is taken for one in a thousand million. Nothing of a token is kept but its keyed hash.
 */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const DRAWN = 20;
const CHECK = 6;
const FORM = /(?<![A-Za-z0-9])[a-z2-7]{26}(?![A-Za-z0-9])/g;
/** Of one prompt so many words of the form are looked at: a text of nothing else is not worth the time. */
const MOST_LOOKED_AT = 64;

type Hasher = Pick<KeyedHasher, 'fresh'>;

/** The first characters of a 52-bit hash, ten at most. */
function letters(hash: number, count: number): string {
  let left = hash;
  let text = '';
  for (let place = 0; place < count; place++) {
    text += ALPHABET.charAt(left % 32);
    left = Math.floor(left / 32);
  }
  return text;
}

/** The token of a seed: the same seed gives the same, so that a command that is sent again answers what it did before. */
export function canaryOf(seed: string, hasher: Hasher): string {
  const drawn = letters(hasher.fresh('canary', `seed/0/${seed}`), DRAWN / 2) + letters(hasher.fresh('canary', `seed/1/${seed}`), DRAWN / 2);
  return drawn + checkOf(drawn, hasher);
}

const checkOf = (drawn: string, hasher: Hasher): string => letters(hasher.fresh('canary', `check/${drawn}`), CHECK);

/** Was it made under this key? It says nothing about whether it was issued. */
export const isCanary = (text: string, hasher: Hasher): boolean =>
  text.length === DRAWN + CHECK && checkOf(text.slice(0, DRAWN), hasher) === text.slice(DRAWN);

/** What a token is kept and found by. */
export const canaryHash = (token: string, hasher: Hasher): number => hasher.fresh('canary', `token/${token}`);

/** Hashes of the tokens of ours in some texts, each once. */
export function canariesIn(texts: readonly (string | undefined)[], hasher: Hasher): number[] {
  const found = new Set<number>();
  let looked = 0;
  for (const text of texts) {
    if (text === undefined || text.length < DRAWN + CHECK) continue;
    for (const [word] of text.matchAll(FORM)) {
      if (looked++ >= MOST_LOOKED_AT) return [...found];
      if (isCanary(word, hasher)) found.add(canaryHash(word, hasher));
    }
  }
  return [...found];
}

/** Makes tokens of seeds, and tells a token's hash; undefined: it was not made under this key, so it was never issued. */
export type CanaryKeys = {
  mint(seeds: readonly string[]): Promise<{ token: string; hash: Hash64 }[]>;
  hashOf(token: string): Promise<Hash64 | undefined>;
};

/** `hasher`: asked for at each call, because the key rotates. */
export const canaryKeys = (hasher: () => Promise<Hasher>): CanaryKeys => ({
  async mint(seeds) {
    const under = await hasher();
    return seeds.map((seed) => {
      const token = canaryOf(seed, under);
      return { token, hash: hashText(canaryHash(token, under)) };
    });
  },
  async hashOf(token) {
    const under = await hasher();
    return isCanary(token, under) ? hashText(canaryHash(token, under)) : undefined;
  },
});
