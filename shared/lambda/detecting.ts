import type { z } from 'zod';
import { stepFunctions } from '../aws/clients';
import { StepFunctionsTasks } from '../aws/step-functions-tasks';
import { systemClock as clock } from '../aws/system-clock';
import { KnownOperatorStore } from '../stores/campaigns/known-operator-store';
import { RegroupingStore } from '../stores/campaigns/regrouping-store';
import { LedgerStore } from '../stores/cases/ledger-store';
import type { DetectEnv } from '../wiring';
import { bucket, table } from './adapters';
import { livePolicy } from './live-policy';

/** What detecting needs, on AWS: its stores, and what people said it is to judge by and to look for, read anew at each call. */
export function detectingPorts(env: z.output<typeof DetectEnv>) {
  const books = table(env.ENFORCEMENT_TABLE);
  const ledger = new LedgerStore(books, clock);
  const operators = new KnownOperatorStore(ledger);
  const regroupings = new RegroupingStore(ledger);
  const archive = bucket(env.ARCHIVE_BUCKET);
  const tasks = env.SCREEN_MACHINE === 'none' ? undefined : new StepFunctionsTasks(stepFunctions(), env.SCREEN_MACHINE, archive);
  return {
    stores: { archive, features: table(env.FEATURES_TABLE), graph: table(env.GRAPH_TABLE) },
    clock,
    heldAtMost: env.HELD_ACCOUNTS,
    ...(tasks ? { carryOut: (items: readonly object[], key: string) => tasks.run(items, key) } : {}),
    live: livePolicy(books, clock),
    regroupings: () => regroupings.holding(),
    operators: () => operators.watched(clock.now()),
  };
}
