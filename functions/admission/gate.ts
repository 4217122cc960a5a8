import { type Checked, type CheckPorts, check, unchecked } from './check';
import { Newcomer } from './newcomer';

export type Gate = (newcomer: unknown) => Promise<Checked>;

/** Checks at work at the same time: what comes on top is let in at once, so that a flood is answered and does not pile up in memory. */
const AT_ONCE = 512;

/** The check as a function: whatever it is given, it answers, and never throws. `atOnce`: checks at work at the same time, at most. */
export function gateOf(ports: CheckPorts, { atOnce = AT_ONCE }: { atOnce?: number } = {}): Gate {
  let working = 0;
  return async (given) => {
    const newcomer = Newcomer.safeParse(given);
    if (!newcomer.success) {
      const unread = fieldsOf(newcomer.error.issues);
      return { ...unchecked(`these are no fields of a newcomer: ${unread.join(', ')}`), unread };
    }
    if (working >= atOnce) return unchecked(`${atOnce} checks are at work already`);
    working++;
    try {
      return await check(newcomer.data, ports);
    } finally {
      working--;
    }
  };
}

type Issues = NonNullable<ReturnType<typeof Newcomer.safeParse>['error']>['issues'];

/** The fields that do not fit, by name; never what stood in them. */
const fieldsOf = (issues: Issues): string[] =>
  issues.flatMap(({ path, ...issue }) =>
    issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...path, key].join('.')) : [path.join('.') || 'the whole of it'],
  );
