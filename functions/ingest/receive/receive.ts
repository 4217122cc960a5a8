import { createHash } from 'node:crypto';
import { type LockstepEvent, TENANCY_FIELDS } from '../../../shared/contract/event';
import type { ProducerSettings } from '../../../shared/contract/producer-settings';
import type { Scope } from '../../../shared/domain/producer-scope';
import { DAY } from '../../../shared/domain/time';
import type { Clock, Queue, Table } from '../../../shared/ports';
import { type Candidate, candidatesOf } from '../candidates';
import { parseEvent } from '../parse-event';
import { valuesOfText } from '../records/envelopes';
import { packedBody } from '../records/pack';
import { bodiesOf } from '../redrive';

/** Records of one request. */
export const MOST_RECORDS = 10_000;
/** What a message of the queue may hold, bytes. */
const LARGEST_MESSAGE = 1_000_000;
/** How long the same body is known again. */
const KNOWN_FOR = DAY;

export type ReceivePorts = { queue: Queue; table: Table; clock: Clock; producers: ProducerSettings };

/** What becomes of one event, in the order in which they stand in the body. */
export type Receipt =
  | { status: 'accepted' }
  /** The same source and id stood before in this body, or the body came before. */
  | { status: 'duplicate' }
  | { status: 'refused'; reason: string; field?: string; because: string; fix: string };

export type Received =
  | { kind: 'received'; receipts: Receipt[] }
  | { kind: 'nothing'; because: string }
  | { kind: 'too-many'; count: number };

/** How many records a body holds, for the quota; none of them are looked at. */
export const recordsIn = (body: string, { producers, clock }: Pick<ReceivePorts, 'producers' | 'clock'>): Candidate[] =>
  valuesOfText(body).flatMap((found) => candidatesOf(found, producers, clock.now()));

/**
 * Judges each event of a request as ingest will, and hands everything that is new to the queue: what is refused too, so that it is kept
 * and counted like what comes by queue and file. A scope that the key does not have is refused here and goes no further.
 */
export async function receive(candidates: readonly Candidate[], scopes: readonly Scope[], ports: ReceivePorts): Promise<Received> {
  if (candidates.length > MOST_RECORDS) return { kind: 'too-many', count: candidates.length };
  if (candidates.length > 0 && candidates.every(({ kind, record }) => kind === 'refused' && typeof record === 'string'))
    return { kind: 'nothing', because: 'The body is no JSON.' };
  const { clock, queue, table } = ports;
  const now = clock.now();
  const receipts: Receipt[] = [];
  const forwarded: unknown[] = [];
  const seen = new Set<string>();
  for (const candidate of candidates) {
    const receipt = judged(candidate, { now, scopes, seen });
    receipts.push(receipt.receipt);
    if (receipt.forward) forwarded.push(candidate.record);
  }
  if (forwarded.length === 0) return { kind: 'received', receipts };
  const bodies = bodiesOf(forwarded).map(packedBody);
  const tooLarge = bodies.find((body) => body.length > LARGEST_MESSAGE);
  if (tooLarge !== undefined)
    return { kind: 'nothing', because: 'One record is larger than a message of the queue, packed: 1,000,000 bytes.' };
  const digest = createHash('sha256').update(bodies.join('\n')).digest('hex');
  const row = { pk: `RECEIVED#${digest}`, sk: 'BODY', at: now, expires: Math.floor((now + KNOWN_FOR) / 1000) };
  if (await table.get(row.pk, row.sk))
    return { kind: 'received', receipts: receipts.map((one) => (one.status === 'accepted' ? { status: 'duplicate' } : one)) };
  await queue.send(bodies);
  // Noted behind the sending: a crash between the two sends it again, and ingest drops what it has.
  await table.put(row);
  return { kind: 'received', receipts };
}

type Judging = { now: number; scopes: readonly Scope[]; seen: Set<string> };

function judged(candidate: Candidate, { now, scopes, seen }: Judging): { receipt: Receipt; forward: boolean } {
  const outcome = candidate.kind === 'refused' ? candidate : parseEvent(candidate.event, now);
  if (outcome.kind !== 'event') {
    const { code: reason, field, because, fix } = outcome.rejection;
    return { receipt: { status: 'refused', reason, ...(field === undefined ? {} : { field }), because, fix }, forward: true };
  }
  const { event } = outcome;
  const outside = outOfScope(event, scopes);
  if (outside) return { receipt: { status: 'refused', reason: 'out-of-scope', ...outside }, forward: false };
  const identity = `${event.source}\0${event.id}`;
  if (seen.has(identity)) return { receipt: { status: 'duplicate' }, forward: false };
  seen.add(identity);
  return { receipt: { status: 'accepted' }, forward: true };
}

function outOfScope(event: LockstepEvent, scopes: readonly Scope[]): { field: string; because: string; fix: string } | undefined {
  const scope = SCOPE_OF[event.type];
  if (!scopes.includes(scope))
    return { field: 'type', because: `this key may not send ${event.type}`, fix: `use a key with the scope ${scope}` };
  if (event.type !== 'lockstep.usage.v1' || scopes.includes('tenant') || scopes.includes('account')) return undefined;
  const field = TENANCY_FIELDS.find((name) => event.data[name] !== undefined);
  return (
    field && {
      field: `data.${field}`,
      because: 'this key may not say whose tenant an account is',
      fix: `use a key with the scope tenant, or leave ${TENANCY_FIELDS.join(', ')} out`,
    }
  );
}

const SCOPE_OF = {
  'lockstep.usage.v1': 'usage',
  'lockstep.account.v1': 'account',
  'lockstep.release.v1': 'release',
  'lockstep.verification.v1': 'verification',
  'lockstep.referral.v1': 'referral',
  'lockstep.key.v1': 'key',
} as const;
