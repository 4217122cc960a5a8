/**
 * The prompt fingerprint, version 1: a published pure function, so that a gateway can compute it and never send text.
 * docs/fingerprint.md describes it for other languages and gives test vectors.
 *
 * It says three things about a prompt and no more: which template it was filled from (an exact 64-bit hash after
 * masking what varies), what it is similar to (eight one-permutation MinHash values over word pairs: Li, Owen and
 * Zhang, "One Permutation Hashing", NIPS 2012), and its size class and traits. Two prompts that differ in numbers,
 * names or a few words share the template or most of the eight values.
 */

export const SKETCH_SIZE = 8;
/** Bits of `traits`. */
export const TRAIT = { elicitsReasoning: 1, grading: 2, code: 4 } as const;

export type PromptFingerprint = {
  /** 64-bit hash of the masked system prompt as [high, low] unsigned 32-bit words; [0, 0] when there was none. */
  system: readonly [number, number];
  /** The same of the user text. */
  template: readonly [number, number];
  /** Eight values 1..2^29, or 0 for an empty bin. */
  sketch: readonly number[];
  /** floor(log2(UTF-16 code units + 1)), at most 15. */
  length: number;
  traits: number;
};

/** At most this many code units are read: the head and the tail, so that cost is bounded whatever the prompt. */
export const READ_HEAD = 6_000;
export const READ_TAIL = 2_000;

const TOKEN_SEED = 0x811c9dc5;
const TOKEN_PRIME = 0x01000193;
const MASK_NUMBER = 0x6e756d31;
const MASK_NAME = 0x6e616d31;

const PHRASES: Record<keyof typeof TRAIT, readonly string[]> = {
  elicitsReasoning: [
    'by step',
    'full reasoning',
    'internal reasoning',
    'your reasoning',
    'the reasoning',
    'reasoning behind',
    'reasoning process',
    'reasoning trace',
    'thought process',
    'of thought',
    'think through',
    'each step',
    'each decision',
    'show work',
    'your work',
    'paso a',
    'par étape',
    'schritt für',
  ],
  grading: [
    'the rubric',
    'a rubric',
    'grade the',
    'strict judge',
    'as judge',
    'is better',
    'score the',
    'rate the',
    'grading criteria',
    'answer a',
    'response a',
    'evaluate the',
  ],
  code: [
    'public static',
    'def __init__',
    'import numpy',
    'console log',
    'return function',
    'select from',
    'the function',
    'a function',
    'the code',
    'src main',
  ],
};

/** As a signed 32-bit word: what is small to the engine stays small. */
const mix = (x: number): number => {
  let h = x;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
};

/** Working state, reused from call to call: fingerprinting allocates nothing but its answer. */
const scan = { high: 0, low: 0, traits: 0 };
/** The least value of each bin of word pairs. */
const least = new Int32Array(SKETCH_SIZE);
const EMPTY = 0x7fffffff;
const binOf = (bin: number): number => (least[bin] === EMPTY ? 0 : least[bin]! + 1);

const pairs = new Map<number, number>();
const pairFilter = new Uint8Array(4096);

/** Character classes of the first 128 code units: 0 separator, 1 lower letter, 2 upper letter, 3 digit, 4 ends a sentence. */
const CLASS = new Uint8Array(128);
for (let c = 97; c <= 122; c++) CLASS[c] = 1;
for (let c = 65; c <= 90; c++) CLASS[c] = 2;
for (let c = 48; c <= 57; c++) CLASS[c] = 3;
for (const c of '.!?\n:"') CLASS[c.charCodeAt(0)] = 4;
CLASS[95] = 1;
/** What a character of a word counts as: letters in lower case, digits as they are (below 64); 0 for what is in no word. */
const LOWER = new Uint8Array(128);
for (const [unit, kind] of CLASS.entries()) LOWER[unit] = kind === 2 ? unit + 32 : kind === 1 || kind === 3 ? unit : 0;
/** From here on a character is a word of its own. */
const IDEOGRAPHS = 0x2e80;

function feed(units: Uint16Array, from: number, to: number): void {
  let { high, low } = scan;
  let sentenceStart = true;
  let previousToken = 0;
  let previousWord = 0;
  for (let index = from; index < to; ) {
    const first = units[index]!;
    const kind = first < 128 ? CLASS[first]! : first >= IDEOGRAPHS ? 0 : 1;
    if (kind === 0 || kind === 4) {
      index++;
      if (kind === 4) sentenceStart = true;
      if (first < IDEOGRAPHS) continue;
      const token = mix(Math.imul(TOKEN_SEED ^ first, TOKEN_PRIME));
      high = Math.imul(high ^ token, 0x9e3779b1);
      low = Math.imul(low ^ token, 0x85ebca77);
      if (previousWord !== 0) pair(previousWord, token);
      previousToken = token;
      previousWord = token;
      continue;
    }
    const begin = index;
    let digits = false;
    let hash = TOKEN_SEED;
    for (; index < to; index++) {
      const unit = units[index]!;
      if (unit < 128) {
        const lower = LOWER[unit]!;
        if (lower === 0) break;
        if (lower < 64) digits = true;
        hash = Math.imul(hash ^ lower, TOKEN_PRIME);
      } else {
        if (unit >= IDEOGRAPHS) break;
        hash = Math.imul(hash ^ unit, TOKEN_PRIME);
      }
    }
    const name = kind === 2 && !sentenceStart && index - begin > 1;
    const token = digits ? MASK_NUMBER : name ? MASK_NAME : mix(hash);
    if (token !== previousToken || (token !== MASK_NUMBER && token !== MASK_NAME)) {
      high = Math.imul(high ^ token, 0x9e3779b1);
      high ^= high >>> 15;
      low = Math.imul(low ^ token, 0x85ebca77);
      low ^= low >>> 13;
    }
    previousToken = token;
    if (!digits && !name) {
      if (previousWord !== 0) pair(previousWord, token);
      previousWord = token;
    }
    sentenceStart = false;
  }
  scan.high = high;
  scan.low = low;
}

function pair(first: number, second: number): void {
  const value = mix((Math.imul(first, 0x2c1b3c6d) + second) | 0);
  if (pairFilter[value & 4095] !== 0) scan.traits |= pairs.get(value) ?? 0;
  const bin = value >>> 29;
  const rest = value & 0x1fffffff;
  if (rest < least[bin]!) least[bin] = rest;
}

function run(units: Uint16Array, length: number): void {
  scan.high = 0x243f6a88;
  scan.low = 0x13198a2e;
  for (let bin = 0; bin < SKETCH_SIZE; bin++) least[bin] = EMPTY;
  scan.traits = 0;
  if (length <= READ_HEAD + READ_TAIL) feed(units, 0, length);
  else {
    feed(units, 0, READ_HEAD);
    feed(units, length - READ_TAIL, length);
  }
}

for (const [trait, phrases] of Object.entries(PHRASES) as [keyof typeof TRAIT, readonly string[]][]) {
  for (const phrase of phrases) {
    const [first, second] = phrase.split(' ').map((word) => {
      let hash = TOKEN_SEED;
      for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), TOKEN_PRIME);
      return mix(hash);
    });
    const value = mix((Math.imul(first!, 0x2c1b3c6d) + second!) | 0);
    pairs.set(value, (pairs.get(value) ?? 0) | TRAIT[trait]);
    pairFilter[value & 4095] = 1;
  }
}

/** 64-bit hash of a masked text, given as its UTF-16 code units: [high, low]. */
export function templateOf(units: Uint16Array, length: number): readonly [number, number] {
  run(units, length);
  return [scan.high >>> 0, scan.low >>> 0];
}

export const NO_TEXT = [0, 0] as const;
const NOTHING_SAID: Omit<PromptFingerprint, 'system'> = { template: NO_TEXT, sketch: new Array(SKETCH_SIZE).fill(0), length: 0, traits: 0 };

/** What the fingerprint says of the user's text, given as its UTF-16 code units. */
export function textFingerprint(units: Uint16Array, length: number): Omit<PromptFingerprint, 'system'> {
  if (length === 0) return NOTHING_SAID;
  run(units, length);
  return {
    template: [scan.high >>> 0, scan.low >>> 0],
    sketch: [binOf(0), binOf(1), binOf(2), binOf(3), binOf(4), binOf(5), binOf(6), binOf(7)],
    length: Math.min(15, 31 - Math.clz32(length + 1)),
    traits: scan.traits,
  };
}

let room = new Uint16Array(4096);
function unitsOf(text: string): Uint16Array {
  if (room.length < text.length) room = new Uint16Array(2 * text.length);
  for (let at = 0; at < text.length; at++) room[at] = text.charCodeAt(at);
  return room;
}

/** System prompts repeat: a bounded memory of their hashes saves reading the same text again. */
const systems = new Map<string, readonly [number, number]>();
function systemHash(system: string): readonly [number, number] {
  const known = systems.get(system);
  if (known) return known;
  const made = templateOf(unitsOf(system), system.length);
  if (systems.size > 2_000) systems.clear();
  systems.set(system, made);
  return made;
}

/** Fingerprint of one request's prompt. Pure; at most READ_HEAD + READ_TAIL code units of each part are read. */
export function fingerprintPrompt({ system, text = '' }: { system?: string | undefined; text?: string | undefined }): PromptFingerprint {
  return { system: system ? systemHash(system) : NO_TEXT, ...textFingerprint(unitsOf(text), text.length) };
}

const hex8 = (value: number): string => value.toString(16).padStart(8, '0');

/** `f1.<system 16 hex>.<template 16 hex>.<8 × 8 hex>.<length><traits>`, 104 characters. */
export const fingerprintText = (f: PromptFingerprint): string =>
  `f1.${hex8(f.system[0])}${hex8(f.system[1])}.${hex8(f.template[0])}${hex8(f.template[1])}.${f.sketch.map(hex8).join('')}.${f.length.toString(16)}${f.traits.toString(16)}`;

/** Bytes of the text form, and where its parts begin; a point stands before each. */
const WHOLE = 104;
const [SYSTEM, TEMPLATE, SKETCH, SHAPE] = [3, 20, 37, 102] as const;
const POINT = 46;

/** The value of a lower-case hex digit by its byte; 255 for every other byte. */
const NIBBLE = new Uint8Array(256).fill(255);
for (const [value, digit] of [...'0123456789abcdef'].entries()) NIBBLE[digit.charCodeAt(0)] = value;

/** Reads the text form (ASCII) out of bytes. `undefined` when it is not one: the caller rejects with the reason. */
export function fingerprintIn(bytes: Uint8Array, from: number, to: number): PromptFingerprint | undefined {
  if (to - from !== WHOLE || bytes[from] !== 102 || bytes[from + 1] !== 49) return undefined;
  for (const part of [SYSTEM, TEMPLATE, SKETCH, SHAPE]) if (bytes[from + part - 1] !== POINT) return undefined;
  const system = [hexWord(bytes, from + SYSTEM), hexWord(bytes, from + SYSTEM + 8)] as const;
  const template = [hexWord(bytes, from + TEMPLATE), hexWord(bytes, from + TEMPLATE + 8)] as const;
  const sketch = [0, 0, 0, 0, 0, 0, 0, 0];
  let lowest = Math.min(system[0], system[1], template[0], template[1]);
  for (let bin = 0; bin < SKETCH_SIZE; bin++) {
    const word = hexWord(bytes, from + SKETCH + 8 * bin);
    sketch[bin] = word;
    lowest = Math.min(lowest, word);
  }
  const length = NIBBLE[bytes[from + SHAPE]!]!;
  const traits = NIBBLE[bytes[from + SHAPE + 1]!]!;
  return lowest < 0 || length > 15 || traits > 7 ? undefined : { system, template, sketch, length, traits };
}

/** Eight lower-case hex digits; −1 when they are none. */
function hexWord(bytes: Uint8Array, from: number): number {
  let value = 0;
  let nibbles = 0;
  for (let at = from; at < from + 8; at++) {
    const nibble = NIBBLE[bytes[at]!]!;
    nibbles |= nibble;
    value = (value << 4) | nibble;
  }
  return nibbles > 15 ? -1 : value >>> 0;
}

/** The same of a text. */
export const readFingerprint = (text: string): PromptFingerprint | undefined => {
  const bytes = Buffer.from(text, 'utf8');
  return fingerprintIn(bytes, 0, bytes.length);
};
