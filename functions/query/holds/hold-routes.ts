import { createRoute, z } from '@hono/zod-openapi';
import type { LegalHold } from '../../../shared/domain/cases/legal-hold';
import type { Person } from '../../../shared/domain/person';
import { hourLabel, iso } from '../../../shared/domain/time';
import { type Api, access, answers, type HttpPorts } from '../../../shared/http/api';
import { HoldParam, Instant, When } from '../../../shared/http/fields';
import { problem } from '../../../shared/http/problem';
import { type HeldHour, HeldStore } from '../../../shared/stores/archive/held-store';
import { LedgerStore } from '../../../shared/stores/cases/ledger-store';
import { LegalHoldStore } from '../../../shared/stores/cases/legal-hold-store';
import { revealed } from '../accounts/account-view';
import { EventView } from '../accounts/event-routes';
import type { QueryPorts } from '../query-ports';

const HoldView = z
  .object({
    id: z.string(),
    reference: z.string(),
    accounts: z.array(z.string()).openapi({ description: 'Whom it names; none for a campaign, which is held with everybody in it.' }),
    campaign: z.string().nullable(),
    from: When.nullable().openapi({ description: 'Events from then on; null: all that the archive had.' }),
    placedAt: When,
    by: z.string().nullable(),
    because: z.string(),
    releasedAt: When.nullable(),
  })
  .openapi('LegalHold');
const HoldDetailView = HoldView.extend({
  held: z.int().openapi({ description: 'Accounts whose events are kept.' }),
  hours: z.array(When).openapi({ description: 'Hours that are kept, the oldest first.' }),
}).openapi('LegalHoldDetail');
const HeldHourView = z
  .object({
    hour: When,
    parts: z.array(
      z.object({
        digest: z
          .string()
          .openapi({ description: 'SHA-256, hex, over the JSON of its events, a line (LF) each, as it was when they were kept.' }),
        chunks: z.array(z.string()).openapi({ description: 'Where in the archive they stood.' }),
        items: z.array(EventView.extend({ account: z.string() }).openapi('HeldEvent')),
      }),
    ),
  })
  .openapi('HeldHour');

const NONE = 'There is no legal hold with this id. The list is at /v1/legal-holds.';

export function holdRoutes(api: Api, http: HttpPorts, { stores, clock }: QueryPorts): void {
  const about = { ...access(http, 'reviewer'), method: 'get' as const, tags: ['Legal holds'] };
  const holds = new LegalHoldStore(new LedgerStore(stores.enforcement, clock));
  const held = new HeldStore(stores.archive);
  const onHold = { params: z.strictObject({ hold: HoldParam }) };

  const list = createRoute({
    ...about,
    path: '/v1/legal-holds',
    operationId: 'listLegalHolds',
    summary: 'What is kept past retention, for whom and why',
    responses: answers(z.object({ items: z.array(HoldView) }).openapi('LegalHolds'), 'The newest first, released ones too.'),
  });
  api.openapi(list, async (c) => c.json({ items: (await holds.all()).map((hold) => viewOf(hold, c.get('principal'))) }, 200));

  const one = createRoute({
    ...about,
    path: '/v1/legal-holds/{hold}',
    operationId: 'getLegalHold',
    summary: 'One legal hold with the hours that are kept',
    request: onHold,
    responses: answers(HoldDetailView, 'The hold.'),
  });
  api.openapi(one, async (c) => {
    const head = await holds.head(c.req.valid('param').hold);
    if (!head) return problem(c, 'not-found', NONE);
    const { id } = head.state;
    const [hours, batches] = await Promise.all([held.hours(id), held.batches(id)]);
    return c.json({ ...viewOf(head.state, c.get('principal')), held: batches.flat().length, hours: [...hours.keys()].map(hourAt) }, 200);
  });

  const events = createRoute({
    ...about,
    path: '/v1/legal-holds/{hold}/events',
    operationId: 'getHeldEvents',
    summary: 'One hour of what a legal hold keeps, with its digest. Who read it is in the access log',
    request: { ...onHold, query: z.strictObject({ hour: Instant }) },
    responses: answers(HeldHourView, 'The events of the hour.'),
  });
  api.openapi(events, async (c) => {
    const { hour } = c.req.valid('query');
    const keys = (await held.hours(c.req.valid('param').hold)).get(hourLabel(hour)) ?? [];
    const parts: HeldHour[] = [];
    for (const key of keys) {
      const part = await held.read(key);
      if (part) parts.push(part);
    }
    if (parts.length === 0)
      return problem(c, 'not-found', 'This hold keeps nothing of that hour. Its hours are at /v1/legal-holds/{hold}.');
    return c.json({ hour: iso(hour), parts: parts.map(({ digest, chunks, items }) => ({ digest, chunks, items })) }, 200);
  });
}

const hourAt = (label: string): string => iso(Date.parse(`${label}:00:00.000Z`));

function viewOf({ about, from, placedAt, releasedAt, by, ...hold }: LegalHold, to: Person): z.infer<typeof HoldView> {
  return {
    id: hold.id,
    reference: hold.reference,
    because: hold.because,
    accounts: about.kind === 'accounts' ? about.accounts : [],
    campaign: about.kind === 'campaign' ? about.campaign : null,
    from: from === 0 ? null : iso(from),
    placedAt: iso(placedAt),
    by: revealed(to, by),
    releasedAt: releasedAt === null ? null : iso(releasedAt),
  };
}
