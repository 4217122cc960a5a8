import { csvOf } from '../../console/src/parts/csv';

test.each([
  ['plain', [['a', 1, null]], 'h\r\na,1,'],
  ['a comma, a quote, a line', [['x,y', 'he said "no"', 'one\ntwo']], 'h\r\n"x,y","he said ""no""","one\ntwo"'],
  [
    'what a spreadsheet would run is text',
    [['=HYPERLINK("http://x")', '+1', '-jW', '@a']],
    'h\r\n"\'=HYPERLINK(""http://x"")",\'+1,\'-jW,\'@a',
  ],
])('%s', (_name, rows, text) => {
  expect(csvOf(['h'], rows)).toBe(text);
});
