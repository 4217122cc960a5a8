import { eraseFromDetection } from '../../functions/detection/erase';
import { askErasure, eraseFromEnforcement, keptOf, noteErased } from '../../functions/enforcement/commands/erase';
import type { Enforcement } from '../../functions/enforcement/enforcement';
import { eraseFromFeatures } from '../../functions/features/erase';
import { eraseFromRefused } from '../../functions/ingest/erase-refused';
import type { Command } from '../../shared/domain/person';
import type { AccountKey } from '../../shared/identity/ids';
import { accountKey } from '../../shared/identity/ids';
import type { Chance, ObjectStore, Stores } from '../../shared/ports';
import { ErasureStore } from '../../shared/stores/archive/erasure-store';

export type ErasePorts = {
  stores: Stores;
  enforcement: Enforcement;
  chance: Chance;
  /** Records kept as they came, which name the account by the provider's own id. */
  refused?: { store: ObjectStore; id: string };
};
export type Erasing =
  /** `removed`: by kind. All zero: nothing was there any more. */
  { kind: 'erased'; removed: Record<string, number>; kept: string[] } | { kind: 'refused' | 'busy'; because: string };

const KEY_CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const RANDOM_CHARACTERS = 15;

/**
 * Erases what is held of one account, and keeps what the law lets one keep (docs/runbook.md, "Erasing a person's data"). Every step may be
 * repeated, and a call that was killed is ended by the next.
 */
export async function eraseAccount(account: AccountKey, command: Command, ports: ErasePorts): Promise<Erasing> {
  const { stores, enforcement } = ports;
  const { clock } = enforcement;
  const asked = await askErasure(account, command, enforcement);
  if (asked.kind === 'refused') return asked;
  await new ErasureStore(stores.features).note(account, clock.now());
  const features = await eraseFromFeatures(account, stores, clock.now());
  const placeholder = unnamed(ports.chance);
  const detection = await eraseFromDetection(account, { stores, clock }, { owner: `erasure ${placeholder}`, placeholder });
  if (detection.kind === 'busy') return detection;
  const beside = await eraseFromEnforcement(account, placeholder, enforcement);
  const refused = ports.refused ? await eraseFromRefused(ports.refused.id, ports.refused.store) : 0;
  const { kind: _, ...found } = detection;
  const removed = { ...features, ...found, ...beside, refused };
  await noteErased(account, removed, command, enforcement);
  return { kind: 'erased', removed, kept: await keptOf(account, enforcement) };
}

/** Stands for somebody in what was counted: like an account's key, and nobody's. */
function unnamed(chance: Chance): AccountKey {
  const random = Array.from({ length: RANDOM_CHARACTERS }, () => KEY_CHARACTERS[Math.floor(chance.next() * KEY_CHARACTERS.length)]);
  return accountKey(`erased-${random.join('')}`);
}
