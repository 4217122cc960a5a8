import type { ProducerName, ProducerSettings } from '../../shared/contract/producer-settings';
import { isKnownType } from './parse-event';
import { producerOf, readAs } from './producers/index';
import { isObject } from './producers/reading';
import { type Allowance, opened, type S3Place } from './records/envelopes';
import type { Found } from './records/json-values';
import type { Rejection } from './rejection';

/** Who wrote a record: a producer, a gateway that writes the contract itself, or nobody we know. */
export type Writer = ProducerName | 'contract' | 'unknown';

/** What is to be judged by the schema and the clock, or was refused already; with the record itself, so that a refusal can be kept. */
export type Candidate = {
  line: number;
  producer: Writer;
  /** As it came: JSON, or the text of what is none. */
  record: unknown;
} & ({ kind: 'event'; event: unknown } | { kind: 'refused'; rejection: Rejection });

/** The events that some values hold, whoever wrote them: envelopes opened, producers asked. What is about no request is left out. `left`: of the message that they came in. */
export function candidatesOf(found: Found, settings: ProducerSettings, received: number, left?: Allowance): Candidate[] {
  const candidates: Candidate[] = [];
  for (const one of opened(found, left)) {
    const { line } = one;
    switch (one.kind) {
      case 'ignored':
        break;
      case 'damaged': {
        const { code, because, fix, text } = one;
        candidates.push({ kind: 'refused', line, producer: 'unknown', record: text, rejection: { code, because, fix } });
        break;
      }
      case 'notification':
        if (one.places.length > 0)
          candidates.push({
            kind: 'refused',
            line,
            producer: 'unknown',
            record: found.kind === 'value' ? found.value : undefined,
            rejection: notification(one.places),
          });
        break;
      case 'value':
        candidates.push(...candidatesIn(one.value, line, settings, received));
        break;
      default:
        one satisfies never;
    }
  }
  return candidates;
}

function candidatesIn(record: unknown, line: number, settings: ProducerSettings, received: number): Candidate[] {
  if (!isObject(record)) return [{ kind: 'event', line, producer: 'unknown', record, event: record }];
  if (isContract(record)) return [{ kind: 'event', line, producer: 'contract', record, event: record }];
  const producer = producerOf(record, settings);
  if (producer === undefined) return [{ kind: 'event', line, producer: 'unknown', record, event: record }];
  const candidates: Candidate[] = [];
  for (const reading of readAs(producer, record, settings, received)) {
    if (reading.kind === 'event')
      candidates.push({ kind: 'event', line, producer, record: reading.record ?? record, event: reading.event });
    else if (reading.kind === 'refused')
      candidates.push({ kind: 'refused', line, producer, record: reading.record ?? record, rejection: reading.rejection });
  }
  return candidates;
}

/** An event of ours, right or wrong: it says so. */
const isContract = (record: { readonly [name: string]: unknown }): boolean =>
  isKnownType(record.type) || (typeof record.type === 'string' && record.type.startsWith('lockstep.'));

const notification = (places: readonly S3Place[]): Rejection => ({
  code: 'notification',
  because: `S3 tells of ${places.length === 1 ? 'a file' : `${places.length} files`}; here only the events themselves are read`,
  fix: 'send notifications of S3 to the queue of files (FileQueueUrl), and name the bucket in ingest.sources',
});
