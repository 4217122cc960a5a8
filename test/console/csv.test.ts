import { readable } from '../../console/src/format';
import { csvOf } from '../../console/src/parts/csv';

test.each([
  ['plain', [['a', 1, null]], 'h\r\na,1,'],
  ['a comma, a quote, a line', [['x,y', 'he said "no"', 'one\ntwo']], 'h\r\n"x,y","he said ""no""","one\ntwo"'],
  [
    'what a spreadsheet would run is text',
    [['=HYPERLINK("http://x")', '+1', '-jW', '@a']],
    'h\r\n"\'=HYPERLINK(""http://x"")",\'+1,\'-jW,\'@a',
  ],
  ['so are wide signs, and a sign behind a line or a tab', [['＝1', '＠a', '\n=1', '\t=1']], "h\r\n'＝1,'＠a,\"'\n=1\",'\t=1"],
])('%s', (_name, rows, text) => {
  expect(csvOf(['h'], rows)).toBe(text);
});

test.each([
  ['2 approvers needed for 1140 accounts in mode assist', '2 approvers needed for 1,140 accounts in mode assist'],
  ['by their prompts, 74 % of 3510 requests ask', 'by their prompts, 74 % of 3,510 requests ask'],
  ['found by rule 9000-b, policy 0012', 'found by rule 9000-b, policy 0012'],
  ['found in 2026: 12 accounts', 'found in 2026: 12 accounts'],
])('%s', (text, shown) => {
  expect(readable(text)).toBe(shown);
});
