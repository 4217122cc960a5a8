import type { Profile } from '../../../functions/detection/profiles/profile';
import { taskMixes } from '../../../functions/detection/profiles/task-mix';
import { SUM } from '../../../shared/formats/features';
import { fc } from '../../support/property';
import { indexOf, profile, strangers } from '../../support/worlds/population';

type Asked = { tasks: Readonly<Record<string, number>>; input: number; output: number };

/** An account with so many labelled exchanges by task, of so many tokens each. */
function asking(name: string, { tasks, input, output }: Asked): Profile {
  const exchanges = Object.values(tasks).reduce((sum, count) => sum + count, 0);
  const made = profile(name, { exchanges });
  for (const [task, count] of Object.entries(tasks)) made.window.tasks.set(task, count);
  made.window.sums[SUM.input] = input * exchanges;
  made.window.sums[SUM.output] = output * exchanges;
  return made;
}
const coder: Asked = { tasks: { coding: 70, reasoning: 30 }, input: 900, output: 400 };
const common = (one: Asked, other: Asked): number => {
  const mine = new Set(taskMixes(asking('one', one)));
  return taskMixes(asking('other', other)).filter((name) => mine.has(name)).length;
};

describe('task mix', () => {
  test.each<[string, Asked, number]>([
    ['the same', coder, 2],
    ['the same, used for longer', { ...coder, tasks: { coding: 700, reasoning: 300 } }, 2],
    ['a rare third task besides', { ...coder, tasks: { coding: 70, reasoning: 30, vision: 2 } }, 2],
    ['a little off, across a border', { ...coder, tasks: { coding: 76, reasoning: 24 } }, 1],
    ['another task', { ...coder, tasks: { chat: 70, reasoning: 30 } }, 0],
    ['the same tasks turned round', { ...coder, tasks: { coding: 30, reasoning: 70 } }, 0],
    ['answers four times as long', { ...coder, output: 1_600 }, 0],
    ['too few to tell', { ...coder, tasks: { coding: 16, reasoning: 7 } }, 0],
  ])('%s', (_, other, names) => {
    expect(common(coder, other)).toBe(names);
  });
  test('property: how much an account is used changes nothing', () => {
    const counts = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 6 }).filter((all) => all.some((n) => n >= 24));
    fc.assert(
      fc.property(counts, fc.integer({ min: 2, max: 9 }), fc.integer({ min: 1, max: 9_000 }), (all, times, tokens) => {
        const asked = (factor: number): Asked => ({
          tasks: Object.fromEntries(all.map((n, i) => [`task-${i}`, n * factor])),
          input: tokens,
          output: tokens,
        });
        expect(taskMixes(asking('more', asked(times)))).toEqual(taskMixes(asking('less', asked(1))));
      }),
    );
  });
  test('says less than it takes to speak, so that alike tasks at one place link nobody', () => {
    const index = indexOf([asking('a', coder), asking('b', coder), ...strangers(400)]);
    const said = taskMixes(asking('c', coder)).map((name) => index.weight(index.find('task-mix', name)!));
    expect(said).toHaveLength(2);
    for (const nats of said) expect(nats).toBeCloseTo(0.7, 5);
  });
});
