import { deflateRawSync, gunzipSync, inflateRawSync } from 'node:zlib';
import { HOUR } from '../domain/time';
import { AccountSummary } from './account-summary';
import { ByteReader, ByteWriter } from './bytes';

/** First byte. A gzip member, which is what was written before, begins with 31. */
const VERSION = 2;

/**
 * What nearly every summary says, so that nobody pays for it in each: names of fields in the order in which they stand, common words, what
 * is told least often first (RFC 1951 finds near things cheaper). Rows are read with the very text that they were written with: this one
 * stays as it is, and another one takes another version.
 */
const DICTIONARY = Buffer.from(
  [
    '"verification":"identity","verification":"phone","verification":"email","verification":"none","program":"research","program":"education",',
    '"paymentCountry":"US","paymentCountry":"IN","paymentCountry":"DE","standing":"suspended","standing":"closed"',
    '"gpt":"claude":"opus":"sonnet":"haiku":"mini":"flash":"coding":"reasoning":"math":"writing":"translation":"extraction":"agents":"chat":"summarization":"grading":',
    '"languages":{"en":"zh":"de":"fr":"es":"ja":"pt":"ko":"ru":"countries":{"US":"CN":"DE":"IN":"GB":"FR":"JP":"BR":"SG":"NL":',
    '"channels":{"api":"console":"batch":"sdk":"cli":"web":',
    '"facts":{"createdAt":17,"organization":","plan":"enterprise","plan":"trial","plan":"free","plan":"paid"',
    ',"emailDomain":","paymentInstrument":","paymentIssuer":","signupIp":","signupPrefix":","signupFingerprint":","referrer":","standing":"active"}',
    ',"exchanges":1,"prevented":0,"inputTokens":1,"outputTokens":1,"statuses":{"ok":1,"error":0,"refused":0,"limited":0,"blocked":0}',
    ',"models":{"model-1":,"model-2":},"tasks":{},"channels":{"api":1},"languages":{"en":},"countries":{"US":}',
    ',"distinct":{"ips":1,"prefixes":1,"clients":1,"keys":1,"systems":0,"templates":1},"elicitsReasoning":0.0,"grading":0.0}',
  ].join(''),
);

/** A summary in less than a kilobyte, which is one write unit: text without the hours, a zero, and the hours as differences. */
export function packSummary({ hours, ...summary }: AccountSummary): Uint8Array {
  const cells = new ByteWriter();
  let last = 0;
  for (const [start, exchanges, prevented] of hours) {
    const hour = start / HOUR;
    if (!Number.isInteger(hour) || hour < last) throw new Error('hours of a summary are whole hours, oldest first');
    cells.varint(hour - last);
    cells.varint(exchanges);
    cells.varint(prevented);
    last = hour;
  }
  const text = Buffer.concat([Buffer.from(JSON.stringify(summary)), Buffer.of(0), cells.take()]);
  return Buffer.concat([Buffer.of(VERSION), deflateRawSync(text, { dictionary: DICTIONARY, level: 9 })]);
}

/** Also of rows that an older version wrote. Throws on anything else. */
export function unpackSummary(bytes: Uint8Array): AccountSummary {
  if (bytes[0] !== VERSION) return AccountSummary.parse(JSON.parse(gunzipSync(bytes).toString('utf8')));
  const text = inflateRawSync(bytes.subarray(1), { dictionary: DICTIONARY });
  const end = text.indexOf(0);
  if (end < 0) throw new Error('summary: ends too early');
  const cells = new ByteReader(text, end + 1);
  const hours: AccountSummary['hours'] = [];
  for (let hour = 0; !cells.done; ) {
    hour += cells.varint();
    hours.push([hour * HOUR, cells.varint(), cells.varint()]);
  }
  return AccountSummary.parse({ ...JSON.parse(text.toString('utf8', 0, end)), hours });
}
