import { Webhook } from 'standardwebhooks';
import { type Digest, NoticeChannel } from '../../shared/domain/notice';
import { MemoryTopic } from '../../shared/memory/memory-topic';
import type { Post } from '../../shared/webhook/filtered-post';
import { messengerOf, pagesOf, slackOf, subjectOf } from '../../shared/webhook/messengers';
import { T0 } from '../support/worlds/build-campaign';

const SIGNING = `whsec_${Buffer.from('a secret of the test, thirty-two bytes').toString('base64')}`;
const HOOK = 'https://hooks.slack.example/services/T0/B0/secret-path';
const digest: Digest = {
  id: 'd-1',
  at: T0,
  state: 'open',
  notices: [
    {
      kind: 'case-waits',
      subject: 'c-1.0001',
      title: 'Waits for approval: suspend: distillation <c-1>|x',
      because: '2 more people have to approve & reject it.',
      path: '/cases/c-1.0001',
      rule: 'distillation-suspend',
      since: T0,
      link: 'https://lockstep.example/cases/c-1.0001',
    },
    {
      kind: 'source-silent',
      subject: 'litellm',
      title: 'Silent: source litellm',
      because: 'Its newest event is old.',
      path: '/sources',
      since: T0,
      link: 'https://lockstep.example/sources',
    },
  ],
  more: 3,
  link: 'https://lockstep.example/',
};

function world(answer: number | Error = 200) {
  const posts: { url: string; headers: Readonly<Record<string, string>>; body: string }[] = [];
  const topic = new MemoryTopic();
  const post: Post = async (url, headers, body) => {
    posts.push({ url: url.href, headers, body });
    if (answer instanceof Error) throw answer;
    return { status: answer, body: '' };
  };
  const secrets = async (): Promise<Record<string, string>> => ({ team: HOOK, 'on-call': 'R0UTING' });
  return { posts, topic, given: { post, topic: () => topic, secrets, signing: async () => [SIGNING] } };
}
const channel = (given: object) => NoticeChannel.parse(given);

test('a webhook is signed as the others are; its message says what, since when and where', async () => {
  const { posts, given } = world();
  const url = 'https://lockstep-notices.example/in';
  expect(await messengerOf(channel({ kind: 'webhook', name: 'own', url }), given).deliver(digest)).toEqual({ kind: 'delivered' });
  const [sent] = posts;
  if (!sent) throw new Error('nothing was sent');
  const headers = { ...sent.headers, 'webhook-timestamp': String(Math.floor(Date.now() / 1000)) };
  // The library refuses what is old; signed again for now, it must be the very signature of the same id and body.
  const again = new Webhook(SIGNING).sign('d-1', new Date(Number(headers['webhook-timestamp']) * 1000), sent.body);
  expect(new Webhook(SIGNING).verify(sent.body, { ...headers, 'webhook-signature': again })).toMatchObject({ type: 'lockstep.notices.v1' });
  expect(sent.headers['webhook-signature']).toBe(new Webhook(SIGNING).sign('d-1', new Date(T0), sent.body));
  expect(JSON.parse(sent.body)).toMatchObject({
    timestamp: new Date(T0).toISOString(),
    data: { state: 'open', more: 3, notices: [{ kind: 'case-waits', link: 'https://lockstep.example/cases/c-1.0001' }, {}] },
  });
});

test('Slack: one message, a section a notice, what would be markup escaped, the rest as a link', async () => {
  const { posts, given } = world();
  await messengerOf(channel({ kind: 'slack', name: 'team' }), given).deliver(digest);
  expect(posts[0]?.url).toBe(HOOK);
  expect(JSON.parse(posts[0]?.body ?? '')).toEqual(slackOf(digest));
  const text = JSON.stringify(slackOf(digest));
  expect(text).toContain('<https://lockstep.example/cases/c-1.0001|Waits for approval: suspend: distillation &lt;c-1&gt;/x>');
  expect(text).toContain('And 3 more');
});

test('PagerDuty: an incident a kind, which resolves when none of the kind is left', async () => {
  const { posts, given } = world(202);
  await messengerOf(channel({ kind: 'pagerduty', name: 'on-call' }), given).deliver(digest);
  const sent = posts.map(({ url, body }) => ({ url, ...JSON.parse(body) }));
  expect(sent).toMatchObject([
    {
      url: 'https://events.pagerduty.com/v2/enqueue',
      routing_key: 'R0UTING',
      dedup_key: 'lockstep/on-call/case-waits',
      event_action: 'trigger',
    },
    {
      dedup_key: 'lockstep/on-call/source-silent',
      payload: { severity: 'error', summary: 'Lockstep: 1 source is silent', source: 'lockstep.example' },
    },
  ]);
  expect(pagesOf({ ...digest, state: 'over' }, 'on-call', 'k')).toMatchObject([{ event_action: 'resolve' }, { event_action: 'resolve' }]);
});

test('a topic: a subject of one line in ASCII, at most 100 characters, and what to filter by', async () => {
  const { topic, given } = world();
  const many = { ...digest, notices: Array.from({ length: 8 }, (_, n) => ({ ...digest.notices[n % 2]!, kind: 'case-lapsing' as const })) };
  for (const one of [digest, many]) await messengerOf(channel({ kind: 'topic', name: 'mail', topicArn: 'arn' }), given).deliver(one);
  for (const { subject } of topic.published) expect(subject).toMatch(/^[\x20-\x7e]{1,100}$/);
  expect(topic.published[0]).toMatchObject({
    subject: 'Lockstep: 1 case waits for approval, 1 source is silent',
    attributes: { state: 'open', kinds: 'case-waits source-silent' },
  });
  expect(topic.published[0]?.text).toContain('https://lockstep.example/sources');
  expect(subjectOf({ ...digest, state: 'over' })).toMatch(/^Lockstep: over: /);
});

test.each([
  [503, 'unreachable', 'it answered 503'],
  [429, 'unreachable', 'it answered 429'],
  [404, 'refused', 'it answered 404'],
  [Object.assign(new Error(`connect ${HOOK}`), { code: 'ECONNREFUSED' }), 'unreachable', 'ECONNREFUSED'],
  [new Error(`${HOOK} is not HTTPS`), 'unreachable', 'the connection failed'],
] as const)('a hook that answers %s: %s, and no error names its address', async (answer, kind, because) => {
  const { given } = world(answer as number | Error);
  const delivered = await messengerOf(channel({ kind: 'slack', name: 'team' }), given).deliver(digest);
  expect(delivered).toEqual({ kind, because });
  expect(JSON.stringify(delivered)).not.toContain('secret-path');
});

test.each([['slack'], ['pagerduty']])('%s without its secret refuses and says where to put it', async (kind) => {
  const { given, posts } = world();
  expect(await messengerOf(channel({ kind, name: 'nobody' }), given).deliver(digest)).toMatchObject({
    kind: 'refused',
    because: expect.stringContaining('holds no "nobody"'),
  });
  expect(posts).toEqual([]);
});
