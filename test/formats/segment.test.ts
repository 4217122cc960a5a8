import { readMessages } from '../../functions/ingest/read-messages';
import { STATUSES } from '../../shared/contract/event';
import { contentOf } from '../../shared/formats/distinct-events';
import { frameOf, readSegment, type Segment } from '../../shared/formats/segment';
import { eventId, shownEvent } from '../../shared/formats/shown-event';
import { withoutAccounts } from '../../shared/formats/without-accounts';
import { accountKey } from '../../shared/identity/ids';
import { KeyedHasher } from '../../shared/identity/keyed-hash';
import { AT } from '../support/producer-records';
import { fc } from '../support/property';

const hasher = new KeyedHasher('k'.repeat(64));
const usage = fc.record({
  status: fc.constantFrom(...STATUSES),
  subject: fc.constantFrom('a', 'b', 'c'),
  model: fc.constantFrom<string>('atlas-5', 'atlas-6'),
  input: fc.nat(9_999),
  text: fc.option(fc.constantFrom<string>('sort this list', 'grade this'), { nil: undefined }),
  task: fc.option(fc.constantFrom('coding', 'grading'), { nil: undefined }),
});
type Usage = typeof usage extends fc.Arbitrary<infer T> ? T : never;
const segmentOf = (all: readonly Usage[]): Segment =>
  readMessages(
    [
      {
        id: 'f',
        values: all.map(({ status, subject, model, input, text, task }, line) => ({
          kind: 'value',
          line,
          value: {
            specversion: '1.0',
            type: 'lockstep.usage.v1',
            source: 'gateway',
            id: `e-${line}`,
            time: new Date(AT + line).toISOString(),
            subject,
            data: {
              model,
              inputTokens: input,
              outputTokens: 3,
              status,
              network: { ip: '203.0.113.9' },
              prompt: { text },
              labels: { task, grading: 0.5 },
            },
          },
        })),
      },
    ],
    { now: AT, hasher, segments: 1 },
  ).events[0]!.columns;
const rowsOf = (segment: Segment): number[] => Array.from({ length: segment.rows }, (_, row) => row);
const isPrevented = (status: string): boolean => status === 'limited' || status === 'blocked';

test('property: every event is read as it was written; of what was prevented id, account, time and status', () => {
  const reached = { prevented: 0, mixed: 0 };
  fc.assert(
    fc.property(fc.array(usage, { minLength: 1, maxLength: 60 }), (all) => {
      const written = segmentOf(all);
      const read = readSegment(frameOf(written));
      expect(read.rows).toBe(all.length);
      const byId = new Map(rowsOf(read).map((row) => [eventId({ segment: read, row }), row]));
      for (const [line, { status, model, input }] of all.entries()) {
        const row = byId.get(eventId({ segment: written, row: line }))!;
        const shown = shownEvent({ segment: read, row });
        expect([shown.status, Date.parse(shown.at)]).toEqual([status, AT + line]);
        expect(read.dictionaries.accounts[read.columns.account[row]!]).toBe(written.dictionaries.accounts[written.columns.account[line]!]);
        if (isPrevented(status)) {
          expect([shown.model, shown.inputTokens, shown.address, shown.promptTemplate, shown.task, shown.grading]).toEqual([
            '',
            0,
            null,
            null,
            null,
            null,
          ]);
          reached.prevented++;
        } else {
          expect([shown.model, shown.inputTokens, shown.grading]).toEqual([model, input, 0.5]);
          expect(contentOf(read, row)).toBe(contentOf(written, line));
        }
      }
      const prevented = all.filter(({ status }) => isPrevented(status)).length;
      if (prevented > 0 && prevented < all.length) reached.mixed++;
      // What was read and is written again says the same.
      const again = readSegment(frameOf(read));
      expect(rowsOf(again).map((row) => contentOf(again, row))).toEqual(rowsOf(read).map((row) => contentOf(read, row)));
      const nobody = accountKey('N'.repeat(22));
      expect(withoutAccounts(read, (account) => (account === nobody ? AT : undefined))).toBe(read);
    }),
    { numRuns: 80 },
  );
  expect(reached.prevented).toBeGreaterThan(100);
  expect(reached.mixed).toBeGreaterThan(20);
});

const wordOf = (number: number): string =>
  Math.imul(number + 1, 0x9e3779b1)
    .toString(36)
    .replace(/[-0-9]/g, 'q');

test('a prevented request takes a third of the room of another', () => {
  const some = (status: Usage['status']): number => {
    const all = Array.from(
      { length: 2_000 },
      (_, line): Usage => ({
        status,
        subject: 'a',
        model: 'atlas-5',
        input: (line * 7919) % 9_001,
        text: `explain ${wordOf(line)} to ${wordOf(line + 9_999)} in ${wordOf(line * 3)}`,
        task: 'coding',
      }),
    );
    return frameOf(segmentOf(all)).length / all.length;
  };
  expect(some('blocked')).toBeLessThan(some('ok') / 3);
});

test('a frame that was cut, or says other rows than it holds, is damaged', () => {
  const frame = frameOf(segmentOf([{ status: 'blocked', subject: 'a', model: 'm', input: 1, text: undefined, task: undefined }]));
  expect(() => readSegment(frame.subarray(0, frame.length - 3))).toThrow();
});
