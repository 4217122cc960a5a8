import { isEvidence, type LockstepEvent } from '../../shared/contract/event';
import type { SegmentBuilder } from '../../shared/formats/segment';
import { factsOf } from '../../shared/identity/account-facts';
import { hashText, type KeyedHasher } from '../../shared/identity/keyed-hash';
import { rowOf, writePrevented, writeRow } from './usage-row';

/** Writes one parsed event into a segment: identifiers hashed, the prompt fingerprinted, both dropped. */
export function writeEvent(segment: SegmentBuilder, event: LockstepEvent, at: number, hasher: KeyedHasher): void {
  switch (event.type) {
    case 'lockstep.usage.v1':
      if (isEvidence(event.data.status)) writeRow(segment, rowOf(event, at, hasher), hasher);
      else writePrevented(segment, event, at, hasher);
      return;
    case 'lockstep.account.v1': {
      const account = segment.account(hasher.account(event.subject));
      const id = hasher.object('event', `${event.source}\0${event.id}`);
      segment.dictionaries.facts.push({ account, at, id: hashText(id), facts: factsOf(event.data, hasher) });
      return;
    }
    case 'lockstep.release.v1':
      segment.dictionaries.releases.push({ model: event.subject, at });
      return;
    case 'lockstep.verification.v1':
    case 'lockstep.referral.v1':
    case 'lockstep.key.v1':
      // No evidence: it goes to enforcement (read-messages.ts).
      return;
    default:
      event satisfies never;
  }
}
