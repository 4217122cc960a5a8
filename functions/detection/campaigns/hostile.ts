import type { Campaign, Kind } from '../../../shared/domain/campaigns/campaign';
import type { AccountKey } from '../../../shared/identity/ids';

const HOSTILE: ReadonlySet<Kind> = new Set(['distillation', 'reselling', 'hijacked-keys']);

export const isHostile = (kind: Kind): boolean => HOSTILE.has(kind);

/** Members of hostile campaigns: what they hold is not what people hold. Whoever may be an ordinary customer stays one of those whom others are compared with. */
export function* membersOfHostile(campaigns: readonly Campaign[]): Iterable<AccountKey> {
  for (const { kind, members } of campaigns) if (isHostile(kind)) for (const { account } of members) yield account;
}
