import { gunzipSync } from 'node:zlib';
import { linesIn, type TextLines } from './line-splitter';
import type { Rejection } from './parse-event';

/** What one message may hold after decompression. */
export const LARGEST_BODY = 8 * 1024 * 1024;

export type Unwrapped = { kind: 'lines'; lines: TextLines } | { kind: 'rejected'; rejection: Rejection };

/**
 * The events of one message body, each where it lies in the bytes: a JSON object, a JSON array, NDJSON lines, or any of these
 * gzipped and base64-encoded.
 */
export function unwrap(body: string): Unwrapped {
  const inflated = body.startsWith('H4sI') ? inflate(body) : { kind: 'bytes' as const, bytes: Buffer.from(body, 'utf8') };
  if (inflated.kind === 'rejected') return inflated;
  const { bytes } = inflated;
  const first = bytes.findIndex((byte) => !isSpace(byte));
  if (bytes[first] !== OPENS_LIST) return { kind: 'lines', lines: linesIn(bytes) };
  try {
    JSON.parse(bytes.toString('utf8'));
  } catch {
    return {
      kind: 'rejected',
      rejection: {
        code: 'not-json',
        because: 'the batch is not a JSON array',
        fix: 'send application/cloudevents-batch+json: one complete JSON array',
      },
    };
  }
  return { kind: 'lines', lines: elementsIn(bytes, first) };
}

const [QUOTE, BACKSLASH, COMMA, OPENS_LIST, CLOSES_LIST, OPENS, CLOSES] = [34, 92, 44, 91, 93, 123, 125] as const;
const isSpace = (byte: number | undefined): boolean => byte === 32 || byte === 10 || byte === 13 || byte === 9;

/** Where the elements of a list lie that begins at `list`, in bytes that are JSON. */
function elementsIn(bytes: Buffer, list: number): TextLines {
  const bounds: number[] = [];
  let from = list + 1;
  let depth = 1;
  for (let at = from; depth > 0; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) for (at++; bytes[at] !== QUOTE; at++) at += bytes[at] === BACKSLASH ? 1 : 0;
    else if (byte === OPENS || byte === OPENS_LIST) depth++;
    else if (byte === CLOSES || byte === CLOSES_LIST) depth--;
    if (!(depth === 1 && byte === COMMA) && depth > 0) continue;
    let to = at;
    while (from < to && isSpace(bytes[from])) from++;
    while (from < to && isSpace(bytes[to - 1])) to--;
    if (from < to) bounds.push(from, to);
    from = at + 1;
  }
  return { bytes, bounds };
}

function inflate(body: string): { kind: 'bytes'; bytes: Buffer } | { kind: 'rejected'; rejection: Rejection } {
  try {
    return { kind: 'bytes', bytes: gunzipSync(Buffer.from(body, 'base64'), { maxOutputLength: LARGEST_BODY }) };
  } catch (error) {
    const large = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    return {
      kind: 'rejected',
      rejection: large
        ? {
            code: 'too-large',
            because: `the envelope holds more than ${LARGEST_BODY} bytes`,
            fix: 'send smaller envelopes; 64 KB compressed is the cheapest size',
          }
        : {
            code: 'bad-encoding',
            because: 'the envelope is not complete gzip in base64',
            fix: 'gzip the events, then base64 the result; check that it was not cut',
          },
    };
  }
}
