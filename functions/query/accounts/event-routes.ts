import { createRoute, z } from '@hono/zod-openapi';
import { DAY, iso } from '../../../shared/domain/time';
import { ShownEvent } from '../../../shared/formats/shown-event';
import { type Api, access, answers, type HttpPorts } from '../../../shared/http/api';
import { startOf } from '../../../shared/http/cursor';
import { AccountParam, CursorField, Instant, limit, When } from '../../../shared/http/fields';
import { badCursor, problem } from '../../../shared/http/problem';
import type { QueryPorts } from '../query-ports';
import { accountEvents } from './account-events';

export const EventView = ShownEvent.extend({ at: When }).openapi('UsageEvent');

const EventsView = z
  .object({
    account: z.string(),
    from: When,
    to: When,
    readAt: When,
    readBy: z.string(),
    items: z.array(EventView),
    chunks: z.array(z.object({ key: z.string(), events: z.int() })).openapi({
      description: 'Where in the archive the events stand. A chunk’s name ends in the digest of the batch that it was made of.',
    }),
    notFolded: z.array(When).openapi({ description: 'Hours that are not counted yet: ask again in some minutes.' }),
    before: z.string().openapi({ description: 'The digest of the page before; empty on the first.' }),
    digest: z.string().openapi({
      description: 'SHA-256, hex, over `before` and the JSON of each item in order, a line (LF) each: pages make a chain.',
    }),
    next: z.string().optional(),
  })
  .openapi('AccountEvents');

/** Without a start: what the archive surely still has in every stage. */
const USUAL_RANGE = 3 * DAY;
const LONGEST_RANGE = 62 * DAY;
const badRange = `Give a range that ends after it begins, of at most ${LONGEST_RANGE / DAY} days.`;

export function eventRoutes(api: Api, http: HttpPorts, ports: QueryPorts): void {
  const events = createRoute({
    ...access(http, 'reviewer'),
    method: 'get',
    path: '/v1/accounts/{account}/events',
    operationId: 'getAccountEvents',
    tags: ['Accounts'],
    summary: 'The requests behind an account, from the archive: time, model, tokens, status and keyed hashes',
    description:
      'Newest hour first, oldest first within it; exactly those that were counted. A page may be short, or empty, and have `next`: go on. Who read which account is in the access log, as for every request.',
    request: {
      params: z.strictObject({ account: AccountParam }),
      query: z.strictObject({ from: Instant.optional(), to: Instant.optional(), limit: limit(1000, 100), cursor: CursorField }),
    },
    responses: answers(EventsView, 'One page.'),
  });
  api.openapi(events, async (c) => {
    const { account } = c.req.valid('param');
    const { limit: size, cursor, ...asked } = c.req.valid('query');
    const bound = { route: `events of ${account}`, parameters: asked };
    const place = startOf(ports.cursors, bound, cursor);
    if (place.kind === 'refused') return badCursor(c, place.because);
    // The range is the first page's: later pages are asked later, and the clock goes on.
    const begun = place.after === undefined ? undefined : Begun.parse(JSON.parse(place.after));
    const to = begun?.to ?? asked.to ?? ports.clock.now();
    const from = asked.from ?? to - USUAL_RANGE;
    if (from >= to || to - from > LONGEST_RANGE)
      return problem(c, 'invalid-request', badRange, { errors: [{ in: 'query', field: 'to', message: badRange }] });
    const page = await accountEvents(account, { from, to, limit: size, ...(begun ? { after: begun.after } : {}) }, ports);
    const next =
      page.next === undefined ? {} : { next: ports.cursors.write(bound, JSON.stringify({ to, before: page.digest, after: page.next })) };
    const { items, chunks, notFolded, digest } = page;
    const read = { account, from: iso(from), to: iso(to), readAt: iso(ports.clock.now()), readBy: c.get('principal').id };
    return c.json({ ...read, items, chunks, notFolded, before: begun?.before ?? '', digest, ...next }, 200);
  });
}

const Begun = z.object({ to: z.number(), before: z.string(), after: z.string() });
