import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { LegalHold } from '../../shared/domain/cases/legal-hold';
import { DAY, HOUR, hourOf } from '../../shared/domain/time';
import { shownEvent } from '../../shared/formats/shown-event';
import { type AccountKey, accountKey } from '../../shared/identity/ids';
import type { Clock, ObjectStore, Table } from '../../shared/ports';
import { accountOf, EventStore } from '../../shared/stores/archive/event-store';
import { HeldStore, heldKey } from '../../shared/stores/archive/held-store';
import type { CampaignStore } from '../../shared/stores/campaigns/campaign-store';
import type { LegalHoldStore } from '../../shared/stores/cases/legal-hold-store';

export type HoldPorts = {
  archive: ObjectStore;
  features: Pick<Table, 'get'>;
  campaigns: Pick<CampaignStore, 'get'>;
  holds: LegalHoldStore;
  clock: Clock;
  /** Days that the archive keeps chunks: before them there is nothing left to copy. */
  archiveDays: number;
};
export type Kept = { holds: number; hours: number; events: number; released: number; more: boolean; gone: string[] };

/** Hours times batches of one call: a few minutes. The next call goes on where this one stopped. */
const MOST_HOURS_A_CALL = 2_000;
/** Hours that are not over yet, or just were, change still; a later version of an hour is copied beside the one before. */
const HOUR_SETTLES_AFTER = 2 * HOUR;

/**
 * Copies what is held and not copied yet. May be repeated and stopped anywhere: an hour that is there in its newest version is not read
 * again. An hour whose chunks are gone already is named in `gone`, and stops nothing. Of holds that were released the copies go.
 */
export async function keepHeld(ports: HoldPorts, mostHours = MOST_HOURS_A_CALL): Promise<Kept> {
  const kept: Kept = { holds: 0, hours: 0, events: 0, released: 0, more: false, gone: [] };
  const store = new HeldStore(ports.archive);
  for (const hold of await ports.holds.all()) {
    if (hold.releasedAt !== null) {
      kept.released += await store.forget(hold.id);
      continue;
    }
    kept.holds++;
    await keepOne(hold, store, kept, mostHours, ports);
  }
  return kept;
}

async function keepOne(hold: LegalHold, store: HeldStore, kept: Kept, mostHours: number, ports: HoldPorts): Promise<void> {
  const now = ports.clock.now();
  const events = new EventStore(ports);
  const there = await store.keys(hold.id);
  const batches = await batchesOf(hold, store, ports);
  const from = Math.max(hourOf(hold.from), hourOf(now - ports.archiveDays * DAY) + HOUR);
  // The oldest first: those go first.
  for (let hour = from; hour + HOUR + HOUR_SETTLES_AFTER <= now; hour += HOUR) {
    const version = await events.version(hour);
    if (version === undefined) continue;
    for (const [batch, accounts] of batches.entries()) {
      const key = heldKey(hold.id, { hour, version, batch });
      if (there.has(key)) continue;
      if (kept.hours >= mostHours) {
        kept.more = true;
        return;
      }
      kept.hours++;
      const copied = await copyOf(new Set(accounts), hour, events);
      if (copied === undefined) kept.gone.push(key);
      else {
        kept.events += copied.events;
        await ports.archive.put(key, copied.bytes, { ifAbsent: true });
      }
    }
  }
}

/** Batches never change: whoever joined a campaign since is one more, so that no hour is read again for those before. Whoever left stays held. */
async function batchesOf(hold: LegalHold, store: HeldStore, { campaigns }: HoldPorts): Promise<AccountKey[][]> {
  const batches = await store.batches(hold.id);
  const known = new Set(batches.flat());
  const named: readonly AccountKey[] =
    hold.about.kind === 'accounts'
      ? hold.about.accounts
      : ((await campaigns.get(hold.about.campaign))?.members.map(({ account }) => account) ?? []);
  const joined = named.filter((account) => !known.has(account)).sort();
  if (joined.length === 0) return batches;
  const next = [...batches, joined.map(accountKey)];
  await store.putBatches(hold.id, next);
  return next;
}

/** One hour of some accounts, as it is kept: a line about itself, then a line an event. Undefined: its chunks are gone. */
async function copyOf(
  accounts: ReadonlySet<AccountKey>,
  hour: number,
  store: EventStore,
): Promise<{ bytes: Uint8Array; events: number } | undefined> {
  const found = await store.eventsOf(accounts, hour).catch((error: unknown) => {
    if (error instanceof Error && error.message.includes('missing from the archive')) return undefined;
    throw error;
  });
  if (!found) return undefined;
  const lines = found.places.map((place) => JSON.stringify({ account: accountOf(place), ...shownEvent(place) }));
  const chunks = [...new Set(found.places.map(({ segment }) => found.keys.get(segment) ?? ''))].sort();
  const digest = createHash('sha256')
    .update(lines.map((line) => `${line}\n`).join(''))
    .digest('hex');
  const head = JSON.stringify({ hour, version: found.version, events: lines.length, chunks, digest });
  return { bytes: gzipSync(`${[head, ...lines].join('\n')}\n`), events: lines.length };
}
