import { isPacked, LARGEST_BODY, unpackBody } from './inflate';
import { type Found, JsonValues } from './json-values';

/** Envelopes inside envelopes: SNS around an EventBridge event around a subscription is the longest chain that is known. */
export const DEEPEST_ENVELOPE = 3;
/** Values that one message may hold, in all its envelopes together. */
export const MOST_VALUES = 50_000;

/** What is left to a message: bytes that its envelopes may be unpacked to, and values. Spent as it is read, however they lie in one another. */
export type Allowance = { bytes: number; values: number };
export const allowance = (): Allowance => ({ bytes: LARGEST_BODY, values: MOST_VALUES });

export type S3Place = { bucket: string; key: string };
/** What a value turned out to be when it was taken out of its envelopes. */
export type Opened =
  | Found
  | { kind: 'notification'; line: number; places: S3Place[] }
  /** Sent by the platform and about nothing: counted nowhere. */
  | { kind: 'ignored'; line: number; because: string };

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The values inside a value: of SNS, EventBridge, a CloudWatch Logs subscription, S3. A value in no envelope is itself. */
export function* opened(found: Found, left: Allowance = allowance(), depth = 0): Generator<Opened> {
  // JSON as text inside JSON, as log shippers and queues in front of queues write it.
  if (found.kind === 'value' && typeof found.value === 'string' && depth < DEEPEST_ENVELOPE && /^\s*[[{"]/.test(found.value)) {
    left.values++;
    for (const one of valuesOfText(found.value, left)) yield* opened({ ...one, line: found.line }, left, depth + 1);
    return;
  }
  if (found.kind === 'damaged' || !isObject(found.value)) {
    yield isPermissionCheck(found) ? { kind: 'ignored', line: found.line, because: 'Bedrock tried whether it may write' } : found;
    return;
  }
  const { line, value } = found;
  const test = platformOf(value);
  if (test !== undefined) {
    yield { kind: 'ignored', line, because: test };
    return;
  }
  const places = placesIn(value);
  if (places) {
    yield { kind: 'notification', line, places };
    return;
  }
  // An envelope is none of the values that a message may hold: its place is given back before it is opened.
  left.values++;
  const inner = depth < DEEPEST_ENVELOPE ? insideOf(value, left) : undefined;
  if (!inner) {
    left.values--;
    yield found;
    return;
  }
  for (const one of inner) yield* opened({ ...one, line }, left, depth + 1);
}

/** The values of a text that a message, or an envelope, brings: plain, or packed and in base64. */
export function valuesOfText(text: string, left: Allowance = allowance()): Found[] {
  const trimmed = text.trimStart();
  if (!isPacked(trimmed)) return valuesAtMost(Buffer.from(text, 'utf8'), text, left);
  const { bytes, damage } = unpackBody(trimmed, left.bytes);
  left.bytes -= bytes.length;
  const found = valuesAtMost(bytes, text, left);
  if (damage) {
    // What was cut off is part of the damage, not one more value that is no JSON.
    const last = found.at(-1);
    if (last?.kind === 'damaged' && last.code === 'not-json') found.pop();
    found.push({ kind: 'damaged', line: 1, ...damage, fix: FIXES[damage.code], text });
  }
  return found;
}

const FIXES = {
  'bad-encoding': 'gzip or zstd the events, then base64 the result; check that it was not cut',
  'too-large': 'send smaller envelopes; 64 KB compressed is the cheapest size',
};

/** Bytes that are looked through before it is asked whether there are too many values. */
const PIECE = 64 * 1024;

function valuesAtMost(bytes: Uint8Array, text: string, left: Allowance): Found[] {
  const values = new JsonValues();
  const found: Found[] = [];
  for (let at = 0; at < bytes.length && found.length <= left.values; at += PIECE)
    for (const one of values.push(bytes.subarray(at, at + PIECE))) found.push(one);
  if (found.length <= left.values) for (const one of values.end()) found.push(one);
  const most = left.values;
  left.values = Math.max(0, most - found.length);
  return found.length > most ? [...found.slice(0, most), tooMany(text)] : found;
}

const tooMany = (text: string): Found => ({
  kind: 'damaged',
  line: 1,
  code: 'too-many',
  because: `more than ${MOST_VALUES} values in one message; what stands before was taken, the text that goes beyond is kept whole`,
  fix: 'send smaller envelopes',
  text,
});

/** Why a value is about nothing. */
function platformOf(value: Record<string, unknown>): string | undefined {
  if (value.Event === 's3:TestEvent') return 'S3 tried whether it may notify';
  if (value.messageType === 'CONTROL_MESSAGE' && 'logEvents' in value) return 'CloudWatch tried whether it may deliver';
  return undefined;
}

const isPermissionCheck = (found: Found): boolean =>
  found.kind === 'damaged' && found.code === 'not-json' && found.text.startsWith('Permissions are set correctly for Amazon Bedrock logs');

/** The objects that a notification of S3 names: its own form, with keys encoded as in a form, or EventBridge's, with keys as they are. */
function placesIn(value: Record<string, unknown>): S3Place[] | undefined {
  if (value.source === 'aws.s3' && typeof value['detail-type'] === 'string' && isObject(value.detail)) {
    const { bucket, object } = value.detail;
    if (isObject(bucket) && isObject(object) && typeof bucket.name === 'string' && typeof object.key === 'string')
      return value['detail-type'] === 'Object Created' ? [{ bucket: bucket.name, key: object.key }] : [];
  }
  if (!Array.isArray(value.Records) || value.Records.length === 0) return undefined;
  const places: S3Place[] = [];
  for (const record of value.Records) {
    if (!isObject(record) || record.eventSource !== 'aws:s3' || !isObject(record.s3)) return undefined;
    const { bucket, object } = record.s3;
    if (!isObject(bucket) || !isObject(object) || typeof bucket.name !== 'string' || typeof object.key !== 'string') return undefined;
    if (typeof record.eventName === 'string' && !record.eventName.startsWith('ObjectCreated')) continue;
    places.push({ bucket: bucket.name, key: decodedKey(object.key) });
  }
  return places;
}

/** `+` is a space, `%2B` a plus. A key that is no such text is taken as it is. */
function decodedKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return key;
  }
}

/** What an envelope holds, as it is asked for; `undefined` for what is none. */
function insideOf(value: Record<string, unknown>, left: Allowance): Iterable<Found> | undefined {
  if (value.Type === 'Notification' && typeof value.Message === 'string' && typeof value.TopicArn === 'string')
    return valuesOfText(value.Message, left);
  if (typeof value['detail-type'] === 'string' && 'detail' in value && typeof value.source === 'string')
    return typeof value.detail === 'string'
      ? valuesOfText(value.detail, left)
      : asFound(Array.isArray(value.detail) ? value.detail : [value.detail], left);
  if (value.messageType === 'DATA_MESSAGE' && Array.isArray(value.logEvents)) return loggedEvents(value.logEvents, left);
  if (isObject(value.awslogs) && typeof value.awslogs.data === 'string') return valuesOfText(value.awslogs.data, left);
  return undefined;
}

function* loggedEvents(events: readonly unknown[], left: Allowance): Iterable<Found> {
  for (const event of events)
    yield* isObject(event) && typeof event.message === 'string' ? valuesOfText(event.message, left) : asFound([event], left);
}

function asFound(values: readonly unknown[], left: Allowance): Found[] {
  const most = left.values;
  left.values = Math.max(0, most - values.length);
  const found = values.slice(0, most).map((value): Found => ({ kind: 'value', line: 1, value }));
  return values.length > most ? [...found, tooMany(JSON.stringify(values.slice(most)))] : found;
}
