import type { Schemas } from '../../api';
import { words } from '../../format';

/** The numbers of a policy, and what an analyst makes of them. Pure: the page draws it. */
type Policy = Schemas['Policy'];

export const MODES = ['observe', 'shadow', 'assist', 'auto'];
/** One `{ value, reason }` of a policy. `name`: its whole path, which tells it from all others; `label`: the path within its section. */
export type Numbered = { name: string; path: readonly string[]; label: string; value: unknown; reason: string; optional?: boolean };
export type Edits = ReadonlyMap<string, { number: Numbered; value: unknown; reason: string }>;

const isReasoned = (part: unknown): part is { value: unknown; reason: string } =>
  typeof part === 'object' && part !== null && 'value' in part && 'reason' in part && typeof part.reason === 'string';

/** Every number inside a part of a policy that lies at `path`. */
export function numbersIn(part: unknown, path: readonly string[]): Numbered[] {
  const inside = (inner: unknown, below: readonly string[]): Numbered[] => {
    if (isReasoned(inner)) {
      const whole = [...path, ...below];
      return [{ name: whole.join('.'), path: whole, label: below.join(' '), value: inner.value, reason: inner.reason }];
    }
    if (typeof inner !== 'object' || inner === null) return [];
    return Object.entries(inner).flatMap(([name, next]) => inside(next, [...below, name]));
  };
  return inside(part, []);
}

/** Every number of a policy; those of a rule are named by the rule, so that rules may change places. */
export const numbersOf = (policy: Policy): Numbered[] => [
  ...policy.enforcement.rules.flatMap((rule) => numbersIn(rule, ['rules', rule.id])),
  ...numbersIn({ ...policy.enforcement, rules: [] }, []),
  ...numbersIn(policy.detection, ['detection']),
  ...(policy.admission ? numbersIn(policy.admission, ['admission']) : []),
];

/** Changes that have no reason of their own yet: the old one explains the old value. */
export const unexplained = (edits: Edits): string[] =>
  [...edits.values()]
    .filter(({ number, reason }) => reason.trim().length < 3 || reason.trim() === number.reason)
    .map(({ number }) => number.label);

/** The policy with these numbers in place of its own, under another name. What does not fit the schema the server says. */
export function edited(policy: Policy, edits: Edits, version: string): Policy {
  const next = structuredClone({ ...policy, version: version.trim() });
  for (const { number, value, reason } of edits.values()) {
    if (number.optional && value === '') continue;
    let at = next as unknown as Record<string, unknown>;
    for (const step of number.path.slice(0, -1)) at = at[step] as Record<string, unknown>;
    at[number.path.at(-1) ?? ''] = { value: likeBefore(value, number.value), reason: reason.trim() };
  }
  return next;
}

/** Text from a field, as the kind of value that stood there. */
function likeBefore(value: unknown, before: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (typeof before === 'number') return value.trim() === '' || Number.isNaN(Number(value)) ? value : Number(value);
  if (typeof before === 'boolean') return value === 'true' ? true : value === 'false' ? false : value;
  if (Array.isArray(before)) return value.split(',').flatMap((one) => (one.trim() === '' ? [] : [one.trim()]));
  return value;
}

export const spaced = (name: string): string =>
  words(
    name
      .replace(/([a-z])([A-Z])/g, '$1 $2')
      .replace(/[._]/g, ' ')
      .toLowerCase(),
  );
