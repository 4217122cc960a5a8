import { ByteMemo, HASH_SEED, hashed } from './byte-memo';

const [QUOTE, BACKSLASH, SPACE, COMMA, COLON, OPEN, CLOSE, POINT, ZERO, RETURN, LETTER_U] = [
  34, 92, 32, 44, 58, 123, 125, 46, 48, 13, 117,
] as const;
/** Digits that a double holds whatever they are, so that a division by a power of ten is rounded once, as JSON.parse rounds. */
const EXACT_DIGITS = 15;
const MOST_COUNT = 4_294_967_295;

/** What a backslash and this byte stand for; 0 for nothing. */
const ESCAPED = new Uint8Array(128);
for (const [sign, meaning] of ['""', '\\\\', '//', 'b\b', 'f\f', 'n\n', 'r\r', 't\t'])
  ESCAPED[sign!.charCodeAt(0)] = meaning!.charCodeAt(0);
/** The value of a hex digit; 255 for every other byte. */
const HEX = new Uint8Array(256).fill(255);
for (const [value, sign] of [...'0123456789abcdef'].entries()) HEX[sign.charCodeAt(0)] = HEX[sign.toUpperCase().charCodeAt(0)] = value;

/** A field of an object: a bit, so that a second one of its name is noticed, and what takes its value. */
export type Field = {
  readonly bit: number;
  readonly take: () => boolean;
  /** Its name, from quote to colon. */
  readonly written: Uint8Array;
  /** Which one followed it last time: a producer writes its fields in one order. */
  next: Field | undefined;
};
/** The fields of an object by the bytes of their names. `first`: which one came first last time. */
export type Fields = { readonly named: ByteMemo<Field>; first: Field | undefined };

/**
 * Reads JSON where it lies, as far as it is usual: without spaces but behind colons and commas, its names and identifiers in ASCII
 * without escapes, its numbers in digits. `false` and −1 mean unusual, a mistake or not: then JSON.parse is to be asked.
 */
export class JsonBytes {
  bytes: Buffer = Buffer.alloc(0);
  /** What is read next. */
  at = 0;
  /** The plain text that was read last: its place without the quotes, and its hash. */
  from = 0;
  to = 0;
  hash = 0;
  /** The number that was read last. */
  number = 0;
  /** The UTF-16 code units of the text that was decoded last. */
  units = new Uint16Array(4096);
  /** Bits of the fields that were read since `begin`. */
  seen = 0;

  /** Begins to read the bytes `from` to `to` (not with it). */
  begin(bytes: Buffer, from: number, to: number): void {
    this.bytes = bytes;
    this.at = from;
    this.seen = 0;
    if (this.units.length < to - from) this.units = new Uint16Array(2 * (to - from));
  }

  /** Whether nothing but white space is left before `to`. */
  isAtEnd(to: number): boolean {
    let end = to;
    while (end > this.at && (this.bytes[end - 1] === RETURN || this.bytes[end - 1] === SPACE)) end--;
    return this.at === end;
  }

  /** An object; `fields` take the values. */
  object(fields: Fields): boolean {
    const { bytes } = this;
    if (bytes[this.at++] !== OPEN) return false;
    if (bytes[this.at] === CLOSE) {
      this.at++;
      return true;
    }
    let before: Field | undefined;
    for (;;) {
      const likely = before ? before.next : fields.first;
      let field: Field;
      if (likely && this.is(likely.written)) field = likely;
      else {
        if (!this.plain(1, 64) || bytes[this.at++] !== COLON) return false;
        field = fields.named.of(bytes, this.from, this.to, this.hash);
        if (before) before.next = field;
        else fields.first = field;
      }
      if ((this.seen & field.bit) !== 0) return false;
      this.seen |= field.bit;
      this.space();
      if (!field.take()) return false;
      const next = bytes[this.at++];
      if (next === CLOSE) return true;
      if (next !== COMMA) return false;
      this.space();
      before = field;
    }
  }

  /** Exactly these bytes; where they are not, nothing was read. */
  is(written: Uint8Array): boolean {
    const { bytes, at } = this;
    for (let place = 0; place < written.length; place++) if (bytes[at + place] !== written[place]) return false;
    this.at = at + written.length;
    return true;
  }

  /** An object of any names, each of `least` to `most` bytes; `take` is told each name and takes its value. */
  named(least: number, most: number, take: (name: string) => boolean): boolean {
    const { bytes } = this;
    if (bytes[this.at++] !== OPEN) return false;
    if (bytes[this.at] === CLOSE) {
      this.at++;
      return true;
    }
    for (;;) {
      if (!this.plain(least, most) || bytes[this.at++] !== COLON) return false;
      const name = bytes.toString('latin1', this.from, this.to);
      this.space();
      if (!take(name)) return false;
      const next = bytes[this.at++];
      if (next === CLOSE) return true;
      if (next !== COMMA) return false;
      this.space();
    }
  }

  private space(): void {
    while (this.bytes[this.at] === SPACE) this.at++;
  }

  /** A text in ASCII without escapes, of `least` to `most` bytes. */
  plain(least: number, most: number): boolean {
    const { bytes } = this;
    let at = this.at;
    if (bytes[at++] !== QUOTE) return false;
    const from = at;
    let hash = HASH_SEED;
    for (;;) {
      const byte = bytes[at]!;
      if (byte === QUOTE) break;
      if (!(byte >= SPACE && byte < 127) || byte === BACKSLASH) return false;
      hash = hashed(hash, byte);
      at++;
    }
    this.note(from, at, hash);
    return at - from >= least && at - from <= most;
  }

  /** A text as it is written, escapes and all: its place, not what it means. */
  written(): boolean {
    const { bytes } = this;
    let at = this.at;
    if (bytes[at++] !== QUOTE) return false;
    const from = at;
    let hash = HASH_SEED;
    for (;;) {
      const byte = bytes[at]!;
      if (byte === QUOTE) break;
      if (!(byte >= SPACE)) return false;
      hash = hashed(hash, byte);
      if (byte === BACKSLASH) hash = hashed(hash, bytes[++at]!);
      at++;
    }
    this.note(from, at, hash);
    return true;
  }

  private note(from: number, to: number, hash: number): void {
    this.at = to + 1;
    this.from = from;
    this.to = to;
    this.hash = hash;
  }

  /** Decodes a text of any script into `units`; how many there are. */
  decoded(): number {
    if (this.bytes[this.at] !== QUOTE) return -1;
    this.at++;
    const { bytes, units } = this;
    let at = this.at;
    let length = 0;
    for (;;) {
      const byte = bytes[at++]!;
      if (byte === QUOTE) break;
      if (byte >= SPACE && byte < 128 && byte !== BACKSLASH) {
        units[length++] = byte;
        continue;
      }
      this.at = at;
      if (byte === BACKSLASH) {
        const unit = this.escaped();
        if (unit < 0) return -1;
        units[length++] = unit;
      } else {
        const point = this.beyondAscii(byte);
        if (point < 0) return -1;
        if (point < 0x10000) units[length++] = point;
        else {
          units[length++] = 0xd7c0 + (point >>> 10);
          units[length++] = 0xdc00 | (point & 0x3ff);
        }
      }
      at = this.at;
    }
    this.at = at;
    return length;
  }

  private escaped(): number {
    const { bytes } = this;
    const sign = bytes[this.at++]!;
    if (sign !== LETTER_U) return ESCAPED[sign] || -1;
    let unit = 0;
    for (let digit = 0; digit < 4; digit++) {
      const value = HEX[bytes[this.at++]!]!;
      if (!(value < 16)) return -1;
      unit = unit * 16 + value;
    }
    return unit;
  }

  /** The code point of a UTF-8 sequence whose first byte was read. */
  private beyondAscii(first: number): number {
    if (first >= 0xc2 && first < 0xe0) return this.more(1, first & 0x1f, 0x80);
    if (first >= 0xe0 && first < 0xf0) {
      const point = this.more(2, first & 0x0f, 0x800);
      return point >= 0xd800 && point < 0xe000 ? -1 : point;
    }
    if (first >= 0xf0 && first < 0xf5) {
      const point = this.more(3, first & 0x07, 0x10000);
      return point > 0x10ffff ? -1 : point;
    }
    return -1;
  }

  private more(count: number, begun: number, least: number): number {
    let point = begun;
    for (let byte = 0; byte < count; byte++) {
      const next = this.bytes[this.at++]!;
      if ((next & 0xc0) !== 0x80) return -1;
      point = (point << 6) | (next & 0x3f);
    }
    return point < least ? -1 : point;
  }

  /** A whole number of 32 bits. */
  count(): boolean {
    const { bytes } = this;
    const from = this.at;
    let at = from;
    let value = 0;
    for (let digit = bytes[at]! - ZERO; digit >= 0 && digit < 10 && at - from < 11; digit = bytes[++at]! - ZERO) value = value * 10 + digit;
    this.at = at;
    this.number = value;
    return at > from && (bytes[from] !== ZERO || at === from + 1) && value <= MOST_COUNT && endsValue(bytes[at]);
  }

  /** A number from 0 to 1. */
  share(): boolean {
    const { bytes } = this;
    const whole = bytes[this.at]! - ZERO;
    if (whole !== 0 && whole !== 1) return false;
    if (bytes[this.at + 1] !== POINT) return this.count() && this.number <= 1;
    const from = this.at + 2;
    let at = from;
    let value = whole;
    let scale = 1;
    for (let digit = bytes[at]! - ZERO; digit >= 0 && digit < 10 && at - from < EXACT_DIGITS; digit = bytes[++at]! - ZERO) {
      value = value * 10 + digit;
      scale *= 10;
    }
    this.at = at;
    this.number = value / scale;
    return at > from && this.number <= 1 && endsValue(bytes[at]);
  }

  /** The value of a field that nobody reads. */
  ignored = (): boolean => (this.bytes[this.at] === QUOTE ? this.decoded() >= 0 : this.count());
}

const endsValue = (byte: number | undefined): boolean => byte === COMMA || byte === CLOSE;

/** Fields by name, each with a bit of its own from `firstBit` on; the values of others are read over. */
export function fieldsOf(takers: Record<string, () => boolean>, firstBit: number, ignored: () => boolean): Fields {
  const field = (name: string, bit: number, take: () => boolean): Field => ({
    bit,
    take,
    written: Buffer.from(`"${name}":`),
    next: undefined,
  });
  const known = new Map(Object.entries(takers).map(([name, take], place) => [name, field(name, 1 << (firstBit + place), take)]));
  return { named: new ByteMemo((name) => known.get(name) ?? field(name, 0, ignored)), first: undefined };
}
