import {
  isEvidence,
  type KeyEvent,
  type LockstepEvent,
  type ReferralEvent,
  type Status,
  type UsageEvent,
  type VerificationEvent,
} from '../../shared/contract/event';
import type { ProducerSettings } from '../../shared/contract/producer-settings';
import type { KeyNews } from '../../shared/domain/api-key';
import type { Arrivals } from '../../shared/domain/arrival';
import type { CanarySighting } from '../../shared/domain/campaigns/canary';
import type { ReferralNews } from '../../shared/domain/cases/referral';
import type { VerificationResult } from '../../shared/domain/cases/verification';
import { printable } from '../../shared/domain/plain-text';
import { hourOf } from '../../shared/domain/time';
import { type Segment, SegmentBuilder } from '../../shared/formats/segment';
import { segmentOf } from '../../shared/formats/segment-of';
import { canariesIn } from '../../shared/identity/canary';
import type { AccountKey } from '../../shared/identity/ids';
import { hashText, type KeyedHasher } from '../../shared/identity/keyed-hash';
import { arrivalAt, noteArrival } from './arrival';
import { type Candidate, candidatesOf, type Writer } from './candidates';
import { writeEvent } from './event-writer';
import { OLDEST, parseEvent } from './parse-event';
import { allowance, valuesOfText } from './records/envelopes';
import type { Found } from './records/json-values';
import type { Rejection } from './rejection';
import { writePrevented } from './usage-row';

export type Message = { id: string; body: string };
/** Values that were read from a file. */
export type Values = { id: string; values: Iterable<Found> };
/** The same, asked of the producers already. */
export type Candidates = { id: string; candidates: readonly Candidate[] };
export type Source = Message | Values | Candidates;

/** A record that was not taken: why, what to change, where it stood, and the record itself, which is kept where one role may read it. */
export type Refused = Rejection & { producer: Writer; message: string; line: number; record: unknown };

/** What our own action made of a request at some time (ms): then it is no evidence. */
export type EffectAt = (at: number) => 'limited' | 'blocked' | undefined;
/** The same for an account, if we ever acted on it. */
export type Effect = (account: AccountKey) => EffectAt | undefined;

/**
 * Events of one (event hour, account segment). `frame`: the bytes that are kept of them, if they were made ahead. `expected`: rows that
 * were read as prevented because an effect was known, not because the event says so.
 */
export type Part = { segment: number; columns: Segment; expected: readonly number[]; frame?: Uint8Array };

/** What was read from some messages: nothing of it is kept yet. */
export type Taken = {
  /** When they were read, ms: what is early or late was judged by it. */
  now: number;
  accepted: number;
  /** What came from whom. */
  arrivals: Arrivals;
  rejected: Refused[];
  events: Part[];
  /** Results of the provider's own checks: no evidence, and no part of the archive. */
  verifications: VerificationResult[];
  /** Canary tokens of ours in prompts, each once for an account. */
  sightings: CanarySighting[];
  /** What abuse desks of other clouds answered. */
  answers: ReferralNews[];
  /** API keys that were made, replaced or ended. */
  keys: KeyNews[];
};

export type ReadPorts = {
  now: number;
  hasher: KeyedHasher;
  segments: number;
  producers?: ProducerSettings;
  /** How old an event may be, ms: 14 days, but where people asked for late ones (redrive.ts). */
  oldest?: number;
  /** Replay only: what is known so far of what the provider's gateway would have done to a request. */
  effect?: Effect;
};

/** Of one message so many refusals are told apart: a message of nothing but line feeds and letters would make millions. */
export const MOST_REFUSED_OF_A_MESSAGE = 1_000;

/** Parses, validates, hashes and fingerprints the events of some messages. Pure: it keeps nothing and tells nobody. */
export function readMessages(
  messages: readonly Source[],
  { now, hasher, segments, producers = {}, oldest = OLDEST, effect }: ReadPorts,
): Taken {
  const collected = new Collected(hasher, segments, effect);
  const taken: Taken = {
    now,
    accepted: 0,
    arrivals: {},
    rejected: [],
    events: [],
    verifications: [],
    sightings: [],
    answers: [],
    keys: [],
  };
  const sighted = new Set<string>();
  for (const message of messages) {
    const before = taken.rejected.length;
    for (const candidate of candidatesIn(message, producers, now)) {
      const outcome = candidate.kind === 'refused' ? candidate : parseEvent(candidate.event, now, oldest);
      const { producer, line, record } = candidate;
      if (outcome.kind === 'event') {
        const { event, at } = outcome;
        if (event.type === 'lockstep.verification.v1') taken.verifications.push(resultOf(event, at, hasher));
        else if (event.type === 'lockstep.referral.v1') taken.answers.push(answerOf(event, at, hasher));
        else if (event.type === 'lockstep.key.v1') taken.keys.push(keyNewsOf(event, at, hasher));
        else collected.add(event, at);
        if (event.type === 'lockstep.usage.v1') noteCanaries(event, at, taken.sightings, sighted, hasher);
        taken.accepted++;
        noteArrival(arrivalAt(taken.arrivals, producer), event, at);
        continue;
      }
      taken.rejected.push({ ...outcome.rejection, producer, message: message.id, line, record });
      if ('body' in message && taken.rejected.length - before > MOST_REFUSED_OF_A_MESSAGE) {
        taken.rejected.splice(before, taken.rejected.length, { ...TOO_MANY, producer, message: message.id, line, record: message.body });
        break;
      }
    }
  }
  for (const { producer, code } of taken.rejected) {
    const { refused } = arrivalAt(taken.arrivals, producer);
    refused[code] = (refused[code] ?? 0) + 1;
  }
  return { ...taken, events: collected.events() };
}

const resultOf = ({ source, id, subject, data }: VerificationEvent, at: number, hasher: KeyedHasher): VerificationResult => {
  const { key: account, sealed } = hasher.account(subject);
  return { kind: 'result', account, sealed, at, event: hashText(hasher.object('event', `${source}\0${id}`)), ...data };
};

const answerOf = ({ source, id, subject, data }: ReferralEvent, at: number, hasher: KeyedHasher): ReferralNews => ({
  kind: 'referral',
  referral: subject,
  event: hashText(hasher.object('event', `${source}\0${id}`)),
  at,
  answer: data.answer,
  ...(data.reference === undefined ? {} : { reference: printable(data.reference) }),
});

/** Sealed beside its hash: an action has to name the key to the provider. */
const keyNewsOf = ({ source, id, subject, data }: KeyEvent, at: number, hasher: KeyedHasher): KeyNews => {
  const named = (key: string) => ({ key: hashText(hasher.object('api-key', key)), sealed: hasher.sealed(key) });
  const { change, by, replacedBy } = data;
  return {
    kind: 'key',
    account: hasher.account(subject).key,
    ...named(data.key),
    change,
    at,
    event: hashText(hasher.object('event', `${source}\0${id}`)),
    ...(by === undefined ? {} : { by }),
    ...(change !== 'rotated' || replacedBy === undefined || replacedBy === data.key ? {} : { replacedBy: named(replacedBy) }),
  };
};

/** Those that the gateway names, and those in a prompt that it sends; a token that was not made under the key is no token of ours. */
function noteCanaries({ subject, data }: UsageEvent, at: number, to: CanarySighting[], sighted: Set<string>, hasher: KeyedHasher): void {
  // What an action of ours stopped is evidence of nothing.
  if (!isEvidence(data.status)) return;
  const named = data.canaries ?? [];
  const found = data.prompt ? canariesIn([data.prompt.system, data.prompt.text, ...named], hasher) : canariesIn(named, hasher);
  if (found.length === 0) return;
  const { key: account, sealed } = hasher.account(subject);
  for (const hash of found) {
    const token = hashText(hash);
    const name = `${account}/${token}`;
    if (sighted.has(name)) continue;
    sighted.add(name);
    to.push({ kind: 'canary', account, sealed, token, at });
  }
}

const TOO_MANY: Rejection = {
  code: 'too-many',
  because: `more than ${MOST_REFUSED_OF_A_MESSAGE} records of one message do not fit; it is kept whole, and what fitted until then was taken`,
  fix: 'look at the first records of the message',
};

function* candidatesIn(message: Source, producers: ProducerSettings, now: number): Iterable<Candidate> {
  if ('candidates' in message) yield* message.candidates;
  // Each value of a file may be an envelope of its own; those of a message share what one message may hold.
  else if ('values' in message) for (const value of message.values) yield* candidatesOf(value, producers, now);
  else {
    const left = allowance();
    for (const value of valuesOfText(message.body, left)) yield* candidatesOf(value, producers, now, left);
  }
}

type Building = { hour: number; segment: number; builder: SegmentBuilder; expected: number[] };

/** Collects events by (event hour, account segment). */
class Collected {
  private readonly builders = new Map<string, Building>();
  /** Where the event before went: most go to the same. */
  private last: Building | undefined;

  constructor(
    private readonly hasher: KeyedHasher,
    private readonly segments: number,
    private readonly effect: Effect | undefined,
  ) {}

  add(event: LockstepEvent, at: number): void {
    const account = event.type === 'lockstep.release.v1' ? undefined : this.hasher.account(event.subject).key;
    const { builder, expected } = this.at(at, account);
    const status: Status | undefined = account && event.type === 'lockstep.usage.v1' ? this.effect?.(account)?.(at) : undefined;
    if (status && event.type === 'lockstep.usage.v1') {
      expected.push(builder.rows);
      writePrevented(builder, { ...event, data: { status } }, at, this.hasher);
    } else writeEvent(builder, event, at, this.hasher);
  }

  events(): Part[] {
    return [...this.builders.values()].map(({ segment, builder, expected }) => ({ segment, columns: builder.segment(), expected }));
  }

  /** Where an event of this time and account is written. */
  private at(at: number, account: AccountKey | undefined): Building {
    const hour = hourOf(at);
    const segment = this.segments === 1 || account === undefined ? 0 : segmentOf(account, this.segments);
    if (this.last?.hour !== hour || this.last.segment !== segment) this.last = this.building(hour, segment);
    return this.last;
  }

  private building(hour: number, segment: number): Building {
    const name = `${hour}/${segment}`;
    const known = this.builders.get(name);
    if (known) return known;
    const made = { hour, segment, builder: new SegmentBuilder(hour), expected: [] };
    this.builders.set(name, made);
    return made;
  }
}
