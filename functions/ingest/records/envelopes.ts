import { isPacked, unpackBody } from './inflate';
import { type Found, JsonValues } from './json-values';

/** Envelopes inside envelopes: SNS around an EventBridge event around a subscription is the longest chain that is known. */
export const DEEPEST_ENVELOPE = 3;
/** Values that one message, or one envelope, may hold. */
export const MOST_VALUES = 50_000;

export type S3Place = { bucket: string; key: string };
/** What a value turned out to be when it was taken out of its envelopes. */
export type Opened =
  | Found
  | { kind: 'notification'; line: number; places: S3Place[] }
  /** Sent by the platform and about nothing: counted nowhere. */
  | { kind: 'ignored'; line: number; because: string };

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The values inside a value: of SNS, EventBridge, a CloudWatch Logs subscription, S3. A value in no envelope is itself. */
export function* opened(found: Found, depth = 0): Generator<Opened> {
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
  const inner = depth < DEEPEST_ENVELOPE ? insideOf(value) : undefined;
  if (!inner) {
    yield found;
    return;
  }
  for (const one of inner) yield* opened({ ...one, line }, depth + 1);
}

/** The values of a text that a message, or an envelope, brings: plain, or packed and in base64. */
export function valuesOfText(text: string): Found[] {
  const trimmed = text.trimStart();
  if (!isPacked(trimmed)) return valuesAtMost(Buffer.from(text, 'utf8'), text);
  const { bytes, damage } = unpackBody(trimmed);
  const found = valuesAtMost(bytes, text);
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

function valuesAtMost(bytes: Uint8Array, text: string): Found[] {
  const values = new JsonValues();
  const found: Found[] = [];
  for (let at = 0; at < bytes.length; at += PIECE) {
    for (const one of values.push(bytes.subarray(at, at + PIECE))) found.push(one);
    if (found.length > MOST_VALUES) return [...found.slice(0, MOST_VALUES), tooMany(text)];
  }
  for (const one of values.end()) found.push(one);
  return found.length > MOST_VALUES ? [...found.slice(0, MOST_VALUES), tooMany(text)] : found;
}

const tooMany = (text: string): Found => ({
  kind: 'damaged',
  line: 1,
  code: 'too-many',
  because: `more than ${MOST_VALUES} values in one message; it is kept whole, and what stands before was taken`,
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

/** What an envelope holds; `undefined` for what is none. */
function insideOf(value: Record<string, unknown>): Found[] | undefined {
  if (value.Type === 'Notification' && typeof value.Message === 'string' && typeof value.TopicArn === 'string')
    return valuesOfText(value.Message);
  if (typeof value['detail-type'] === 'string' && 'detail' in value && typeof value.source === 'string')
    return typeof value.detail === 'string'
      ? valuesOfText(value.detail)
      : asFound(Array.isArray(value.detail) ? value.detail : [value.detail]);
  if (value.messageType === 'DATA_MESSAGE' && Array.isArray(value.logEvents))
    return value.logEvents.flatMap((event) =>
      isObject(event) && typeof event.message === 'string' ? valuesOfText(event.message) : asFound([event]),
    );
  if (isObject(value.awslogs) && typeof value.awslogs.data === 'string') return valuesOfText(value.awslogs.data);
  return undefined;
}

const asFound = (values: readonly unknown[]): Found[] => values.map((value) => ({ kind: 'value', line: 1, value }));
