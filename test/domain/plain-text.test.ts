import { LINES, ONE_LINE, printable, REASON } from '../../shared/domain/plain-text';

const unseen: string[] = [];
for (let code = 0; code <= 0x10ffff; code++) {
  const character = String.fromCodePoint(code);
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(character)) unseen.push(character);
}

test('every control and format character of Unicode is refused in one line, and shown as its code', () => {
  expect(unseen.length).toBeGreaterThan(200);
  const let_through = unseen.filter((character) => ONE_LINE.test(`a${character}b`) || REASON.test(`because${character} of it`));
  expect(let_through.map((character) => character.codePointAt(0)?.toString(16))).toEqual([]);
  for (const character of unseen) expect(printable(`a${character}b`)).toMatch(/^a\\u\{[0-9a-f]+\}b$/);
});

test('lines of text keep line breaks, tabs and the joiners of letters, and nothing else unseen', () => {
  const kept = unseen.filter((character) => LINES.test(`a${character}b`));
  expect(kept.map((character) => character.codePointAt(0))).toEqual([0x09, 0x0a, 0x0d, 0x200c, 0x200d]);
  expect(LINES.test('می‌خواهم 👩‍💻\nI wrote it')).toBe(true);
  expect(['', ' \n ', '\u200d\u200c'].filter((text) => LINES.test(text))).toEqual([]);
});

test('a reason has three characters that one can see at its ends', () => {
  expect(['abc', '  abc  ', 'a c', 'Отклонено', '理由あり'].filter((text) => !REASON.test(text))).toEqual([]);
  expect(['ab', '   ', '\u200b\u200b\u200b', 'a  ', 'abc\n', 'a\nb c', 'a\u001b[2Kb c'].filter((text) => REASON.test(text))).toEqual([]);
});
