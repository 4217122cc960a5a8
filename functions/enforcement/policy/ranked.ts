import { createHash } from 'node:crypto';
import type { AccountKey, CaseId } from '../../../shared/identity/ids';

/** An order that is fixed for the case, the same for containing and for undoing, and says nothing about the accounts. */
export const ranked = (id: CaseId, accounts: readonly AccountKey[]): AccountKey[] =>
  accounts
    .map((account) => ({ account, rank: createHash('sha256').update(`${id}/${account}`).digest('hex') }))
    .sort((a, b) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0))
    .map(({ account }) => account);
