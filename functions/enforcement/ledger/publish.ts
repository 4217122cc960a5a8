import type { LedgerEntry } from '../../../shared/domain/ledger';
import { eventType, LEDGER_EVENTS, subjectOfChain } from '../../../shared/domain/ledger-events';
import { DAY, dayOf, SECOND } from '../../../shared/domain/time';
import type { EventBus, OutgoingEvent } from '../../../shared/ports';
import type { Enforcement } from '../enforcement';

const CURSOR = { pk: 'PUBLISHED', sk: 'CURSOR' };
/** Entries are published once they are this old: by then every pointer of the feed before them is in place. */
const SETTLED = 60 * SECOND;
const PAGE = 200;

/**
 * Publishes the ledger to the provider's own systems, entry by entry, in order, at least once: the id of an event is its
 * entry's hash. It reads the feed from where it stopped; a crash publishes a page again and loses nothing.
 */
export async function publishLedger(bus: EventBus, world: Pick<Enforcement, 'table' | 'ledger' | 'clock'>): Promise<{ published: number }> {
  const until = new Date(world.clock.now() - SETTLED).toISOString();
  const cursor = await world.table.get(CURSOR.pk, CURSOR.sk);
  let day = Number(cursor?.day ?? dayOf(world.clock.now()) - DAY);
  let after = cursor?.after === undefined ? undefined : String(cursor.after);
  let published = 0;
  for (;;) {
    const page = await world.ledger.feedUntil(day, { limit: PAGE, until, ...(after === undefined ? {} : { after }) });
    if (page.entries.length > 0) await bus.publish(page.entries.flatMap(eventOf));
    published += page.entries.length;
    if (page.last !== undefined) after = page.last;
    const dayIsOver = page.last === undefined && new Date(day + DAY).toISOString() <= until;
    if (dayIsOver) {
      day += DAY;
      after = undefined;
    }
    await world.table.put({ ...CURSOR, day, ...(after === undefined ? {} : { after }) });
    if (page.last === undefined && !dayIsOver) return { published };
  }
}

/** `lockstep.case.contained`, `lockstep.account.suspend-asked`, … (docs/events.md): keyed hashes and words, no raw identifier and no sealed one. */
function eventOf(entry: LedgerEntry & { hash: string }): OutgoingEvent[] {
  const about = subjectOfChain(entry.chain);
  // What is no chain of ours, and a word that we do not have, was written by somebody else: verifying finds it, nobody is told it.
  if (!about || !LEDGER_EVENTS[about.subject].words.some((word) => word === entry.what)) return [];
  return [
    {
      id: entry.hash,
      type: eventType(about.subject, entry.what),
      time: entry.at,
      // What a rule said goes out; what people wrote, and who they are, stays in the ledger.
      detail: {
        [about.subject]: about.id,
        sequence: entry.sequence,
        actor: entry.actor.kind,
        because: entry.actor.kind === 'policy' ? entry.because : [],
      },
    },
  ];
}
