import type { ProducerName, ProducerSettings } from '../../../shared/contract/producer-settings';
import type { Rejection } from '../rejection';

/** One thing that a record says: an event of the contract (the schema has not seen it yet), or why there is none. */
export type Reading =
  /** `record`: the part of the record that this is about, in the record's own form; without, it is the whole. */
  | { kind: 'event'; event: unknown; record?: JsonObject }
  | { kind: 'refused'; rejection: Rejection; record?: JsonObject }
  /** About no model request: counted nowhere. */
  | { kind: 'ignored'; because: string };

export type JsonObject = { readonly [name: string]: unknown };

/** Knows the records of one kind of software by their shape, never by the name of a file, and reads them. Pure. */
export type Producer<Name extends ProducerName = ProducerName> = {
  readonly name: Name;
  /** What a person calls it. */
  readonly title: string;
  recognises(record: JsonObject, settings: ProducerSettings[Name]): boolean;
  /** `received`: when the record came, ms, for records that have no time of their own. */
  read(record: JsonObject, settings: NonNullable<ProducerSettings[Name]>, received: number): Iterable<Reading>;
};
