import type { ProducerName, ProducerSettings } from '../../../shared/contract/producer-settings';
import type { Rejection } from '../rejection';
import { accessLog } from './access-log';
import { bedrock } from './bedrock';
import { kong } from './kong';
import { litellm } from './litellm';
import { openmeter } from './openmeter';
import { otlp } from './otlp';
import type { JsonObject, Producer, Reading } from './producer';

/** One line each. */
export const producers: { readonly [Name in ProducerName]: Producer<Name> } = {
  litellm,
  bedrock,
  otlp,
  openmeter,
  kong,
  'access-log': accessLog,
};

const NAMES = Object.keys(producers) as ProducerName[];

/** The producer whose record this is by its shape, enabled or not. */
export const producerOf = (record: JsonObject, settings: ProducerSettings): ProducerName | undefined =>
  NAMES.find((name) => recognises(name, record, settings));

export const recognises = <Name extends ProducerName>(name: Name, record: JsonObject, settings: ProducerSettings): boolean =>
  producers[name].recognises(record, settings[name]);

/** What a record of `name` says; one refusal if the producer is not enabled. */
export function readAs<Name extends ProducerName>(
  name: Name,
  record: JsonObject,
  settings: ProducerSettings,
  received: number,
): Iterable<Reading> {
  const producer: Producer<Name> = producers[name];
  const enabled = settings[name];
  return enabled
    ? producer.read(record, enabled as NonNullable<ProducerSettings[Name]>, received)
    : [{ kind: 'refused', rejection: notEnabled(name) }];
}

const notEnabled = (name: ProducerName): Rejection => ({
  code: 'producer-not-enabled',
  because: `this is a record of ${producers[name].title}, which is not enabled`,
  fix: `set ingest.producers.${name}.account (replay: --producers FILE) to the path of the account in it, then send it again: docs/producers.md`,
});
