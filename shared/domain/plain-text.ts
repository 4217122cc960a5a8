/**
 * Text that people or other systems wrote, and that is kept and shown: in the ledger, in a terminal, in a dossier. What one cannot see
 * can forge a line, turn a sentence round or make a second person of the first, so control and format characters (Unicode Cc, Cf, Zl,
 * Zp) are refused where text comes in. Written as ranges, not as `\p{…}`: the OpenAPI document carries the patterns, and not every
 * regular expression engine knows Unicode's properties.
 */
const range = (first: number, last = first): string => `${String.fromCodePoint(first)}-${String.fromCodePoint(last)}`;
const JOINERS = '\\u200c\\u200d';
const UNSEEN_BUT_SPACES =
  '\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u00ad\\u0600-\\u0605\\u061c\\u06dd\\u070f\\u0890\\u0891\\u08e2\\u180e\\u200b\\u200e\\u200f' +
  '\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb' +
  [range(0x110bd), range(0x110cd), range(0x13430, 0x1343f), range(0x1bca0, 0x1bca3), range(0x1d173, 0x1d17a), range(0xe0000, 0xe007f)].join(
    '',
  );
const UNSEEN = `\\t\\n\\r${JOINERS}${UNSEEN_BUT_SPACES}`;

/** One line of what one can see. */
export const ONE_LINE = new RegExp(`^[^${UNSEEN}]*$`, 'u');

/** At least three characters in one line, the first and the last visible; spaces around them are allowed. */
export const REASON = new RegExp(`^ *[^${UNSEEN}\\s][^${UNSEEN}]+[^${UNSEEN}\\s] *$`, 'u');

/** Lines with something to see. The joiners (ZWJ, ZWNJ) are letters' business in many scripts and stay. */
export const LINES = new RegExp(`^[^${UNSEEN_BUT_SPACES}]*[^${UNSEEN_BUT_SPACES}${JOINERS}\\s][^${UNSEEN_BUT_SPACES}]*$`, 'u');

/** For terminals: what one cannot see is shown as its code, so that no text can forge a line. */
export const printable = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
