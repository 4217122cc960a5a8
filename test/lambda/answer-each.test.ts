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

test.each([
  ['a request that is too long', 'BatchRequestTooLong'],
  ['a value that a table refuses', 'ValidationException'],
  ['an object that is too large', 'EntityTooLarge'],
])('%s is about the content, though AWS says so: it is halved down to the message', async (_, name) => {
  const { handle, handled } = handler(['m7'], () =>
    Object.assign(new Error(name), { name, $fault: 'client', $metadata: { httpStatusCode: 400 } }),
  );
  expect(await answerEach(messages(64), handle)).toEqual(['m7']);
  expect(handled).toHaveLength(63);
});

test.each([
  'AccessDeniedException',
  'ThrottlingException',
  'ExpiredTokenException',
  'ResourceNotFoundException',
  'QueueDoesNotExist',
  'SlowDown',
])('%s is nobody’s fault, though AWS calls it the caller’s', async (name) => {
  const { handle, calls } = handler(['m7'], () => Object.assign(new Error(name), { name, $fault: 'client', $metadata: {} }));
  expect(await answerEach(messages(64), handle)).toHaveLength(64);
  expect(calls()).toBe(1);
});

describe('a message that ends its reader', () => {
  const record = (id: string, times: number) => ({
    messageId: id,
    body: id,
    receiptHandle: id,
    attributes: { ApproximateReceiveCount: String(times), SentTimestamp: '', SenderId: '', ApproximateFirstReceiveTimestamp: '' },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:1:queue',
    awsRegion: 'us-east-1',
  });

  /** A queue and a function as AWS runs them: who dies answers nothing, and what was not taken off comes back once more. */
  async function deliver(count: number, poison: readonly string[], ends: (ids: readonly string[]) => boolean) {
    const waiting = new Map(Array.from({ length: count }, (_, index) => [`m${index}`, 0]));
    const done = new Set<string>();
    const dead: string[] = [];
    while (waiting.size > 0) {
      for (const [id, times] of waiting) {
        if (times >= 30) {
          waiting.delete(id);
          dead.push(id);
        } else waiting.set(id, times + 1);
      }
      const batch = [...waiting].map(([id, times]) => record(id, times));
      if (batch.length === 0) break;
      let die: () => void = () => {};
      const died = new Promise<'died'>((resolve) => {
        die = () => resolve('died');
      });
      const handle = async (part: readonly { id: string }[]) => {
        const ids = part.map(({ id }) => id);
        if (poison.some((id) => ids.includes(id)) && ends(ids)) {
          die();
          await new Promise(() => {});
        }
        for (const id of ids) done.add(id);
      };
      const answered = await Promise.race([
        died,
        queueDoor(handle, async (records) => {
          for (const { messageId } of records) waiting.delete(messageId);
        })({ Records: batch }),
      ]);
      if (answered === 'died') continue;
      const failed = new Set(answered.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      for (const { messageId } of batch) if (!failed.has(messageId)) waiting.delete(messageId);
    }
    return { done, dead };
  }

  test.each([
    ['one', ['m4711']],
    ['three', ['m17', 'm4711', 'm9000']],
  ])('%s among ten thousand: every other message is handled, and it dies alone', async (_, poison) => {
    const { done, dead } = await deliver(10_000, poison, () => true);
    expect(dead.filter((id) => !poison.includes(id))).toEqual([]);
    expect(dead).toHaveLength(poison.length);
    expect(done.size).toBe(10_000 - poison.length);
  });

  test('a batch that only together is too much for the memory is handled in parts, and nothing dies', async () => {
    const { done, dead } = await deliver(10_000, ['m1'], (ids) => ids.length > 300);
    expect(dead).toEqual([]);
    expect(done.size).toBe(10_000);
  });

  test('when time runs out the rest is not begun', async () => {
    let left = 60_000;
    const { handle, handled } = handler([]);
    const slow = async (part: readonly { id: string }[]) => {
      left -= 25_000;
      await handle(part);
    };
    const answer = await queueDoor(slow, async () => {})(
      { Records: ['m1', 'm2', 'm3', 'm4'].map((id) => record(id, 3)) },
      { getRemainingTimeInMillis: () => left },
    );
    expect(handled).toHaveLength(2);
    expect(answer.batchItemFailures).toHaveLength(2);
  });
});
