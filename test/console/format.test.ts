import { readable, sentences, whyTitle } from '../../console/src/format';

test('reasons that are sentences follow one another; others are parted by semicolons', () => {
  expect(sentences([])).toBe('');
  expect(sentences(['It signed up like the network (18 times as likely).', 'It pays like it.'])).toBe(
    'It signed up like the network (18 times as likely). It pays like it.',
  );
  expect(sentences(['not unclear-review: no coordination', 'it was found by links'])).toBe(
    'not unclear-review: no coordination; it was found by links',
  );
});

test('counts of the server have separators; years and ids have none', () => {
  expect(readable('8103 times as likely for a member; 1140 accounts, since 2026, case 4711')).toBe(
    '8,103 times as likely for a member; 1,140 accounts, since 2026, case 4711',
  );
});

test('an account on which an action is in force is not left alone, though nothing more is done about it', () => {
  expect(whyTitle({ inForce: true, left: true })).toBe('Why this account');
  expect(whyTitle({ inForce: false, left: true })).toBe('Why it is left alone');
  expect(whyTitle({ inForce: false, left: false })).toBe('Why this account');
});
