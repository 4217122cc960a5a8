import type { Clock, DeadLetterQueues, Table } from '../../../shared/ports';
import { AppealStore } from '../../../shared/stores/cases/appeal-store';
import { CaseStore } from '../../../shared/stores/cases/case-store';
import { LedgerStore } from '../../../shared/stores/cases/ledger-store';
import { ReferralStore } from '../../../shared/stores/cases/referral-store';
import { SituationStore } from '../../../shared/stores/cases/situation-store';
import type { TellingDependencies } from './tell-people';

type Given = { table: Table; features: Table; deadLetters: DeadLetterQueues; clock: Clock };

/** The books that telling reads. It holds no right to write any of them but its own. */
export function openTelling({ table, features, deadLetters, clock }: Given): TellingDependencies {
  const ledger = new LedgerStore(table, clock);
  return {
    table,
    features,
    deadLetters,
    clock,
    cases: new CaseStore(table, ledger),
    appeals: new AppealStore(table, ledger),
    referrals: new ReferralStore(table, ledger),
    situations: new SituationStore(table),
  };
}
