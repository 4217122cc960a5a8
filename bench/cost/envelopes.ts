import { gzipSync } from 'node:zlib';
import { ENVELOPE_BYTES } from './deployed';

export type Envelope = { body: string; events: number };

/** Lines as a gateway sends them: gzip in base64, as many as fit into one billed request. */
export function envelopes(lines: readonly string[]): Envelope[] {
  const out: Envelope[] = [];
  let perLine = 300;
  for (let at = 0; at < lines.length; ) {
    let take = Math.min(lines.length - at, Math.max(1, Math.floor((ENVELOPE_BYTES * 0.98) / perLine)));
    let body = packed(lines, at, take);
    while (body.length > ENVELOPE_BYTES && take > 1) {
      take = Math.max(1, Math.floor((take * ENVELOPE_BYTES * 0.97) / body.length));
      body = packed(lines, at, take);
    }
    perLine = body.length / take;
    out.push({ body, events: take });
    at += take;
  }
  return out;
}

const packed = (lines: readonly string[], from: number, count: number): string =>
  gzipSync(lines.slice(from, from + count).join('\n')).toString('base64');
