import { ACCOUNT_CHAIN, AccountState, standingIn } from '../../domain/cases/action';
import { accountKey } from '../../identity/ids';
import type { Clock, Table } from '../../ports';
import type { FlaggedStore } from '../campaigns/flagged-store';
import { type Appended, type ChainKind, type Draft, type Entry, LedgerStore } from './ledger-store';

/**
 * The ledger, keeping the list of flagged accounts in step: after an entry about an account, its row says where it stands.
 * The entry is the transition and the row a cache of it; a crash between the two is healed by the account's next entry
 * (asked, acknowledged and observed follow each other), and one account's page reads the ledger itself.
 */
export class StandingLedger extends LedgerStore {
  constructor(
    table: Table,
    clock: Clock,
    private readonly flagged: FlaggedStore,
  ) {
    super(table, clock);
  }

  override async append<S>(kind: ChainKind<S>, subject: string, head: Entry<S> | undefined, draft: Draft<S>): Promise<Appended<S>> {
    const appended = await super.append(kind, subject, head, draft);
    if (kind.prefix === ACCOUNT_CHAIN.prefix) {
      const { state, at } = appended.kind === 'appended' ? appended.entry : appended.head;
      await this.flagged.stands(accountKey(subject), standingIn(AccountState.parse(state)), at);
    }
    return appended;
  }
}
