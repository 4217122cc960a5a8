import type { Campaign, Classification } from '../../../shared/domain/campaigns/campaign';
import type { AccountKey } from '../../../shared/identity/ids';

const HOSTILE: ReadonlySet<Classification> = new Set(['distillation', 'reselling', 'hijacked-keys']);

export const isHostile = (classification: Classification): boolean => HOSTILE.has(classification);

/** Members of hostile campaigns: what they hold is not what people hold. Whoever may be an ordinary customer stays one of those whom others are compared with. */
export function* membersOfHostile(campaigns: readonly Campaign[]): Iterable<AccountKey> {
  for (const { classification, members } of campaigns) if (isHostile(classification)) for (const { account } of members) yield account;
}
