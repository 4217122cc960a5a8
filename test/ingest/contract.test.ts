import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { parseEvent } from '../../functions/ingest/parse-event';
import { contractFiles } from '../../local/documents/describe-contract';
import { LARGEST_COUNT, LONGEST, LockstepEvent } from '../../shared/contract/event';
import { eventsSchema } from '../../shared/contract/json-schema';
import { ProducerSettings } from '../../shared/contract/producer-settings';
import { usage } from '../support/producer-records';
import { fc } from '../support/property';

const root = join(__dirname, '../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const ajv = new Ajv2020({ strict: false, unicodeRegExp: false });
addFormats(ajv);
const validate = ajv.compile(eventsSchema());

test.each(Object.entries(contractFiles()))('docs/contract/%s is that of the schemas (else: npm run api)', (name, content) => {
  expect(read(`docs/contract/${name}`)).toBe(content);
});

describe('the examples are events, today and whenever they are read', () => {
  /** What a shell makes of a block of a page, without sending it anywhere. */
  const printed = (page: string, from: RegExp): object[] => {
    const blocks = [...read(page).matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = '']) => block);
    const block = blocks.find((one) => from.test(one)) ?? '';
    const program = block
      .split('\n')
      .filter((line) => !/^(npm|curl)/.test(line))
      .join('\n')
      .replace('cat > events.ndjson', 'cat')
      .replace(/aws sqs send-message.*--message-body/, 'printf "%s\\n"');
    return execFileSync('sh', ['-c', program], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
  };
  test.each([
    ['docs/contract/README.md', /events\.ndjson <<EVENTS/, 6],
    ['docs/deploy.md', /send-message/, 1],
  ])('%s', (page, from, count) => {
    const events = printed(page, from);
    expect(events).toHaveLength(count);
    for (const event of events) {
      expect(parseEvent(event, Date.now())).toMatchObject({ kind: 'event' });
      expect([validate(event), validate.errors]).toEqual([true, null]);
    }
  });
  test('the settings in docs/producers.md', () => {
    const blocks = [...read('docs/producers.md').matchAll(/```json\n([\s\S]*?)```/g)].map(([, block = '']) => block);
    expect(blocks.map((block) => Object.keys(ProducerSettings.parse(JSON.parse(block))).length)).toEqual([6, 2]);
  });
});

test('the published schema and the one that validates agree on what is an event', () => {
  const value = fc.oneof(
    fc.string({ maxLength: 4 }),
    fc.integer({ min: -2, max: 5 }),
    fc.constantFrom(
      LARGEST_COUNT,
      LARGEST_COUNT + 1,
      0.5,
      null,
      true,
      'ok',
      'limited',
      'x'.repeat(LONGEST.word),
      'x'.repeat(LONGEST.word + 1),
      {},
      [],
    ),
    fc.constant(undefined),
  );
  const data = fc.record(
    {
      model: value,
      inputTokens: value,
      outputTokens: value,
      status: value,
      tools: value,
      network: fc.oneof(value, fc.record({ ip: value, asn: value })),
      labels: fc.record({ grading: value, scores: fc.dictionary(fc.constantFrom('a', 'b'), value) }),
    },
    { requiredKeys: [] },
  );
  const event = fc.record(
    {
      data: fc.option(data, { nil: undefined }),
      subject: fc.option(value, { nil: undefined }),
      time: fc.constantFrom(undefined, 'yesterday', '2026-06-01T00:00:00+02:00', '2026-02-30T00:00:00Z'),
    },
    { requiredKeys: [] },
  );
  const defined = (one: object): object => JSON.parse(JSON.stringify(one));
  let right = 0;
  fc.assert(
    fc.property(event, ({ data: changed, ...rest }) => {
      const { data: usual, ...outer } = usage(1);
      const one = defined({ ...outer, ...defined(rest), data: { ...usual, ...defined(changed ?? {}) } });
      const fits = LockstepEvent.safeParse(one).success;
      expect([validate(one), one]).toEqual([fits, one]);
      if (fits) right++;
    }),
    { numRuns: 1_000 },
  );
  expect(right).toBeGreaterThan(50);
});
