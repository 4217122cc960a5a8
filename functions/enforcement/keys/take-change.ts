import type { KeyNews } from '../../../shared/domain/api-key';
import type { Enforcement } from '../enforcement';

/** Takes what the provider said about a key. The same event twice is one change, in whatever order events come. */
export async function takeChange(
  { account, key, sealed, change, at, event, by, replacedBy }: KeyNews,
  { keys }: Pick<Enforcement, 'keys'>,
): Promise<{ kind: 'created' | 'rotated' | 'disabled' | 'already'; because: string }> {
  const said = { at, event, ...(by === undefined ? {} : { by }) };
  // The new key first: whoever reads that a key was replaced finds what by.
  if (replacedBy) await keys.change(account, replacedBy, { ...said, change: 'created' });
  const kept = await keys.change(account, { key, sealed }, { ...said, change, ...(replacedBy ? { replacedBy: replacedBy.key } : {}) });
  return kept === 'already' ? { kind: 'already', because: 'it is known' } : { kind: change, because: `key ${key} of account ${account}` };
}
