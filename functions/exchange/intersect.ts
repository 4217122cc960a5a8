import { ristretto255, ristretto255_hasher } from '@noble/curves/ed25519.js';
import { type Item, labelOf } from './normalise';

/**
 * Private set intersection by Diffie-Hellman on ristretto255 (Meadows 1986; Huberman, Franklin and Hogg 1999), with the group and the
 * hash to it from @noble/curves (docs/decisions/0016). The one who asks sends its items as a·H(x), shuffled; the one who answers sends
 * those times b, in their order, and its own as b·H(y), shuffled; the asker multiplies these by a, and what meets is what both hold: the
 * asker tells the answerer the places of it. Each learns how many the other has and which of its own the other holds, and nothing of the
 * rest, as long as decisional Diffie-Hellman is hard here. Both have to follow it: whoever puts in guesses learns which of them are right,
 * so an answerer bounds how many it takes, and answers once.
 */
const { Point } = ristretto255;
const DOMAIN = { DST: 'lockstep/psi/v1/ristretto255_XMD:SHA-512_R255MAP_RO_' };
export const POINT_BYTES = 32;
/** More than a lab's indicators of a year, and seconds to minutes of work. */
export const MOST_POINTS = 100_000;

/** A secret of one exchange: never used again. `random`: 64 bytes of a generator that nobody foresees. */
export function secretOf(random: Uint8Array): bigint {
  if (random.length !== 64) throw new Error('a secret is made of 64 random bytes');
  const scalar = random.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n) % Point.Fn.ORDER;
  if (scalar === 0n) throw new Error('the random bytes are none');
  return scalar;
}

const encoder = new TextEncoder();
/** One's own items under one's secret, in the order given: shuffle them before. */
export const blinded = (items: readonly Item[], secret: bigint): Uint8Array[] =>
  items.map((item) =>
    ristretto255_hasher
      .hashToCurve(encoder.encode(labelOf(item)), DOMAIN)
      .multiply(secret)
      .toBytes(),
  );

export type Points = { kind: 'points'; points: Uint8Array[] } | { kind: 'refused'; because: string };

/** What a peer sent, judged before anything is done with it. `expected`: how many there must be. */
export function pointsIn(bytes: Uint8Array, expected?: number): Points {
  if (bytes.length % POINT_BYTES !== 0) return { kind: 'refused', because: `${bytes.length} bytes are no points of ${POINT_BYTES}` };
  const count = bytes.length / POINT_BYTES;
  if (count > MOST_POINTS) return { kind: 'refused', because: `${count} points are more than ${MOST_POINTS}` };
  if (expected !== undefined && count !== expected) return { kind: 'refused', because: `${count} points where ${expected} belong` };
  const seen = new Set<string>();
  const points: Uint8Array[] = [];
  for (let at = 0; at < count; at++) {
    const point = bytes.subarray(at * POINT_BYTES, (at + 1) * POINT_BYTES);
    const text = Buffer.from(point).toString('base64');
    if (seen.has(text)) return { kind: 'refused', because: `point ${at} came before: each indicator is sent once` };
    seen.add(text);
    if (!isPoint(point)) return { kind: 'refused', because: `point ${at} is none of the group` };
    points.push(point);
  }
  return { kind: 'points', points };
}

/** In the group, in its one encoding, and not the neutral element, under which every secret looks the same. */
function isPoint(bytes: Uint8Array): boolean {
  try {
    return !Point.fromBytes(bytes).equals(Point.ZERO);
  } catch {
    return false;
  }
}

/** A peer's points under one's own secret too, in their order. */
export const again = (points: readonly Uint8Array[], secret: bigint): Uint8Array[] =>
  points.map((point) => Point.fromBytes(point).multiply(secret).toBytes());

/** Places in `mine` and in `theirs` of what both hold. `mine`: one's own points as they came back; `theirs`: the peer's, under both secrets. */
export function shared(mine: readonly Uint8Array[], theirs: readonly Uint8Array[]): { mine: number[]; theirs: number[] } {
  const places = new Map(mine.map((point, at) => [Buffer.from(point).toString('base64'), at]));
  const found = theirs.flatMap((point, at): [number, number][] => {
    const place = places.get(Buffer.from(point).toString('base64'));
    return place === undefined ? [] : [[place, at]];
  });
  return { mine: found.map(([place]) => place), theirs: found.map(([, at]) => at) };
}

/** Places that the asker tells: whole numbers, each once, of points that were sent. */
export function placesIn(value: unknown, count: number): { kind: 'places'; places: number[] } | { kind: 'refused'; because: string } {
  if (!Array.isArray(value) || !value.every((one) => Number.isInteger(one) && one >= 0 && one < count))
    return { kind: 'refused', because: `places are whole numbers from 0 to ${count - 1}` };
  if (new Set(value).size !== value.length) return { kind: 'refused', because: 'a place came twice' };
  return { kind: 'places', places: value };
}
