import { gateOf } from '../../functions/admission/gate';
import type { Table } from '../../shared/ports';
import { MEMORY } from '../support/sides';
import { contained, OPERATOR } from '../support/worlds/contained-operator';

test.each([
  [{ account: { password: 'hunter2' }, card: '4111' }, ['account.password', 'card']],
  [{ network: { ip: 7 } }, ['network.ip']],
  [{ prompt: ['text'] }, ['prompt']],
  ['a sign-up', ['the whole of it']],
  [null, ['the whole of it']],
  [undefined, ['the whole of it']],
  [[], ['the whole of it']],
])('what is no newcomer is let in unchecked and named: %j', async (given, unread) => {
  const { ports } = await contained(MEMORY);
  const answer = await gateOf(ports())(given);
  expect(answer).toEqual({
    checked: false,
    answer: 'allow',
    inAuto: 'allow',
    because: [`Let in without a check: these are no fields of a newcomer: ${unread.join(', ')}.`],
    resembles: null,
    verification: null,
    unread,
  });
  expect(JSON.stringify(answer)).not.toMatch(/hunter2|4111/);
});

test('a flood is answered: ten thousand at once, of which so many are looked up as fit, and nobody waits for the rest', async () => {
  const { ports, stores } = await contained(MEMORY);
  let now = 0;
  let most = 0;
  const graph: Table = {
    ...({} as Table),
    query: async (query) => {
      most = Math.max(most, ++now);
      await new Promise(setImmediate);
      now--;
      return stores.graph.query(query);
    },
  };
  const shown = 7;
  const gate = gateOf(ports({ graph, within: 60_000 }), { atOnce: 50 });
  const answers = await Promise.all(Array.from({ length: 10_000 }, () => gate(OPERATOR)));
  expect(answers.filter(({ checked, answer }) => checked && answer === 'hold')).toHaveLength(50);
  const rest = answers.filter(({ checked }) => !checked);
  expect(rest).toHaveLength(9_950);
  expect(new Set(rest.map(({ answer, because }) => `${answer} ${because[0]}`))).toEqual(
    new Set(['allow Let in without a check: 50 checks are at work already.']),
  );
  expect(most).toBeLessThanOrEqual(50 * 2 * shown);
  // The flood is over: the next is looked up again.
  expect(await gate(OPERATOR)).toMatchObject({ checked: true, answer: 'hold' });
});

test('a check that fails gives its place back', async () => {
  const { ports } = await contained(MEMORY);
  const broken: Table = {
    ...({} as Table),
    query: async () => {
      throw new TypeError('the table is away');
    },
  };
  const gate = gateOf(ports({ graph: broken }), { atOnce: 1 });
  for (let times = 0; times < 3; times++) expect((await gate(OPERATOR)).because).toEqual(['Let in without a check: it failed: TypeError.']);
});
