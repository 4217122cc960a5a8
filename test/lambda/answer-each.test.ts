import { answerEach, queueDoor } from '../../shared/lambda/answer-each';
import { logger } from '../../shared/lambda/observe';

const messages = (count: number) => Array.from({ length: count }, (_, index) => ({ id: `m${index}`, body: `body ${index}` }));
let log: jest.SpyInstance;
beforeEach(() => {
  log = jest.spyOn(logger, 'error').mockImplementation(() => undefined);
});
afterEach(() => jest.restoreAllMocks());

/** Handles messages, counts calls, and throws while one of `poison` is among them. */
const handler = (poison: readonly string[], error: () => Error = () => new Error('cannot be handled')) => {
  const handled: string[] = [];
  let calls = 0;
  return {
    handled,
    calls: () => calls,
    handle: async (batch: readonly { id: string }[]) => {
      calls++;
      if (batch.some(({ id }) => poison.includes(id))) throw error();
      handled.push(...batch.map(({ id }) => id));
    },
  };
};

test('a batch that is handled is handled at once, and nothing is named', async () => {
  const { handle, handled, calls } = handler([]);
  expect(await answerEach(messages(1_000), handle)).toEqual([]);
  expect([handled.length, calls()]).toEqual([1_000, 1]);
});

test.each([[['m0']], [['m99']], [['m3', 'm4']], [['m10', 'm50', 'm90']]])(
  'poison %j is named alone, and the rest goes on',
  async (poison) => {
    const { handle, handled, calls } = handler(poison);
    expect(await answerEach(messages(100), handle)).toEqual(poison);
    expect(handled).toHaveLength(100 - poison.length);
    expect(calls()).toBeLessThanOrEqual(1 + poison.length * 2 * Math.ceil(Math.log2(100)));
  },
);

test.each([
  ['an AWS error', () => Object.assign(new Error('slow down'), { $metadata: {} })],
  ['a network error', () => Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })],
  ['a time-out', () => Object.assign(new Error('late'), { name: 'TimeoutError' })],
  ['one of these as the cause', () => new Error('secret cannot be read', { cause: Object.assign(new Error('denied'), { $metadata: {} }) })],
])('%s is nobody’s fault: the batch comes back whole, and AWS is not asked again for each half', async (_, error) => {
  const { handle, calls } = handler(['m1'], error);
  expect(await answerEach(messages(64), handle)).toHaveLength(64);
  expect(calls()).toBe(1);
});

test('an empty batch is not handled', async () => {
  const { handle, calls } = handler([]);
  expect(await answerEach([], handle)).toEqual([]);
  expect(calls()).toBe(0);
});

test('what goes wrong is logged without what the message or the error says', async () => {
  await answerEach([{ id: 'm0', body: 'secret prompt' }], async ({ length }) => {
    throw new TypeError(`cannot read "secret prompt" of ${length}`);
  });
  const said = JSON.stringify(log.mock.calls);
  expect(said).toContain('TypeError');
  expect(said).not.toContain('secret prompt');
});

test('the door speaks SQS: records in, the failed named by their message id', async () => {
  const { handle } = handler(['m2']);
  const record = (id: string) => ({
    messageId: id,
    body: '',
    receiptHandle: '',
    attributes: { ApproximateReceiveCount: '1', SentTimestamp: '', SenderId: '', ApproximateFirstReceiveTimestamp: '' },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: '',
    awsRegion: '',
  });
  expect(await queueDoor(handle)({ Records: ['m1', 'm2', 'm3'].map(record) })).toEqual({ batchItemFailures: [{ itemIdentifier: 'm2' }] });
});
