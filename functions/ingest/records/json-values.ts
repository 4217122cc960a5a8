import { JsonScan } from './json-scan';

/** A value longer than this is none that a producer writes: a request of a million tokens takes half of it. */
export const LARGEST_VALUE = 8 * 1024 * 1024;
/** Of what is refused for its length so much is kept. */
export const KEPT_OF_TOO_LARGE = 64 * 1024;
/** A line is waited for until so many bytes have come without its end; then the values on it are looked for one by one. */
const LONGEST_WAIT = 256 * 1024;

const [LINE_FEED, RETURN, SPACE, TAB, COMMA, OPENS, CLOSES, OPENS_LIST, CLOSES_LIST, QUOTE] = [
  10, 13, 32, 9, 44, 123, 125, 91, 93, 34,
] as const;
/** Between the texts of a JSON text sequence (RFC 7464). */
const RECORD_SEPARATOR = 0x1e;
/** First of the three bytes of a byte order mark. */
const MARK = 0xef;

/** One value, and the line that it begins in (from 1); or what stood in the place of one, with why it cannot be read. */
export type Found =
  | { kind: 'value'; line: number; value: unknown }
  | {
      kind: 'damaged';
      line: number;
      code: 'not-json' | 'too-large' | 'too-many' | 'bad-encoding';
      because: string;
      fix: string;
      text: string;
    };

/**
 * JSON values one after another, out of bytes that come in pieces cut anywhere: a line each, several on a line, over several lines,
 * without any line feed, in lists (whose elements are the values), with byte order marks between them. What is damaged costs its
 * line: reading goes on behind it. Time is linear in the bytes, whatever they are (a byte is read again at most DEEPEST times).
 */
export class JsonValues {
  /** Bytes that came and belong to no finished value. */
  private pending: Uint8Array[] = [];
  private pendingBytes = 0;
  /**
   * Where reading stands. `between`: `pending` begins a value whose line has not ended. `value`: it begins one that `scan` follows.
   * `discarded`: the same, but too long to keep. `damaged`: it begins with a damaged line. `skipped`: in a line too long to keep.
   */
  private mode: 'between' | 'value' | 'discarded' | 'damaged' | 'skipped' = 'between';
  private scan = new JsonScan();
  private line = 1;
  private lists = 0;
  /** Of a damaged line and what hangs on it: so much was looked through. */
  private lookedThrough = 0;

  push(piece: Uint8Array): Found[] {
    const found: Found[] = [];
    if (piece.length > 0) this.take(bufferOf(piece), found);
    return found;
  }

  /** What is left when nothing more comes. */
  end(): Found[] {
    const found: Found[] = [];
    if (this.mode === 'value') this.mode = 'between';
    if (this.mode !== 'discarded') this.read(this.taken(), true, found);
    return found;
  }

  private take(piece: Buffer, found: Found[]): void {
    const { mode } = this;
    switch (mode) {
      case 'value':
        this.follow(piece, found);
        return;
      case 'discarded': {
        const to = this.scan.next(piece, 0, piece.length);
        this.countLines(piece, 0, to === undefined || to < 0 ? piece.length : to);
        if (to === undefined) return;
        this.mode = to < 0 ? 'skipped' : 'between';
        if (to >= 0) this.read(piece.subarray(to), false, found);
        return;
      }
      case 'damaged':
      case 'between':
        this.keep(piece);
        if (mode === 'damaged' || piece.includes(LINE_FEED) || this.pendingBytes > LONGEST_WAIT) this.read(this.taken(), false, found);
        return;
      case 'skipped':
        this.read(piece, false, found);
        return;
      default:
        mode satisfies never;
    }
  }

  private keep(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.pending.push(piece);
    this.pendingBytes += piece.length;
  }

  private taken(): Buffer {
    const bytes = this.pending.length === 1 ? bufferOf(this.pending[0]!) : Buffer.concat(this.pending);
    this.pending = [];
    this.pendingBytes = 0;
    return bytes;
  }

  /** Goes on with a value that began in an earlier piece. */
  private follow(piece: Buffer, found: Found[]): void {
    const to = this.scan.next(piece, 0, piece.length);
    const before = this.pendingBytes;
    this.keep(piece);
    if (to === undefined) {
      if (this.pendingBytes > LARGEST_VALUE) this.discard(found);
      return;
    }
    const bytes = this.taken();
    this.mode = to < 0 ? 'damaged' : 'between';
    if (to < 0) this.lookedThrough = 0;
    else if (before + to > LARGEST_VALUE) this.tooLarge(bytes, 0, before + to, found);
    else this.add(bytes, 0, before + to, found);
    this.read(to < 0 ? bytes : bytes.subarray(before + to), false, found);
  }

  /** What is pending is followed to its end, but not kept. */
  private discard(found: Found[]): void {
    const bytes = this.taken();
    this.tooLarge(bytes, 0, bytes.length, found);
    this.mode = 'discarded';
  }

  private read(bytes: Buffer, isLast: boolean, found: Found[]): void {
    let at = 0;
    /** On this line, up to here, values are looked for one by one. */
    let severalUntil = 0;
    let noLineFeed = false;
    for (;;) {
      if (this.mode === 'damaged' || this.mode === 'skipped') {
        const next = this.mode === 'damaged' ? this.damaged(bytes, at, isLast, found) : this.skipped(bytes, at);
        if (next === undefined) return;
        at = next;
      }
      at = this.between(bytes, at);
      if (at >= bytes.length) return;
      const feed: number = at < severalUntil ? severalUntil : noLineFeed ? -1 : bytes.indexOf(LINE_FEED, at);
      noLineFeed ||= feed < 0;
      const isWhole = feed >= 0 || isLast;
      if (!isWhole && bytes.length - at <= LONGEST_WAIT && this.lists === 0) {
        this.keep(bytes.subarray(at));
        return;
      }
      const end = feed < 0 ? bytes.length : feed;
      const first = bytes[at];
      if (first === OPENS_LIST) {
        this.lists++;
        at++;
      } else if (first !== OPENS) {
        const next = this.plain(bytes, at, end, isWhole, found);
        if (next === undefined) return;
        at = next;
      } else if (isWhole && at >= severalUntil && end - at <= LARGEST_VALUE && this.isOneLine(bytes, at, end, found)) {
        at = end;
      } else {
        if (isWhole) severalUntil = end;
        const next = this.object(bytes, at, isLast, found);
        if (next === undefined) return;
        at = next;
      }
    }
  }

  /** Reads the object that begins at `at`. Answers where to go on, `undefined` when more bytes are needed. */
  private object(bytes: Buffer, at: number, isLast: boolean, found: Found[]): number | undefined {
    this.scan = new JsonScan();
    const to = this.scan.next(bytes, at, bytes.length);
    if (to !== undefined && to > 0) {
      if (to - at > LARGEST_VALUE) this.tooLarge(bytes, at, to, found);
      else this.add(bytes, at, to, found);
      return to;
    }
    if (to === undefined && !isLast) {
      this.keep(bytes.subarray(at));
      this.mode = 'value';
      if (this.pendingBytes > LARGEST_VALUE) this.discard(found);
      return undefined;
    }
    this.mode = 'damaged';
    this.lookedThrough = 0;
    return at;
  }

  /** Behind white space, marks, commas and the ends of lists. */
  private between(bytes: Buffer, from: number): number {
    for (let at = from; ; at++) {
      const byte = bytes[at];
      if (byte === LINE_FEED) this.line++;
      else if (byte === CLOSES_LIST && this.lists > 0) this.lists--;
      else if (byte === MARK && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf) at += 2;
      else if (byte !== SPACE && byte !== RETURN && byte !== TAB && byte !== COMMA && byte !== RECORD_SEPARATOR) return at;
    }
  }

  /** The usual case: an object that is the rest of its line. */
  private isOneLine(bytes: Buffer, from: number, end: number, found: Found[]): boolean {
    let to = end;
    while (isBlank(bytes[to - 1])) to--;
    if (this.lists > 0 && bytes[to - 1] === COMMA) to--;
    if (bytes[to - 1] !== CLOSES) return false;
    try {
      found.push({ kind: 'value', line: this.line, value: JSON.parse(bytes.toString('utf8', from, to)) });
      return true;
    } catch {
      return false;
    }
  }

  /** What begins with neither a brace nor a bracket: a scalar of a list, or a line that is no JSON. Answers where to go on. */
  private plain(bytes: Buffer, at: number, end: number, isWhole: boolean, found: Found[]): number | undefined {
    if (this.lists > 0 && isScalar(bytes[at])) {
      const to = scalarEnd(bytes, at, end);
      if (to < end || isWhole) {
        this.add(bytes, at, to, found);
        return to;
      }
    }
    if (end - at > LARGEST_VALUE) {
      this.tooLarge(bytes, at, end, found);
      if (!isWhole) this.mode = 'skipped';
      return end;
    }
    if (!isWhole) {
      this.keep(bytes.subarray(at));
      return undefined;
    }
    let to = end;
    while (to > at && isBlank(bytes[to - 1])) to--;
    this.add(bytes, at, to, found);
    return end;
  }

  /** Where a line goes on that was too long to keep. */
  private skipped(bytes: Buffer, from: number): number | undefined {
    const feed = bytes.indexOf(LINE_FEED, from);
    if (feed < 0) return undefined;
    this.mode = 'between';
    return feed;
  }

  /** Gives up a damaged line, with the lines behind it that begin no value of their own. Answers where to go on. */
  private damaged(bytes: Buffer, from: number, isLast: boolean, found: Found[]): number | undefined {
    let end: number | undefined;
    for (let at = from + this.lookedThrough; end === undefined; ) {
      const feed = bytes.indexOf(LINE_FEED, at);
      const next = feed < 0 ? undefined : bytes[feed + 1];
      if (next === undefined) {
        if (isLast) end = bytes.length;
        else {
          this.lookedThrough = Math.max(0, (feed < 0 ? bytes.length : feed) - from);
          break;
        }
      } else if (BEGINS_A_LINE.has(next)) end = feed;
      else at = feed + 1;
    }
    if ((end ?? bytes.length) - from > LARGEST_VALUE) {
      this.tooLarge(bytes, from, end ?? bytes.length, found);
      this.mode = end === undefined ? 'skipped' : 'between';
      return end;
    }
    if (end === undefined) {
      this.keep(bytes.subarray(from));
      return undefined;
    }
    this.mode = 'between';
    let to = end;
    while (to > from && isBlank(bytes[to - 1])) to--;
    this.add(bytes, from, to, found);
    this.countLines(bytes, to, end);
    return end;
  }

  private add(bytes: Buffer, from: number, to: number, found: Found[]): void {
    const text = bytes.toString('utf8', from, to);
    try {
      found.push({ kind: 'value', line: this.line, value: JSON.parse(text) });
    } catch (error) {
      const where = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
      const because = `not JSON${where === undefined ? '' : `, at character ${where}`}`;
      found.push({ kind: 'damaged', line: this.line, code: 'not-json', because, fix: FIX_NOT_JSON, text });
    }
    this.countLines(bytes, from, to);
  }

  private tooLarge(bytes: Buffer, from: number, to: number, found: Found[]): void {
    const text = bytes.toString('utf8', from, Math.min(to, from + KEPT_OF_TOO_LARGE));
    const because = `one value is longer than ${LARGEST_VALUE / 1024 / 1024} MiB; its first ${KEPT_OF_TOO_LARGE / 1024} KiB are kept`;
    found.push({ kind: 'damaged', line: this.line, code: 'too-large', because, fix: 'send one JSON object for each request', text });
    this.countLines(bytes, from, to);
  }

  private countLines(bytes: Buffer, from: number, to: number): void {
    const here = bytes.subarray(from, to);
    for (let at = here.indexOf(LINE_FEED); at >= 0; at = here.indexOf(LINE_FEED, at + 1)) this.line++;
  }
}

/** A line that begins so is taken for a value of its own: a brace, a bracket, a mark, nothing. */
const BEGINS_A_LINE = new Set([OPENS, OPENS_LIST, CLOSES_LIST, MARK, LINE_FEED, RETURN]);

const FIX_NOT_JSON = 'send complete JSON values (UTF-8), one after another or in a list';

const isBlank = (byte: number | undefined): boolean => byte === SPACE || byte === RETURN || byte === TAB || byte === LINE_FEED;

const isScalar = (byte: number | undefined): boolean =>
  byte !== undefined &&
  (byte === QUOTE || byte === 45 || (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122));

/** Where a string, number or word of a list ends. */
function scalarEnd(bytes: Buffer, from: number, end: number): number {
  if (bytes[from] === QUOTE) {
    for (let at = from + 1; at < end; at++) {
      if (bytes[at] === 92) at++;
      else if (bytes[at] === QUOTE) return at + 1;
    }
    return end;
  }
  for (let at = from; at < end; at++) if (isBlank(bytes[at]) || bytes[at] === COMMA || bytes[at] === CLOSES_LIST) return at;
  return end;
}

/** The same bytes, not copied. */
export const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** All values of a text that is there as a whole. */
export function valuesIn(text: Uint8Array | string): Found[] {
  const values = new JsonValues();
  const bytes = typeof text === 'string' ? Buffer.from(text, 'utf8') : text;
  return [...values.push(bytes), ...values.end()];
}
