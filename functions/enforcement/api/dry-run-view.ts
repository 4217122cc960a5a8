import { z } from '@hono/zod-openapi';
import { mayAct, type Person } from '../../../shared/domain/person';
import type { DryRun } from '../policy/dry-run';
import { BY_HAND } from '../policy/plan';

const Count = z.record(z.string(), z.int());

/** A preview as the API shows it. `decision` is `act` when something would be done. */
export const DryRunView = z
  .object({
    decision: z.enum(['act', 'no-action', 'watch']),
    because: z.array(z.string()),
    rule: z.string().nullable(),
    action: z.string().nullable(),
    mode: z.string().nullable(),
    accounts: z.int().openapi({ description: 'Accounts that would be acted on.' }),
    size: z.int().openapi({ description: 'With those that the case acted on already: what approvers and stages are counted by.' }),
    byPlan: Count,
    protectedCount: z.int(),
    protected: z
      .array(z.object({ account: z.string(), because: z.string() }))
      .openapi({ description: 'Accounts that only people may act on; the first 100.' }),
    excluded: Count.openapi({ description: 'Members left alone, by reason.' }),
    approvers: z.int(),
    stages: z.array(z.object({ share: z.number(), accounts: z.int() })),
    minutesToContainment: z.object({ least: z.number(), most: z.number() }).nullable(),
    budget: z.object({ left: z.int(), because: z.string() }).nullable(),
    armed: z.boolean(),
    seen: z
      .string()
      .nullable()
      .openapi({ description: 'Whom and how many this is about. A command that carries it is refused when that changed.' }),
  })
  .openapi('DryRun');

const MOST_PROTECTED = 100;

export function dryRunView(run: Exclude<DryRun, { kind: 'unknown' }>, to: Person): z.infer<typeof DryRunView> {
  switch (run.kind) {
    case 'nothing':
      return {
        decision: run.decision,
        because: [...run.because],
        rule: null,
        action: null,
        mode: null,
        accounts: 0,
        size: 0,
        byPlan: {},
        protectedCount: 0,
        protected: [],
        excluded: {},
        approvers: 0,
        stages: [],
        minutesToContainment: null,
        budget: null,
        armed: false,
        seen: null,
      };
    case 'would-act': {
      const { kind: _kind, members: _members, because, stages, byPlan, excluded, ...rest } = run;
      return {
        ...rest,
        decision: 'act',
        // What somebody wrote to open a case is for those who decide about it.
        because: run.rule === BY_HAND && !mayAct(to, 'reviewer') ? ['opened by hand'] : [...because],
        byPlan: { ...byPlan },
        excluded: { ...excluded },
        stages: stages.map((stage) => ({ ...stage })),
        protectedCount: run.protected.length,
        protected: run.protected.slice(0, MOST_PROTECTED).map(({ account, because: why }) => ({ account, because: why })),
      };
    }
    default:
      return run satisfies never;
  }
}
