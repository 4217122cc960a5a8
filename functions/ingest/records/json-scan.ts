const [QUOTE, BACKSLASH, COMMA, COLON, OPENS_LIST, CLOSES_LIST, OPENS, CLOSES] = [34, 92, 44, 58, 91, 93, 123, 125] as const;
const [TAB, LINE_FEED, RETURN, SPACE] = [9, 10, 13, 32] as const;

/** Deeper than this is no record of anything; it also bounds how often a byte is looked at again after damage. */
export const DEEPEST = 128;

type Expect = 'value' | 'first-value' | 'key' | 'first-key' | 'colon' | 'after';

/**
 * Finds where one JSON object or list ends, over pieces of its bytes: each byte is looked at once. It checks what is
 * needed to notice early that a value is damaged (nesting, commas, colons, no line feed inside a string); numbers and words are
 * left to JSON.parse, so `NaN` spoils its own record and no other.
 */
export class JsonScan {
  private depth = 0;
  private readonly isList = new Uint8Array(DEEPEST + 1);
  private expect: Expect = 'value';
  private inString = false;
  private escaped = false;
  private isKey = false;
  private inWord = false;

  /** The place behind the value's last byte, `undefined` if the value goes on behind `to`, -1 if it cannot be JSON. */
  next(bytes: Uint8Array, from: number, to: number): number | undefined {
    for (let at = from; at < to; at++) {
      const byte = bytes[at]!;
      if (this.inString) {
        if (this.escaped) this.escaped = false;
        else if (byte === BACKSLASH) this.escaped = true;
        else if (byte === QUOTE) {
          this.inString = false;
          this.expect = this.isKey ? 'colon' : 'after';
        } else if (byte < SPACE) return -1;
        continue;
      }
      if (byte === SPACE || byte === LINE_FEED || byte === RETURN || byte === TAB) {
        if (this.inWord) this.endWord();
        continue;
      }
      if (!this.structural(byte)) return -1;
      if (this.depth === 0) return at + 1;
    }
    return undefined;
  }

  private endWord(): void {
    this.inWord = false;
    this.expect = 'after';
  }

  private structural(byte: number): boolean {
    if (this.inWord) {
      if (isWord(byte)) return true;
      this.endWord();
    }
    const { expect } = this;
    switch (byte) {
      case QUOTE:
        if (expect === 'colon' || expect === 'after') return false;
        this.isKey = expect === 'key' || expect === 'first-key';
        this.inString = true;
        return true;
      case OPENS:
      case OPENS_LIST:
        if ((expect !== 'value' && expect !== 'first-value') || this.depth === DEEPEST) return false;
        this.isList[++this.depth] = byte === OPENS_LIST ? 1 : 0;
        this.expect = byte === OPENS_LIST ? 'first-value' : 'first-key';
        return true;
      case CLOSES:
      case CLOSES_LIST: {
        const list = this.isList[this.depth] === 1;
        if (list !== (byte === CLOSES_LIST) || (expect !== 'after' && expect !== (list ? 'first-value' : 'first-key'))) return false;
        this.depth--;
        this.expect = 'after';
        return true;
      }
      case COMMA:
        if (expect !== 'after') return false;
        this.expect = this.isList[this.depth] === 1 ? 'value' : 'key';
        return true;
      case COLON:
        if (expect !== 'colon') return false;
        this.expect = 'value';
        return true;
      default:
        if ((expect !== 'value' && expect !== 'first-value') || !isWord(byte)) return false;
        this.inWord = true;
        return true;
    }
  }
}

/** Letters, digits, sign and point: numbers, true, false, null, and what is written in their place. */
const isWord = (byte: number): boolean =>
  (byte >= 48 && byte <= 57) || (byte >= 97 && byte <= 122) || (byte >= 65 && byte <= 90) || byte === 43 || byte === 45 || byte === 46;
