import { createRoute, z } from '@hono/zod-openapi';
import { NOTICE_KINDS } from '../../../shared/domain/notice';
import { iso } from '../../../shared/domain/time';
import { type Api, access, answers, type HttpPorts } from '../../../shared/http/api';
import { orNull, When } from '../../../shared/http/fields';
import { NoticeStore } from '../../../shared/stores/cases/notice-store';
import type { QueryPorts } from '../query-ports';

const NoticeView = z
  .object({
    kind: z.enum(NOTICE_KINDS),
    subject: z.string().openapi({ description: 'The case, appeal or source; empty for the pipeline as a whole.' }),
    title: z.string(),
    because: z.string(),
    path: z.string().openapi({ description: 'The page of the console where something can be done about it.' }),
    rule: z.string().nullable(),
    since: When,
    told: z.array(z.object({ channel: z.string(), at: When })).openapi({ description: 'Which channels were told, and when.' }),
  })
  .openapi('OpenNotice');
const ChannelView = z
  .object({
    name: z.string(),
    lastAt: When.nullable(),
    failing: orNull(z.object({ since: When, because: z.string() }).openapi('ChannelFailure')),
  })
  .openapi('NoticeChannel');
const Notices = z.object({ items: z.array(NoticeView), channels: z.array(ChannelView) }).openapi('OpenNotices');

export function noticeRoutes(api: Api, http: HttpPorts, { stores }: QueryPorts): void {
  const notices = createRoute({
    ...access(http, 'viewer'),
    method: 'get',
    path: '/v1/notices',
    operationId: 'listNotices',
    tags: ['Status'],
    summary: 'What people are being told: what waits for somebody now, who was told, and which channels fail',
    responses: answers(Notices, 'Oldest first.'),
  });
  api.openapi(notices, async (c) => {
    const store = new NoticeStore(stores.enforcement);
    const [open, channels] = await Promise.all([store.open(), store.channels()]);
    return c.json(
      {
        items: open
          .sort((one, other) => one.since - other.since)
          .map(({ notice, since, told }) => ({
            ...notice,
            rule: notice.rule ?? null,
            since: iso(since),
            // `$bus` is no channel of people.
            told: Object.entries(told).flatMap(([channel, at]) => (channel.startsWith('$') ? [] : [{ channel, at: iso(at) }])),
          })),
        channels: [...channels].map(([name, { lastAt, failing }]) => ({
          name,
          lastAt: lastAt === 0 ? null : iso(lastAt),
          failing: failing && { since: iso(failing.since), because: failing.because },
        })),
      },
      200,
    );
  });
}
