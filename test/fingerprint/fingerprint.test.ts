import {
  fingerprintPrompt,
  fingerprintText,
  READ_HEAD,
  READ_TAIL,
  readFingerprint,
  SKETCH_SIZE,
  TRAIT,
} from '../../shared/contract/prompt-fingerprint';
import { fc } from '../support/property';

const print = (text: string) => fingerprintPrompt({ text });
/** Of the eight values, how many two prompts have in common. */
const alike = (a: string, b: string): number => {
  const other = print(b).sketch;
  return print(a).sketch.filter((value, bin) => value === other[bin]).length;
};

describe('one template, filled in differently', () => {
  test.each([
    ['numbers', 'Solve exercise 12 of chapter 3.', 'Solve exercise 4711 of chapter 90.'],
    ['codes with digits', 'Explain ticket ab12 in detail.', 'Explain ticket zz9 in detail.'],
    ['names inside a sentence', 'Write a letter to Alice about the delay.', 'Write a letter to Mohammed about the delay.'],
    ['a name of several words', 'Write a letter to Alice about the delay.', 'Write a letter to Alice Mary Smith about the delay.'],
    ['case of the first word, spacing, punctuation', 'Explain this function.', 'explain   this (function)'],
  ])('%s: the same template', (_, one, other) => {
    expect(print(one).template).toEqual(print(other).template);
    expect(print(one).sketch).toEqual(print(other).sketch);
  });

  test.each([
    ['another word', 'Explain this function.', 'Explain this module.'],
    ['another order', 'first explain then test', 'first test then explain'],
    ['another letter outside ASCII', 'schön gemacht', 'schon gemacht'],
    ['another ideograph', '解释函数', '解释代码'],
  ])('%s: another template', (_, one, other) => {
    expect(print(one).template).not.toEqual(print(other).template);
  });

  test('the system prompt is hashed apart from the text, and none is [0, 0]', () => {
    const both = fingerprintPrompt({ system: 'you are a helper', text: 'sort this list' });
    expect(both.system).toEqual(fingerprintPrompt({ system: 'you are a helper' }).system);
    expect(both.template).toEqual(print('sort this list').template);
    expect(print('sort this list').system).toEqual([0, 0]);
    expect(fingerprintPrompt({ system: 'you are a helper' }).template).toEqual([0, 0]);
  });
});

const words =
  'write function that parses the given text into tokens while keeping every comment beside node it belongs to and then returns tree'.split(
    ' ',
  );

describe('the sketch', () => {
  test('one word changed of a paragraph keeps most of it; another paragraph keeps next to nothing', () => {
    const kept = words.map((_, at) => alike(words.join(' '), words.with(at, 'quickly').join(' ')));
    expect(kept.reduce((a, b) => a + b, 0) / kept.length).toBeGreaterThan(5.5);
    expect(alike(words.join(' '), 'please tell me whether a strict judge would prefer answer a or answer b and why')).toBeLessThanOrEqual(
      1,
    );
  });
  test('property: numbers and names put anywhere inside leave the sketch as it is', () => {
    const filler = fc.constantFrom('7', '2026', 'Alice', 'Paris', 'v12');
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: words.length }), filler), { maxLength: 8 }), (fillers) => {
        const text = [...words];
        for (const [at, word] of fillers) text.splice(at, 0, word);
        expect(alike(words.join(' '), text.join(' '))).toBe(SKETCH_SIZE);
      }),
    );
  });
});

describe('traits', () => {
  test.each([
    ['Think step by step and show your reasoning.', TRAIT.elicitsReasoning],
    ['Schritt für Schritt, bitte.', TRAIT.elicitsReasoning],
    // A word with a capital inside a sentence is taken for a name, German nouns too: not seen, and so no evidence.
    ['Erkläre es Schritt für Schritt.', 0],
    ['Grade the essay by the rubric.', TRAIT.grading],
    ['import numpy as np', TRAIT.code],
    ['As a strict judge, rate the code and lay out your thought process.', TRAIT.elicitsReasoning | TRAIT.grading | TRAIT.code],
    ['What is the weather like?', 0],
  ])('%s', (text, traits) => {
    expect(print(text).traits).toBe(traits);
  });
});

describe('the text form', () => {
  /** Vectors for gateways in other languages: a change here is a new version of the fingerprint, not a repair. */
  test.each([
    [{ text: '' }, 'f1.0000000000000000.0000000000000000.0000000000000000000000000000000000000000000000000000000000000000.00'],
    [
      { text: 'Explain step by step how Alice sorted 12 items.' },
      'f1.0000000000000000.2c494f1713f884a6.114d48ba000000001d68954f00000000000000000dfe94211282fcc208b84083.51',
    ],
    [
      { system: 'You are a strict judge.', text: 'Is answer A better than answer B?' },
      'f1.cb274fea99648de7.74583c2bff8d0509.00000000155992b20000000008687fee0000000014fefa801ff4a4c40b70d02a.52',
    ],
    [
      { text: '解释这个函数 für Élodie' },
      'f1.0000000000000000.2b2730bb9dac7cf2.0b5177cc00000000020c31d40f203400000000000ecba688079347ca08583cd6.40',
    ],
  ])('vector %#', (prompt, text) => {
    expect(fingerprintText(fingerprintPrompt(prompt))).toBe(text);
  });

  test('property: comes back as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), fc.string({ maxLength: 100 }), (text, system) => {
        const made = fingerprintPrompt({ system, text });
        expect(readFingerprint(fingerprintText(made))).toEqual(made);
        expect(fingerprintText(made)).toHaveLength(104);
      }),
    );
  });

  const valid = fingerprintText(print('sort this list'));
  test.each([
    ['empty', ''],
    ['another version', valid.replace('f1', 'f2')],
    ['too short', valid.slice(0, -1)],
    ['too long', `${valid}0`],
    ['not hex', valid.replace(/.$/, 'x')],
    ['unknown traits', valid.replace(/.$/, '8')],
    ['upper case', valid.toUpperCase()],
    ['a line break at the end', `${valid}\n`],
  ])('%s: not read', (_, text) => {
    expect(readFingerprint(text)).toBeUndefined();
  });
});

describe('bounds', () => {
  const long = (middle: string): string => `${'head word '.repeat(700)}${middle.repeat(20_000)}${' tail end'.repeat(300)}`;
  test('of a long prompt the head and the tail are read, the middle is not', () => {
    expect(READ_HEAD).toBeLessThan(7000);
    expect(READ_TAIL).toBeLessThan(2700);
    expect(print(long('a b')).template).toEqual(print(long('x y')).template);
    expect(print(`other ${long('a b')}`).template).not.toEqual(print(long('a b')).template);
    expect(print(`${long('a b')} other`).template).not.toEqual(print(long('a b')).template);
  });
  test.each([
    ['', 0],
    ['a', 1],
    ['abc', 2],
    ['x'.repeat(40_000), 15],
    ['x'.repeat(200_000), 15],
  ])('size class %#', (text, length) => {
    expect(print(text).length).toBe(length);
  });
  test('property: deterministic, values in range, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const made = print(text);
        expect(print(text)).toEqual(made);
        expect(made.sketch).toHaveLength(SKETCH_SIZE);
        for (const value of made.sketch) expect(value >= 0 && value <= 2 ** 29 && Number.isInteger(value)).toBe(true);
        for (const word of made.template) expect(word >= 0 && word < 2 ** 32).toBe(true);
      }),
    );
  });
});
