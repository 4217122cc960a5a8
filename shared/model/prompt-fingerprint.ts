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

const mix = (x: number): number => {
  let h = x;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
};

/** Working state, reused from call to call: fingerprinting allocates nothing but its answer. */
type Scan = { high: number; low: number; bins: Uint32Array; traits: number };
const scan: Scan = { high: 0, low: 0, bins: new Uint32Array(SKETCH_SIZE), traits: 0 };

const pairs = new Map<number, number>();
const pairFilter = new Uint8Array(4096);

/** Character classes of the first 128 code units: 0 separator, 1 lower letter, 2 upper letter, 3 digit, 4 ends a sentence. */
const CLASS = new Uint8Array(128);
for (let c = 97; c <= 122; c++) CLASS[c] = 1;
for (let c = 65; c <= 90; c++) CLASS[c] = 2;
for (let c = 48; c <= 57; c++) CLASS[c] = 3;
for (const c of '.!?\n:"') CLASS[c.charCodeAt(0)] = 4;
CLASS[95] = 1;

function feed(text: string, from: number, to: number): void {
  let hash = TOKEN_SEED;
  let length = 0;
  let digits = false;
  let capital = false;
  let sentenceStart = true;
  let previousToken = 0;
  let previousWord = 0;
  for (let index = from; index <= to; index++) {
    const unit = index < to ? text.charCodeAt(index) : 32;
    const ideograph = unit >= 0x2e80;
    const kind = unit < 128 ? CLASS[unit]! : ideograph ? 0 : 1;
    if (kind === 0 || kind === 4) {
      if (length > 0) {
        const name = capital && !sentenceStart && length > 1;
        const token = digits ? MASK_NUMBER : name ? MASK_NAME : mix(hash);
        if (token !== previousToken || (token !== MASK_NUMBER && token !== MASK_NAME)) {
          scan.high = Math.imul(scan.high ^ token, 0x9e3779b1);
          scan.high ^= scan.high >>> 15;
          scan.low = Math.imul(scan.low ^ token, 0x85ebca77);
          scan.low ^= scan.low >>> 13;
        }
        previousToken = token;
        if (!digits && !name) {
          if (previousWord !== 0) pair(previousWord, token);
          previousWord = token;
        }
        sentenceStart = false;
        hash = TOKEN_SEED;
        length = 0;
        digits = false;
        capital = false;
      }
      if (kind === 4) sentenceStart = true;
      if (ideograph) {
        const token = mix(Math.imul(TOKEN_SEED ^ unit, TOKEN_PRIME));
        scan.high = Math.imul(scan.high ^ token, 0x9e3779b1);
        scan.low = Math.imul(scan.low ^ token, 0x85ebca77);
        if (previousWord !== 0) pair(previousWord, token);
        previousToken = token;
        previousWord = token;
      }
      continue;
    }
    if (kind === 3) digits = true;
    if (length === 0) capital = kind === 2;
    hash = Math.imul(hash ^ (kind === 2 ? unit + 32 : unit), TOKEN_PRIME);
    length++;
  }
}

function pair(first: number, second: number): void {
  const value = mix((Math.imul(first, 0x2c1b3c6d) + second) | 0);
  if (pairFilter[value & 4095] !== 0) scan.traits |= pairs.get(value) ?? 0;
  const bin = value >>> 29;
  const rest = (value & 0x1fffffff) + 1;
  const least = scan.bins[bin]!;
  if (least === 0 || rest < least) scan.bins[bin] = rest;
}

function run(text: string): void {
  scan.high = 0x243f6a88;
  scan.low = 0x13198a2e;
  scan.bins.fill(0);
  scan.traits = 0;
  if (text.length <= READ_HEAD + READ_TAIL) feed(text, 0, text.length);
  else {
    feed(text, 0, READ_HEAD);
    feed(text, text.length - READ_TAIL, text.length);
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

/** System prompts repeat: a bounded memory of their hashes saves reading the same text again. */
const systems = new Map<string, readonly [number, number]>();
function systemHash(system: string): readonly [number, number] {
  const known = systems.get(system);
  if (known) return known;
  run(system);
  const made = [scan.high >>> 0, scan.low >>> 0] as const;
  if (systems.size > 2_000) systems.clear();
  systems.set(system, made);
  return made;
}

const NONE = [0, 0] as const;

/** Fingerprint of one request's prompt. Pure; at most READ_HEAD + READ_TAIL code units of each part are read. */
export function fingerprintPrompt(prompt: { system?: string | undefined; text?: string | undefined }): PromptFingerprint {
  const system = prompt.system ? systemHash(prompt.system) : NONE;
  const text = prompt.text ?? '';
  if (text === '') return { system, template: NONE, sketch: [0, 0, 0, 0, 0, 0, 0, 0], length: 0, traits: 0 };
  run(text);
  const bins = scan.bins;
  return {
    system,
    template: [scan.high >>> 0, scan.low >>> 0],
    sketch: [bins[0]!, bins[1]!, bins[2]!, bins[3]!, bins[4]!, bins[5]!, bins[6]!, bins[7]!],
    length: Math.min(15, Math.floor(Math.log2(text.length + 1))),
    traits: scan.traits,
  };
}

const hex8 = (value: number): string => value.toString(16).padStart(8, '0');

/** `f1.<system 16 hex>.<template 16 hex>.<8 × 8 hex>.<length><traits>`, 104 characters. */
export const fingerprintText = (f: PromptFingerprint): string =>
  `f1.${hex8(f.system[0])}${hex8(f.system[1])}.${hex8(f.template[0])}${hex8(f.template[1])}.${f.sketch.map(hex8).join('')}.${f.length.toString(16)}${f.traits.toString(16)}`;

const FORM = /^f1\.([0-9a-f]{16})\.([0-9a-f]{16})\.([0-9a-f]{64})\.([0-9a-f])([0-7])$/;

/** Reads the text form. `undefined` when it is not one: the caller rejects with the reason. */
export function readFingerprint(text: string): PromptFingerprint | undefined {
  const match = FORM.exec(text);
  if (!match) return undefined;
  const word = (hex: string, at: number): number => Number.parseInt(hex.slice(at, at + 8), 16);
  const [, system = '', template = '', sketch = '', length = '', traits = ''] = match;
  return {
    system: [word(system, 0), word(system, 8)],
    template: [word(template, 0), word(template, 8)],
    sketch: Array.from({ length: SKETCH_SIZE }, (_, index) => word(sketch, index * 8)),
    length: Number.parseInt(length, 16),
    traits: Number.parseInt(traits, 16),
  };
}
