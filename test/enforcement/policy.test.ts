import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ACTIONS } from '../../shared/domain/policy/enforcement-policy';
import { Policy, policyDigest, withMode } from '../../shared/domain/policy/policy';

const raw: unknown = JSON.parse(readFileSync(join(__dirname, '../../policies/recommended.json'), 'utf8'));

/** Every number in a policy document that has no reason beside it (`value` or `weight`, and `reason`). */
function bareNumbers(value: unknown, path: string): string[] {
  if (typeof value === 'number') return [path];
  if (typeof value !== 'object' || value === null) return [];
  const reasoned = 'reason' in value && typeof value.reason === 'string' && value.reason.length >= 10;
  return Object.entries(value).flatMap(([key, inner]) =>
    reasoned && (key === 'value' || key === 'weight') ? [] : bareNumbers(inner, `${path}.${key}`),
  );
}

describe('policies/recommended.json', () => {
  test('is a policy, and every number in it has its reason', () => {
    expect(Policy.safeParse(raw).error).toBeUndefined();
    expect(bareNumbers(raw, 'policy')).toEqual([]);
  });

  test('a number without a reason is noticed and refused', () => {
    const bare = JSON.parse(JSON.stringify(raw)) as { enforcement: { stop: { errors: unknown } } };
    bare.enforcement.stop.errors = 0.2;
    expect(bareNumbers(bare, 'policy')).toEqual(['policy.enforcement.stop.errors']);
    expect(Policy.safeParse(bare).success).toBe(false);
  });

  test('no rule suspends resellers, owners of stolen keys, people behind a shared origin, or anybody unclear', () => {
    const policy = Policy.parse(raw);
    const suspended = policy.enforcement.rules.filter((rule) => rule.action === 'suspend').map((rule) => rule.classification);
    expect(new Set(suspended)).toEqual(new Set(['distillation']));
  });

  test('from detection to full containment in auto mode takes less than an hour and a half', () => {
    const { hold, stages } = Policy.parse(raw).enforcement;
    expect(hold.maxMinutes.value + stages.reduce((sum, stage) => sum + stage.watchMinutes.value, 0)).toBeLessThan(90);
  });
});

test('the digest follows the numbers, not the order of keys', () => {
  const policy = Policy.parse(raw);
  const reversed = Policy.parse(Object.fromEntries(Object.entries(policy).reverse()));
  expect(policyDigest(reversed)).toBe(policyDigest(policy));
  const observing = withMode(policy, 'observe', 'nobody has reviewed it yet');
  expect(policyDigest(observing)).not.toBe(policyDigest(policy));
  for (const action of ACTIONS) expect(observing.enforcement.modes[action].value).toBe('observe');
});
