import { type Digest, NOTICE_WORDS, type NoticeChannel, type NoticeKind } from '../domain/notice';
import type { Delivery, Messenger, Topic } from '../ports';
import type { Post } from './filtered-post';
import { signedHeaders } from './sign';

/** What opens the channels, by name: a Slack hook's address, a PagerDuty routing key. */
export type ChannelSecrets = { readonly [name: string]: string };
export type MessengerWorld = {
  post: Post;
  topic: (arn: string) => Topic;
  secrets: () => Promise<ChannelSecrets>;
  /** Sign what goes to a webhook (`whsec_…`). */
  signing: () => Promise<readonly string[]>;
};

const PAGERDUTY = 'https://events.pagerduty.com/v2/enqueue';
/** SNS. */
const LONGEST_SUBJECT = 100;

/** The channel of a stage as a way to people. A channel whose secret is missing refuses and says how to give it. */
export function messengerOf(channel: NoticeChannel, world: MessengerWorld): Messenger {
  switch (channel.kind) {
    case 'topic':
      return {
        deliver: async (digest) => {
          const attributes = { state: digest.state, kinds: [...new Set(digest.notices.map(({ kind }) => kind))].join(' ') };
          const subject = subjectOf(digest).slice(0, LONGEST_SUBJECT);
          await world.topic(channel.topicArn).publish({ id: digest.id, subject, text: textOf(digest), attributes });
          return { kind: 'delivered' };
        },
      };
    case 'webhook':
      return {
        deliver: async (digest) => {
          const body = JSON.stringify(messageOf(digest));
          const headers = signedHeaders({ id: digest.id, at: digest.at, body }, await world.signing());
          return posted(world.post, new URL(channel.url), headers, body);
        },
      };
    case 'slack':
      return {
        deliver: async (digest) => {
          const url = (await world.secrets())[channel.name];
          if (url === undefined || !URL.canParse(url)) return missing(channel.name, 'the address of a Slack hook');
          return posted(world.post, new URL(url), {}, JSON.stringify(slackOf(digest)));
        },
      };
    case 'pagerduty':
      return {
        deliver: async (digest) => {
          const routingKey = (await world.secrets())[channel.name];
          if (routingKey === undefined) return missing(channel.name, 'a PagerDuty routing key');
          for (const event of pagesOf(digest, channel.name, routingKey)) {
            const answer = await posted(world.post, new URL(PAGERDUTY), {}, JSON.stringify(event));
            if (answer.kind !== 'delivered') return answer;
          }
          return { kind: 'delivered' };
        },
      };
    default:
      return channel satisfies never;
  }
}

const missing = (name: string, what: string): Delivery => ({
  kind: 'refused',
  because: `the secret of channels holds no "${name}": put ${what} there (docs/notices.md)`,
});

/** The address of a hook is a secret: no error names it. */
async function posted(post: Post, url: URL, headers: Readonly<Record<string, string>>, body: string): Promise<Delivery> {
  const all = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)), ...headers };
  try {
    const { status } = await post(url, all, body);
    if (status >= 200 && status < 300) return { kind: 'delivered' };
    return { kind: status === 429 || status >= 500 ? 'unreachable' : 'refused', because: `it answered ${status}` };
  } catch (error) {
    return { kind: 'unreachable', because: error instanceof Error && 'code' in error ? String(error.code) : 'the connection failed' };
  }
}

/** `2 cases wait for approval, 1 appeal is overdue`. */
export function countsOf({ notices }: Pick<Digest, 'notices'>): string {
  const counts = new Map<NoticeKind, number>();
  for (const { kind } of notices) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => `${count} ${NOTICE_WORDS[kind][count === 1 ? 0 : 1]}`).join(', ');
}

/** ASCII by what it is made of: words of ours. */
export const subjectOf = (digest: Digest): string =>
  digest.state === 'over' ? `Lockstep: over: ${countsOf(digest)}` : `Lockstep: ${countsOf(digest)}`;

const moreOf = ({ more, link }: Digest): string[] => (more > 0 ? [`And ${more} more: ${link}`] : []);

export const textOf = (digest: Digest): string =>
  [`${subjectOf(digest)}.`, ...digest.notices.map(({ title, because, link }) => `${title}\n${because}\n${link}`), ...moreOf(digest)].join(
    '\n\n',
  );

/** Version 1 of the message to webhooks (docs/notices.md). Times are RFC 3339. */
export const messageOf = ({ at, state, notices, more, link }: Digest): object => ({
  type: 'lockstep.notices.v1',
  timestamp: new Date(at).toISOString(),
  data: {
    state,
    notices: notices.map(({ since, path: _, ...notice }) => ({ ...notice, since: new Date(since).toISOString() })),
    more,
    link,
  },
});

/** Slack's own marks in a text are its three escapes; nothing else there is markup that could hide a link. */
const slackText = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** A Slack incoming webhook: a line for a notification, and a section for each notice with its link. */
export const slackOf = (digest: Digest): object => ({
  text: slackText(subjectOf(digest)),
  blocks: [
    { type: 'header', text: { type: 'plain_text', text: subjectOf(digest).slice(0, 150) } },
    ...digest.notices.map(({ title, because, link }) => ({
      type: 'section',
      text: { type: 'mrkdwn', text: `<${link}|${slackText(title).replace(/\|/g, '/')}>\n${slackText(because)}` },
    })),
    ...moreOf(digest).map((text) => ({ type: 'context', elements: [{ type: 'mrkdwn', text: slackText(text) }] })),
  ],
});

/** Nothing is found, or something ends by itself. */
const ERRORS: readonly NoticeKind[] = [
  'detection-stale',
  'dead-letters',
  'source-silent',
  'provider-silent',
  'case-lapsing',
  'case-stopped',
];

/** PagerDuty Events v2: one incident a kind, which the same kind does not open twice and which resolves when none is left. */
export function pagesOf(digest: Digest, name: string, routingKey: string): object[] {
  const kinds = [...new Set(digest.notices.map(({ kind }) => kind))];
  return kinds.map((kind) => {
    const notices = digest.notices.filter((notice) => notice.kind === kind);
    const common = { routing_key: routingKey, dedup_key: `lockstep/${name}/${kind}` };
    if (digest.state === 'over') return { ...common, event_action: 'resolve' };
    return {
      ...common,
      event_action: 'trigger',
      payload: {
        summary: `Lockstep: ${countsOf({ notices })}`,
        source: new URL(digest.link).host,
        severity: ERRORS.includes(kind) ? 'error' : 'warning',
        timestamp: new Date(digest.at).toISOString(),
        custom_details: Object.fromEntries(notices.map(({ title, because }) => [title, because])),
      },
      links: notices.map(({ link, title }) => ({ href: link, text: title })),
    };
  });
}
