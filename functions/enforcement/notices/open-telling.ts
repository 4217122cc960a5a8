import type { Clock, Table } from '../../../shared/ports';
import { AppealStore } from '../../../shared/stores/cases/appeal-store';
import { CaseStore } from '../../../shared/stores/cases/case-store';
import { LedgerStore } from '../../../shared/stores/cases/ledger-store';
import type { TellingWorld } from './tell-people';

/** The books that telling reads. It holds no right to write any of them but its own. */
export function openTelling({ table, features, clock }: { table: Table; features: Table; clock: Clock }): TellingWorld {
  const ledger = new LedgerStore(table, clock);
  return { table, features, clock, cases: new CaseStore(table, ledger), appeals: new AppealStore(table, ledger) };
}
