import {
  AccountEvent,
  KeyEvent,
  type LockstepEvent,
  ReferralEvent,
  ReleaseEvent,
  UsageEvent,
  VerificationEvent,
} from '../../shared/contract/event';
import { readFingerprint } from '../../shared/contract/prompt-fingerprint';
import { tidied } from '../../shared/contract/tidy';
import { DAY, iso, MINUTE } from '../../shared/domain/time';
import type { Rejection } from './rejection';

export type Parsed = { kind: 'event'; event: LockstepEvent; at: number } | { kind: 'rejected'; rejection: Rejection };

/** Events outside [now − 14 days, now + 10 minutes] are kept aside and counted as late or early. */
export const LATEST = 10 * MINUTE;
export const OLDEST = 14 * DAY;
/** How old an event may be that somebody sends again although it was late: a day less than its hour's manifest and folds are kept (45 days). */
export const OLDEST_AGAIN = 44 * DAY;

const TYPES = {
  'lockstep.usage.v1': UsageEvent,
  'lockstep.account.v1': AccountEvent,
  'lockstep.release.v1': ReleaseEvent,
  'lockstep.verification.v1': VerificationEvent,
  'lockstep.referral.v1': ReferralEvent,
  'lockstep.key.v1': KeyEvent,
} as const;
const typeOf = (value: object): unknown => ('type' in value ? value.type : undefined);
export const isKnownType = (type: unknown): type is keyof typeof TYPES => typeof type === 'string' && Object.hasOwn(TYPES, type);

const rejected = (code: Rejection['code'], because: string, fix: string, field?: string): Parsed => ({
  kind: 'rejected',
  rejection: { code, because, fix, ...(field === undefined ? {} : { field }) },
});

/** `unknown` comes in, an event or a reason goes out. `oldest`: how old it may be, ms. */
export function parseEvent(value: unknown, now: number, oldest = OLDEST): Parsed {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return rejected(
      'not-an-object',
      `a ${Array.isArray(value) ? 'list' : typeof value} where an event object should be`,
      'send CloudEvents 1.0 objects',
    );
  const type = typeOf(value);
  if (!isKnownType(type))
    return rejected(
      'unknown-type',
      typeof type === 'string' ? 'the type is not one of this contract' : 'there is no type',
      `use one of ${Object.keys(TYPES).join(', ')}`,
      'type',
    );
  let parsed = TYPES[type].safeParse(value);
  // Most fit as they are.
  if (!parsed.success) parsed = TYPES[type].safeParse(tidied(value));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const field = issue?.path.join('.') ?? '';
    return rejected(
      'invalid-field',
      `${field}: ${issue?.message ?? 'does not fit'}`,
      FIXES[field] ?? `see ${field} in the event contract`,
      field,
    );
  }
  return inTime(parsed.data, now, oldest);
}

/** What is left to ask of an event that fits the schema: its fingerprint if it brings one, and its time. */
function inTime(event: LockstepEvent, now: number, oldest: number): Parsed {
  const at = Date.parse(event.time);
  if (
    event.type === 'lockstep.usage.v1' &&
    event.data.prompt?.fingerprint !== undefined &&
    !readFingerprint(event.data.prompt.fingerprint)
  ) {
    return rejected(
      'invalid-field',
      'data.prompt.fingerprint: not a version 1 fingerprint',
      'compute it with the published function (docs/fingerprint.md)',
      'data.prompt.fingerprint',
    );
  }
  const outside = outOfTime(at, now, oldest);
  return outside ? { kind: 'rejected', rejection: outside } : { kind: 'event', event, at };
}

/** Why an event that was served at `at` is not taken at `now`, where it may be `oldest` old (all ms). */
export function outOfTime(at: number, now: number, oldest = OLDEST): Rejection | undefined {
  if (at > now + LATEST)
    return {
      code: 'early',
      at,
      because: `time: more than 10 minutes ahead of ${iso(now)}`,
      fix: 'check the clock of the gateway; the event is kept, and taken when its time comes',
      field: 'time',
    };
  if (at < now - oldest)
    return {
      code: 'late',
      at,
      because: `time: more than ${oldest / DAY} days before ${iso(now)}`,
      fix:
        oldest < OLDEST_AGAIN
          ? `send events within ${oldest / DAY} days; this one is kept aside: npm run redrive -- send --reason late has it taken, up to ${OLDEST_AGAIN / DAY} days after its time`
          : 'what belonged to its hour is not kept any more: it cannot be counted; a file of such events can be replayed (npm run replay)',
      field: 'time',
    };
  return undefined;
}

const FIXES: Record<string, string> = {
  specversion: 'set specversion to "1.0"',
  id: 'give every event a stable id of 1 to 512 characters: source and id together are the idempotency key',
  source: 'name the producer in 1 to 512 characters',
  subject: 'put the account id (or the model id of a release) into subject',
  time: 'use RFC 3339, for example 2026-04-22T00:00:03.125Z',
  data: 'put the fields of the event into data',
  'data.model': 'name the model requested in 1 to 128 characters',
  'data.inputTokens': 'send an integer of 0 or more',
  'data.outputTokens': 'send an integer of 0 or more',
  'data.durationMs': 'send whole milliseconds, 0 or more',
  'data.status': 'use one of ok, error, refused, limited, blocked',
  'data.result': 'use one of passed, failed, abandoned',
  'data.answer': 'use one of acknowledged, acted, declined',
  'data.reference': 'send one line of 1 to 128 characters',
  'data.key': 'send the id of the key in 1 to 512 characters, never its secret',
  'data.change': 'use one of created, rotated, disabled',
  'data.replacedBy': 'send the id of the key that took its place, or leave it out',
  'data.by': 'use one of owner, provider, or leave it out',
  'data.cloud': 'name the cloud in lower-case letters, digits and -, at most 32',
  'data.tenant': 'send what that cloud calls the tenant as text, in quotes',
  'data.billingAccount': 'send what that cloud calls who pays as text, in quotes',
  'data.method': 'use one of identity, card, phone, email, other',
  'data.tools': 'send the number of tool definitions, 0 or more',
};
