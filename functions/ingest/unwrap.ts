import { gunzipSync } from 'node:zlib';
import type { Rejection } from './parse-event';

/** What one message may hold after decompression. */
export const LARGEST_BODY = 8 * 1024 * 1024;

export type Unwrapped =
  | { kind: 'events'; values: unknown[] }
  | { kind: 'lines'; text: string }
  | { kind: 'rejected'; rejection: Rejection };

/**
 * The events of one message body: a JSON object, a JSON array, NDJSON lines, or any of these gzipped and base64-encoded.
 */
export function unwrap(body: string): Unwrapped {
  const text = body.startsWith('H4sI') ? inflate(body) : { kind: 'text' as const, text: body };
  if (text.kind === 'rejected') return text;
  const trimmed = text.text.trimStart();
  if (trimmed.startsWith('[')) {
    try {
      const values: unknown = JSON.parse(trimmed);
      if (Array.isArray(values)) return { kind: 'events', values };
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
  }
  return { kind: 'lines', text: text.text };
}

function inflate(body: string): { kind: 'text'; text: string } | { kind: 'rejected'; rejection: Rejection } {
  try {
    return { kind: 'text', text: gunzipSync(Buffer.from(body, 'base64'), { maxOutputLength: LARGEST_BODY }).toString('utf8') };
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
