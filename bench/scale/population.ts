import { NEVER, ScreenBuilder, type ScreenColumns } from '../../functions/detection/screen/columns/screen-columns';
import { SAMPLED, TRAIT_NAMES, TRAIT_TYPES, type TraitType } from '../../functions/detection/traits/traits';
import { DAY, HOUR } from '../../shared/domain/time';
import { segmentOf } from '../../shared/formats/segment-of';
import { accountKey } from '../../shared/identity/ids';

/**
 * A population as columns, made straight from numbers: only what is compared counts here, so no event is made. 66 traits an
 * account, about 17 that may propose a pair, as the active accounts of the simulated June have. 3 % are hostile, in groups of 250
 * behind pools of exits, cards for six, a build and templates of their own; a fifth of the others share an office or a household.
 */
export const NOW = Date.UTC(2026, 5, 1);
export const SEGMENTS = 64;
const HOSTILE = 0.03;
const GROUP = 250;
/** One honest account in five works from an office: so many share one. */
const OFFICES = 0.2;
const OFFICE = 24;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

const TYPE = Object.fromEntries(TRAIT_NAMES.map((name, at) => [name, at])) as Record<TraitType, number>;

/** Numbers in [0, 2^32) from a seed: splitmix32. */
function numbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let t = state ^ (state >>> 16);
    t = Math.imul(t, 0x21f0aaad);
    t ^= t >>> 15;
    t = Math.imul(t, 0x735a2d97);
    return (t ^ (t >>> 15)) >>> 0;
  };
}

/** The hash of the `which`-th thing of a kind. */
function thing(kind: number, which: number): number {
  const next = numbers(Math.imul(kind, 0x85ebca6b) ^ which);
  return (next() & 0xfffff) * 4_294_967_296 + next();
}

function keyOf(which: number): string {
  const next = numbers(Math.imul(which, 0x01000193) ^ 0x5bd1e995);
  let text = '';
  for (let part = 0; part < 5; part++) {
    let bits = next();
    for (let i = 0; i < 5 && text.length < 22; i++) {
      text += ALPHABET[bits & 63];
      bits >>>= 6;
    }
  }
  return accountKey(text);
}

export class SyntheticPopulation {
  private readonly segments: Uint32Array[];
  private readonly keys: (which: number) => string;
  readonly hostile: number;

  constructor(readonly size: number) {
    this.hostile = Math.floor((size * HOSTILE) / GROUP) * GROUP;
    this.keys = keyOf;
    const counts = new Uint32Array(SEGMENTS);
    const of = new Uint8Array(size);
    for (let which = 0; which < size; which++) {
      of[which] = segmentOf(accountKey(keyOf(which)), SEGMENTS);
      counts[of[which]!]!++;
    }
    this.segments = Array.from(counts, (count) => new Uint32Array(count));
    const filled = new Uint32Array(SEGMENTS);
    for (let which = 0; which < size; which++) this.segments[of[which]!]![filled[of[which]!]!++] = which;
  }

  isHostile(which: number): boolean {
    return which < this.hostile;
  }

  /** The hostile accounts' keys. */
  *hostileKeys(): Iterable<string> {
    for (let which = 0; which < this.hostile; which++) yield this.keys(which);
  }

  segment(segment: number): ScreenColumns {
    const to = new ScreenBuilder();
    const of = Array.from(this.segments[segment]!, (which) => ({ which, key: this.keys(which) })).sort((x, y) => (x.key < y.key ? -1 : 1));
    for (const { which, key } of of) this.add(to, which, key);
    return to.columns();
  }

  private add(to: ScreenBuilder, which: number, key: string): void {
    const next = numbers(which ^ 0x2545f491);
    const upTo = (most: number): number => next() % most;
    const isHostile = this.isHostile(which);
    const group = Math.floor(which / GROUP);
    const office = !isHostile && upTo(1000) < OFFICES * 1000 ? 1 + Math.floor(which / (OFFICE / OFFICES)) : 0;
    const age = isHostile ? 4 + upTo(72) / 24 : 1 + (upTo(1_000_000) / 1_000_000) ** 2 * 900;
    const bornAt = NOW - Math.floor(age * DAY);
    const traits: [type: number, hash: number][] = [];
    const add = (type: TraitType, hash: number): void => void traits.push([TYPE[type], hash]);
    const own = (): number => (next() & 0xfffff) * 4_294_967_296 + next();
    // Everybody's things follow a power law: the first are hubs, the last nearly one's own.
    const popular = (kind: number, most: number): number => thing(kind, Math.floor(most * ((next() + 1) / 4_294_967_297) ** 4));
    const things = Math.max(50, Math.floor(this.size / 20));
    add('payment-instrument', isHostile ? thing(1, Math.floor(which / 6)) : office && upTo(2) ? thing(2, office) : own());
    add('payment-issuer', popular(3, 400));
    const clients = isHostile ? [thing(4, group)] : Array.from({ length: 1 + upTo(2) }, () => popular(5, 300));
    for (const client of clients) add('client-build', client);
    const addresses = Array.from({ length: 7 }, (_, i) =>
      isHostile ? thing(6, group * 40 + upTo(40)) : office && i < 2 ? thing(7, office * 2 + i) : upTo(6) === 0 ? popular(8, things) : own(),
    );
    for (const address of addresses) add('network-address', address);
    for (let i = 0; i < 5; i++) add('network-prefix', isHostile ? thing(9, group * 6 + upTo(6)) : popular(10, 4 * things));
    add('signup-origin', isHostile ? thing(6, group * 40 + upTo(40)) : office ? thing(7, office * 2) : own());
    add('signup-prefix', popular(10, 4 * things));
    add('signup-client', isHostile ? thing(11, group) : popular(12, 500));
    add('email-domain', isHostile ? popular(13, 3000) : office ? thing(14, office) : popular(13, 3000));
    add('referrer', popular(15, 200));
    for (const [type, width] of [
      ['signup-time', 2 * DAY],
      ['signup-day', 12 * HOUR],
      ['signup-hour', 2 * HOUR],
    ] as const)
      for (const shift of [0, 1]) add(type, Math.floor(bornAt / width + shift / 2) * 2 + shift);
    if (isHostile || upTo(3) === 0) add('system-prompt', isHostile ? thing(16, group) : popular(17, things));
    for (let i = 0; i < 3; i++) add('prompt-template', isHostile ? thing(18, group * 12 + upTo(12)) : own());
    for (let i = 0; i < 34; i++) add('prompt-phrase', isHostile && upTo(2) ? thing(19, group * 60 + upTo(60)) : popular(20, 40_000));
    for (let i = 0; i < 2; i++) add('task-mix', popular(21, 500));
    if (isHostile || upTo(4) === 0) add('rhythm', isHostile ? 1 + 100 + (group % 7) : 1 + 1000 * upTo(3) + 100 * upTo(3) + upTo(12));
    traits.sort((x, y) => x[0] - y[0] || x[1] - y[1]);
    to.begin({
      account: accountKey(key),
      firstSeen: Math.floor(bornAt / HOUR),
      bornAt,
      lastUse: NOW - HOUR,
      lastHeard: NOW - HOUR,
      exchanges: 300,
      came: Math.floor(bornAt / HOUR),
      onset: NEVER,
      used: true,
      atOrigin: false,
      isTold: true,
      addresses: new Set(addresses).size,
      revisited: new Set(addresses).size,
      clients: new Set(clients).size,
    });
    let last: [number, number] = [-1, -1];
    for (const [type, hash] of traits) {
      if (type === last[0] && hash === last[1]) continue;
      to.trait(type, hash);
      last = [type, hash];
    }
    const minutes = new Set<number>();
    while (minutes.size < 12) minutes.add(next() >>> 2);
    for (const minute of Float64Array.from(minutes).sort()) to.minute(minute);
  }
}

export const proposing = TRAIT_NAMES.map((name) => TRAIT_TYPES[name].links);
export const familyNames = TRAIT_NAMES.map((name) => TRAIT_TYPES[name].family);
export const sampled = SAMPLED;
