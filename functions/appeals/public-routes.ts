import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { LINES } from '../../shared/domain/plain-text';
import { ACTIONS } from '../../shared/domain/policy/enforcement-policy';
import { iso } from '../../shared/domain/time';
import { type Api, answers, type HttpPorts, jsonBody, publicAccess } from '../../shared/http/api';
import { When } from '../../shared/http/fields';
import { problem } from '../../shared/http/problem';
import { LONGEST_STATEMENT, type Notice, openAppeal, readNotice, requestAppeal } from './appeal';
import type { Appeals } from './appeals';

/**
 * Behind the link that a person got with the notice of an action. The link's token travels in the body, never in an address:
 * addresses are logged by everybody on the way.
 */
const Token = z
  .string()
  .min(20, 'Give the part of the link after the #.')
  .max(2_000)
  .openapi({ description: 'The part of the link after the #.' });

const NoticeView = z
  .object({
    appeal: z.string(),
    action: z.enum(ACTIONS),
    since: When,
    expiresAt: When.nullable(),
    title: z.string(),
    text: z.string(),
    evidence: z.array(z.string()).openapi({ description: 'Sentences of the findings, where the reason lets the person see them.' }),
    progress: z.enum(['none', 'open', 'granted', 'denied', 'moot']),
    answerBy: When.nullable(),
  })
  .openapi('Notice');

const OpenedView = z.object({ appeal: z.string(), kind: z.enum(['opened', 'already']), answerBy: When.nullable() }).openapi('OpenedAppeal');

export function publicAppealRoutes(api: Api, http: HttpPorts, deps: Appeals): void {
  const about = { ...publicAccess(http), method: 'post' as const, tags: ['Appeals'] };

  const read = createRoute({
    ...about,
    path: '/v1/appeal/read',
    operationId: 'readNotice',
    summary: 'What was done to the account and why, for the person concerned',
    request: { body: jsonBody(z.strictObject({ token: Token }).openapi('AppealLink')) },
    responses: answers(NoticeView, 'The notice.'),
  });
  api.openapi(read, async (c) => {
    const answer = await readNotice(c.req.valid('json').token, deps);
    return answer.kind === 'notice' ? c.json(noticeView(answer.notice), 200) : unusable(c, answer);
  });

  const open = createRoute({
    ...about,
    path: '/v1/appeal',
    operationId: 'openAppeal',
    summary: 'Say why the action is wrong; doing it twice is doing it once',
    request: {
      body: jsonBody(
        z
          .strictObject({
            token: Token,
            statement: z
              .string()
              .min(1, 'Say why we are wrong.')
              .max(LONGEST_STATEMENT, `At most ${LONGEST_STATEMENT} characters.`)
              .regex(LINES, 'Say why we are wrong, in text that one can see.'),
          })
          .openapi('NewAppeal'),
      ),
    },
    responses: answers(OpenedView, 'The appeal is open.'),
  });
  api.openapi(open, async (c) => {
    const { token, statement } = c.req.valid('json');
    const { requests } = deps;
    const answer = requests ? await requestAppeal(token, statement, { ...deps, requests }) : await openAppeal(token, statement, deps);
    switch (answer.kind) {
      case 'opened':
        return c.json({ appeal: answer.appeal, kind: 'opened' as const, answerBy: iso(answer.answerBy) }, 200);
      case 'already':
        return c.json({ appeal: answer.appeal, kind: 'already' as const, answerBy: null }, 200);
      case 'refused':
        return problem(c, 'refused', answer.because);
      case 'expired':
      case 'invalid':
      case 'nothing-to-appeal':
        return unusable(c, answer);
      default:
        return answer satisfies never;
    }
  });
}

/** Invalid and unknown look the same, so a made-up link tells nothing. */
function unusable(c: Context, answer: { kind: 'expired' | 'invalid' | 'nothing-to-appeal'; because: string }) {
  switch (answer.kind) {
    case 'expired':
    case 'nothing-to-appeal':
      return problem(c, 'gone', capital(answer.because));
    case 'invalid':
      return problem(c, 'not-found', 'This link is not one of ours, or was changed on its way.');
    default:
      return answer.kind satisfies never;
  }
}

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

function noticeView({ progress, ...notice }: Notice): z.infer<typeof NoticeView> {
  const { appeal, action, since, expiresAt, title, text, evidence } = notice;
  return {
    appeal,
    action: z.enum(ACTIONS).parse(action),
    since: iso(since),
    expiresAt: expiresAt === null ? null : iso(expiresAt),
    title,
    text,
    evidence: [...evidence],
    progress: progress.kind,
    answerBy: progress.kind === 'open' ? iso(progress.answerBy) : null,
  };
}
