import { gzipSync } from 'node:zlib';

/** Larger bodies are packed, bytes: 64 KB is what SQS bills as one request. */
export const LARGEST_PLAIN = 64 * 1024;
/** What SQS takes in a message (SendMessage): no control characters, no U+FFFE, no U+FFFF, no half of a pair. Pairs are packed too: not every emulator takes them. */
const UNSENDABLE = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]/;

/** A body as a queue takes it: as it is, or gzip in base64. Read again, both are the same records. */
export const packedBody = (body: string): string =>
  Buffer.byteLength(body) > LARGEST_PLAIN || UNSENDABLE.test(body) ? gzipSync(body).toString('base64') : body;
