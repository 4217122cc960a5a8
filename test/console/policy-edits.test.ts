import { edited, numbersOf, unexplained } from '../../console/src/pages/policies/policy-edits';
import recommended from '../../policies/recommended.json';
import { Policy, policyDigest } from '../../shared/domain/policy/policy';

const policy = Policy.parse(recommended);
const numberAt = (name: string) => {
  const found = numbersOf(policy).find((one) => one.name === name);
  if (!found) throw new Error(`there is no ${name}`);
  return found;
};
const editing = (path: string, value: unknown, reason: string) => {
  const number = { ...numberAt('budget.perHour'), name: path, path: path.split('.') };
  return new Map([[path, { number, value, reason }]]);
};

test('every number of the schema can be edited, the check of newcomers included', () => {
  const names = numbersOf(policy).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toEqual(
    expect.arrayContaining(['admission.holdFrom', 'rules.distillation-suspend.size', 'detection.windowDays', 'modes.suspend']),
  );
  expect(names.length).toBeGreaterThan(100);
});

test('a change is the same policy with one number and its reason, and parses as one', () => {
  const next = Policy.parse(edited(policy as never, editing('enforcement.budget.perHour', '40', 'fewer while we watch'), 'mine'));
  expect(next.enforcement.budget.perHour).toEqual({ value: 40, reason: 'fewer while we watch' });
  const back = { ...next, version: policy.version, enforcement: { ...next.enforcement, budget: policy.enforcement.budget } };
  expect(policyDigest(back)).toBe(policyDigest(policy));
});

test('a rule is given a mode of its own', () => {
  const number = {
    name: 'enforcement.rules.0.mode',
    path: ['enforcement', 'rules', '0', 'mode'],
    label: 'mode',
    value: '',
    reason: '',
    optional: true,
  };
  const next = Policy.parse(
    edited(policy as never, new Map([[number.name, { number, value: 'assist', reason: 'people look first' }]]), 'mine'),
  );
  expect(next.enforcement.rules[0]?.mode).toEqual({ value: 'assist', reason: 'people look first' });
});

test('a change without a reason of its own is named: the old reason explains the old value', () => {
  const { reason } = numberAt('budget.perHour');
  expect(unexplained(editing('enforcement.budget.perHour', '40', reason))).toHaveLength(1);
  expect(unexplained(editing('enforcement.budget.perHour', '40', ' '))).toHaveLength(1);
  expect(unexplained(editing('enforcement.budget.perHour', '40', 'fewer while we watch'))).toEqual([]);
});

test('what is no number stays what was typed, so that the server says what is wrong with it', () => {
  const next = edited(policy as never, editing('enforcement.budget.perHour', 'many', 'no number'), 'mine');
  expect(Policy.safeParse(next).success).toBe(false);
});
