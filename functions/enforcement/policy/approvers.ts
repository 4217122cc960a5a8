import type { Decision } from '../../../shared/domain/cases/decision';
import type { EnforcementPolicy, Mode } from '../../../shared/domain/policy/enforcement-policy';

/** Distinct people it takes before so many accounts are acted on. Nobody to act on automatically: the case is about people's accounts only. */
export function approversFor(size: number, mode: Mode, { approval }: EnforcementPolicy): number {
  if (mode === 'auto' && size > 0) return size > approval.autoUpTo.value ? 2 : 0;
  return size > approval.twoAbove.value ? 2 : 1;
}

/** How many accounts a decision acts on, and how many it leaves to people. */
export function sizeOf({ members }: Extract<Decision, { kind: 'act' }>): { size: number; forPeople: number } {
  const count = (kind: 'act' | 'review'): number => members.filter((member) => member.kind === kind).length;
  return { size: count('act'), forPeople: count('review') };
}
