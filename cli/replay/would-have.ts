import { z } from 'zod';
import { planFor } from '../../functions/enforcement/policy/plan';
import type { Pipeline } from '../../local/pipeline';
import type { AccountFacts } from '../../shared/domain/account';
import { ActionName, MODES } from '../../shared/domain/policy/enforcement-policy';
import { DAY } from '../../shared/domain/time';

/** What one rule would do at the end of the input, and to what kinds of accounts: counts by what the provider knows of them. */
export const WouldHave = z.object({
  rule: z.string(),
  action: ActionName,
  mode: z.enum(MODES),
  /** The rule acts on nobody by itself: it puts the campaign before people. */
  people: z.boolean(),
  campaigns: z.int(),
  /** Accounts that would be acted on, and those that would be left to people because they are protected. */
  accounts: z.int(),
  protected: z.int(),
  /** Share of all accounts of the value that would be acted on, by feature and value: where one stands out, look before arming. */
  by: z.record(z.string(), z.record(z.string(), z.object({ accounts: z.int(), of: z.int() }))),
});
export type WouldHave = z.infer<typeof WouldHave>;

const AGES: readonly [days: number, name: string][] = [
  [7, 'under a week'],
  [30, 'a week to a month'],
  [365, 'a month to a year'],
  [Number.POSITIVE_INFINITY, 'a year and more'],
];

/** By what an account may be told apart from others without looking at what it does. */
const FEATURES: Readonly<Record<string, (facts: AccountFacts, now: number) => string>> = {
  plan: ({ plan }) => plan ?? 'not given',
  programme: ({ program }) => program ?? 'none',
  verification: ({ verification }) => verification ?? 'not given',
  organisation: ({ organization }) => (organization === undefined ? 'none' : 'given'),
  payment: ({ paymentInstrument }) => (paymentInstrument === undefined ? 'none' : 'given'),
  age: ({ createdAt }, now) => (createdAt === undefined ? 'not given' : AGES.find(([days]) => now - createdAt < days * DAY)![1]),
};

/** What the policy would do about the campaigns that stand, rule by rule, beside how many such accounts there are at all. */
export async function wouldHave(pipeline: Pipeline): Promise<WouldHave[]> {
  const now = pipeline.clock.now();
  const everybody = count(
    [...pipeline.detection.population.profiles.values()].map(({ facts }) => facts),
    now,
  );
  const rules = new Map<string, WouldHave & { facts: AccountFacts[] }>();
  for await (const { id } of pipeline.detection.campaigns.headers()) {
    const plan = await planFor(id, pipeline.enforcement);
    if (plan?.decision.kind !== 'act') continue;
    const { rule, action, mode, members } = plan.decision;
    const people = plan.policy.enforcement.rules.find(({ id }) => id === rule)?.mode?.value === 'assist';
    const tally = rules.get(rule) ?? { rule, action, mode, people, campaigns: 0, accounts: 0, protected: 0, by: {}, facts: [] };
    rules.set(rule, tally);
    tally.campaigns++;
    for (const { kind, account } of members) {
      if (kind === 'review') tally.protected++;
      if (kind !== 'act') continue;
      tally.accounts++;
      tally.facts.push(plan.facts.get(account) ?? {});
    }
  }
  return [...rules.values()].map(({ facts, ...tally }) => {
    const acted = count(facts, now);
    const by = Object.fromEntries(
      Object.entries(acted).map(([feature, values]) => [
        feature,
        Object.fromEntries([...values].map(([value, accounts]) => [value, { accounts, of: everybody[feature]?.get(value) ?? accounts }])),
      ]),
    );
    return { ...tally, by };
  });
}

function count(all: readonly AccountFacts[], now: number): Record<string, Map<string, number>> {
  return Object.fromEntries(
    Object.entries(FEATURES).map(([feature, valueIn]) => {
      const counts = new Map<string, number>();
      for (const facts of all) counts.set(valueIn(facts, now), (counts.get(valueIn(facts, now)) ?? 0) + 1);
      return [feature, counts];
    }),
  );
}

/** The same for a terminal. */
export function wouldHaveLines(rules: readonly WouldHave[]): string[] {
  if (rules.length === 0) return ['in shadow: nobody would have been acted on'];
  return rules.flatMap(({ rule, action, people, campaigns, accounts, by, protected: excluded }) => [
    `in shadow: ${rule} would ${people ? `put before people whether to ${action}` : action} ${accounts} accounts of ${campaigns} ${campaigns === 1 ? 'campaign' : 'campaigns'}${excluded > 0 ? `; ${excluded} protected ones are left to people` : ''}`,
    ...Object.entries(by).map(
      ([feature, values]) =>
        `  by ${feature}: ${Object.entries(values)
          .sort(([, a], [, b]) => b.accounts - a.accounts)
          .map(([value, { accounts: n, of }]) => `${value} ${n} of ${of}`)
          .join(', ')}`,
    ),
  ]);
}
