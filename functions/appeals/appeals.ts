import type { Policy } from '../../shared/domain/policy/policy';
import type { AppealKeys } from '../../shared/identity/appeal-link';
import type { Clock, Queue, Table } from '../../shared/ports';
import { AppealStore } from '../../shared/stores/cases/appeal-store';
import { CaseStore } from '../../shared/stores/cases/case-store';
import { LedgerStore } from '../../shared/stores/cases/ledger-store';
import { RuleStore } from '../../shared/stores/rule-store';

/**
 * What this stage is given. It can neither restore nor suspend anybody: enforcement carries out what is decided here. `requests`: where
 * the public handler hands appeals on, where it may not open them itself.
 */
export type AppealsWorld = {
  table: Table;
  clock: Clock;
  keys: () => Promise<AppealKeys>;
  policy: () => Promise<{ policy: Policy }>;
  requests?: Queue;
};

export type Appeals = AppealsWorld & { ledger: LedgerStore; appeals: AppealStore; cases: CaseStore; rules: RuleStore };

export function openAppeals(deps: AppealsWorld): Appeals {
  const ledger = new LedgerStore(deps.table, deps.clock);
  return {
    ...deps,
    ledger,
    appeals: new AppealStore(deps.table, ledger),
    cases: new CaseStore(deps.table, ledger),
    rules: new RuleStore(deps.table, ledger),
  };
}
