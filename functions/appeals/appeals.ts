import type { Policy } from '../../shared/domain/policy/policy';
import type { AppealKeys } from '../../shared/identity/appeal-link';
import type { Clock, Queue, Table } from '../../shared/ports';
import { AppealStore } from '../../shared/stores/cases/appeal-store';
import { CaseStore } from '../../shared/stores/cases/case-store';
import { LedgerStore } from '../../shared/stores/cases/ledger-store';
import { RuleStore } from '../../shared/stores/rule-store';

/**
 * What this stage is given. It can neither restore nor suspend anybody: enforcement carries out what is decided here. `requests`: where
 * the public door hands appeals on, where it may not open them itself.
 */
export type AppealsWorld = {
  table: Table;
  clock: Clock;
  keys: () => Promise<AppealKeys>;
  policy: () => Promise<{ policy: Policy }>;
  requests?: Queue;
};

export type Appeals = AppealsWorld & { ledger: LedgerStore; appeals: AppealStore; cases: CaseStore; rules: RuleStore };

export function openAppeals(world: AppealsWorld): Appeals {
  const ledger = new LedgerStore(world.table, world.clock);
  return {
    ...world,
    ledger,
    appeals: new AppealStore(world.table, ledger),
    cases: new CaseStore(world.table, ledger),
    rules: new RuleStore(world.table, ledger),
  };
}
