import type { LedgerEntry } from '../../../shared/domain/cases/ledger';
import { eventType, LEDGER_EVENTS, subjectOfChain } from '../../../shared/domain/cases/ledger-events';
import type { EventBus, OutgoingEvent } from '../../../shared/ports';
import type { Enforcement } from '../enforcement';
import { ENTRIES_SETTLE_AFTER, followLedger } from './follow';

/**
 * Publishes the ledger to the provider's own systems, entry by entry, in order, at least once: the id of an event is its
 * entry's hash. A crash publishes a page again and loses nothing.
 */
export async function publishLedger(bus: EventBus, deps: Pick<Enforcement, 'table' | 'ledger' | 'clock'>): Promise<{ published: number }> {
  const published = await followLedger(
    { pk: 'PUBLISHED', settled: ENTRIES_SETTLE_AFTER },
    (entries) => bus.publish(entries.flatMap(eventOf)),
    deps,
  );
  return { published };
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
