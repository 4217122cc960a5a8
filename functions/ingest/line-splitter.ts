const LINE_FEED = 10;
const NOTHING = Buffer.alloc(0);
const MARK = [0xef, 0xbb, 0xbf];

/** Lines of UTF-8 text where they lie in its bytes: `bounds` has two places for each, where it begins and where it ends. */
export type TextLines = { readonly bytes: Buffer; readonly bounds: readonly number[] };

/**
 * Lines of UTF-8 text that comes in pieces, cut anywhere: a line is a place in bytes until somebody needs its text. A byte order
 * mark is left out.
 */
export class LineSplitter {
  private rest: Buffer = NOTHING;
  private begun = false;

  /** The lines that end in this piece, without their line feed. */
  push(piece: Uint8Array): TextLines {
    const more = bufferOf(piece);
    const bytes = this.rest.length === 0 ? more : Buffer.concat([this.rest, more]);
    const bounds: number[] = [];
    let from = 0;
    for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, from)) {
      bounds.push(this.behindMark(bytes, from), end);
      from = end + 1;
    }
    this.rest = bytes.subarray(from);
    return { bytes, bounds };
  }

  /** What stands after the last line feed: one line, or none when nothing does. */
  end(): TextLines {
    const bytes = this.rest;
    this.rest = NOTHING;
    return { bytes, bounds: bytes.length === 0 ? [] : [this.behindMark(bytes, 0), bytes.length] };
  }

  private behindMark(bytes: Buffer, from: number): number {
    const marked = !this.begun && MARK.every((byte, place) => bytes[from + place] === byte);
    this.begun = true;
    return marked ? from + MARK.length : from;
  }
}

/** The same bytes, not copied. */
export const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** All lines of a text that is there as a whole. */
export function linesIn(text: Uint8Array): TextLines {
  const splitter = new LineSplitter();
  const { bytes, bounds } = splitter.push(text);
  const last = splitter.end();
  const from = bytes.length - last.bytes.length;
  return { bytes, bounds: [...bounds, ...last.bounds.map((place) => from + place)] };
}

/** Texts without a line feed in them, as lines. */
export const linesFrom = (texts: readonly string[]): TextLines => linesIn(Buffer.from(texts.join('\n'), 'utf8'));

export const lineCount = ({ bounds }: TextLines): number => bounds.length / 2;

/** Lines `from` to `to` (not with it) of these. */
export const someLines = ({ bytes, bounds }: TextLines, from: number, to: number): TextLines => ({
  bytes,
  bounds: bounds.slice(2 * from, 2 * to),
});

/** The text of each line. */
export function textsOf({ bytes, bounds }: TextLines): string[] {
  const texts: string[] = [];
  for (let at = 0; at < bounds.length; at += 2) texts.push(bytes.toString('utf8', bounds[at], bounds[at + 1]));
  return texts;
}
