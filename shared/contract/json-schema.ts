import { z } from 'zod';
import { LockstepEvent } from './event';
import { ProducerSettings } from './producer-settings';

/** The contract of events as JSON Schema (2020-12), of what a sender may write: made from the schemas that validate. */
export const eventsSchema = (): object => ({
  title: 'Lockstep event v1',
  description:
    'One CloudEvents 1.0 object. Unknown fields are ignored; null is absent; values that are longer than said here are cut. Lists and lines of these are taken as well.',
  ...z.toJSONSchema(LockstepEvent, { io: 'input' }),
});

/** The settings of producers: `ingest.producers` of a stage, and the file of `--producers`. */
export const producersSchema = (): object => ({
  title: 'Lockstep producer settings',
  ...z.toJSONSchema(ProducerSettings, { io: 'input' }),
});
