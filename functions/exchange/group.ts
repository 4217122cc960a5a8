import { createHmac } from 'node:crypto';
import type { Family } from '../../shared/domain/campaigns/campaign';
import type { SharedIndicator } from '../../shared/domain/campaigns/shared-indicator';
import { subjectOf } from '../../shared/domain/campaigns/shared-indicator';
import type { Hash64 } from '../../shared/identity/ids';
import { hashText, type KeyedHasher } from '../../shared/identity/keyed-hash';
import { type Exchanged, type Item, labelOf } from './normalise';

/** As long as an identifier key. */
export const SHORTEST_SALT = 32;

/** A normalised value under the salt of a group, hex: the same in every lab that holds the salt, and nothing to anybody else. */
export function groupHash(item: Item, salt: string): string {
  if (salt.length < SHORTEST_SALT) throw new Error(`the salt of a group has ${SHORTEST_SALT} characters or more`);
  return createHmac('sha256', salt)
    .update(`lockstep/group/v1\0${labelOf(item)}`)
    .digest('hex');
}

const FAMILY: Readonly<Record<Exchanged, Family>> = {
  'network-prefix': 'infrastructure',
  'client-build': 'infrastructure',
  'signup-client': 'registration',
  'email-domain': 'registration',
  'system-prompt': 'content',
  'prompt-template': 'content',
};

/** What a value of ours is called in this deployment: its own keyed hash, as ingest makes it. A client may have been seen with or without a print. */
function ownHashes({ type, value }: Item, hasher: KeyedHasher): number[] {
  switch (type) {
    case 'network-prefix':
      return [hasher.fresh('prefix', value)];
    case 'email-domain':
      return [hasher.fresh('domain', value)];
    case 'signup-client':
      return [hasher.fresh('signup-client', value)];
    case 'client-build':
      return [hasher.fresh('client', `\n${value}`), hasher.fresh('client', `${value}\n`)];
    case 'system-prompt':
    case 'prompt-template': {
      const [high = 0, low = 0] = value.split('.').map(Number);
      return [hasher.words(high, low)];
    }
    default:
      return type satisfies never;
  }
}

export type Matched = { indicator: SharedIndicator; own: { type: Exchanged; hash: Hash64; family: Family }[] };

/**
 * Which indicators of the group are about values that this lab has met, and what those are called under its own identifier key. Nothing
 * is learned about the others: their hashes are all there is. Pure.
 */
export function matched(indicators: readonly SharedIndicator[], met: readonly Item[], salt: string, hasher: KeyedHasher): Matched[] {
  const items = new Map(met.map((item) => [`${item.type}/${groupHash(item, salt)}`, item]));
  return indicators.flatMap((indicator): Matched[] => {
    const about = subjectOf(indicator);
    const item = about && items.get(`${about.kind}/${about.hash}`);
    if (!item) return [];
    const own = ownHashes(item, hasher).map((hash) => ({ type: item.type, hash: hashText(hash), family: FAMILY[item.type] }));
    return [{ indicator, own }];
  });
}
