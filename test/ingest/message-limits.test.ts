import { gzipSync } from 'node:zlib';
import { allowance, MOST_VALUES, type Opened, opened, valuesOfText } from '../../functions/ingest/records/envelopes';
import { LARGEST_BODY } from '../../functions/ingest/records/inflate';

/** What a message holds, all its envelopes opened, as the queue reads it. */
function read(message: string): { values: number; damaged: string[] } {
  const left = allowance();
  const out: Opened[] = [];
  for (const found of valuesOfText(message, left)) out.push(...opened(found, left));
  return {
    values: out.filter(({ kind }) => kind === 'value').length,
    damaged: out.flatMap((one) => (one.kind === 'damaged' ? [one.code] : [])),
  };
}

const notification = (text: string): string =>
  JSON.stringify({ Type: 'Notification', TopicArn: 'arn:aws:sns:eu-west-1:111122223333:usage', Message: text });
const ones = (count: number): string => '1\n'.repeat(count);
const logged = (messages: readonly string[]): string =>
  JSON.stringify({ messageType: 'DATA_MESSAGE', logEvents: messages.map((message, id) => ({ id: String(id), timestamp: 1, message })) });
/** A value whose text has so many bytes. */
const padded = (bytes: number): string => `"${'x'.repeat(bytes - 2)}"`;
const packed = (text: string): string => gzipSync(text).toString('base64');

describe('the values that one message may hold', () => {
  it.each([
    ['plain', (count: number) => ones(count)],
    ['in an envelope', (count: number) => notification(ones(count))],
    ['packed', (count: number) => packed(ones(count))],
    ['packed in an envelope in an envelope', (count: number) => notification(notification(packed(ones(count))))],
    ['over two log events', (count: number) => logged([ones(count >> 1), ones(count - (count >> 1))])],
    ['an array in an event', (count: number) => JSON.stringify({ 'detail-type': 'usage', source: 's', detail: Array(count).fill(1) })],
  ])('%s: one less and as many are taken whole, one more is refused and the rest is taken', (_name, message) => {
    expect(read(message(MOST_VALUES - 1))).toEqual({ values: MOST_VALUES - 1, damaged: [] });
    expect(read(message(MOST_VALUES))).toEqual({ values: MOST_VALUES, damaged: [] });
    expect(read(message(MOST_VALUES + 1))).toEqual({ values: MOST_VALUES, damaged: ['too-many'] });
  });
});

describe('the bytes that one message may be unpacked to', () => {
  it.each([
    ['alone', (bytes: number) => packed(padded(bytes))],
    ['in an envelope', (bytes: number) => notification(packed(padded(bytes)))],
    ['over two log events', (bytes: number) => logged([packed(padded(bytes >> 1)), packed(padded(bytes - (bytes >> 1)))])],
  ])('%s', (_name, message) => {
    expect(read(message(LARGEST_BODY - 1)).damaged).toEqual([]);
    expect(read(message(LARGEST_BODY)).damaged).toEqual([]);
    expect(read(message(LARGEST_BODY + 1)).damaged).toEqual(['too-large']);
  });
});
