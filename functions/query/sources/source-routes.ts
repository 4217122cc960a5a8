import { createRoute, z } from '@hono/zod-openapi';
import { fieldShares, silentFamilies } from '../../../shared/domain/arrival';
import { iso } from '../../../shared/domain/time';
import { type Api, access, answers, type HttpPorts } from '../../../shared/http/api';
import { When } from '../../../shared/http/fields';
import { ARRIVALS_KEPT_DAYS, arrivalsOf } from '../../../shared/stores/archive/arrival-store';
import type { QueryPorts } from '../query-ports';

const Source = z
  .object({
    producer: z.string().openapi({ description: 'litellm, bedrock, …; contract: whoever writes our events; unknown: nobody’s.' }),
    accepted: z.int(),
    refused: z.record(z.string(), z.int()).openapi({ description: 'By reason. The records are kept: npm run redrive.' }),
    usage: z.int().openapi({ description: 'Usage events.' }),
    accounts: z.int().openapi({ description: 'Events about accounts.' }),
    lastEvent: When.nullable().openapi({ description: 'The time of the newest event that was taken.' }),
    lagSeconds: z.int().nullable().openapi({ description: 'How long ago that was.' }),
    fields: z.record(z.string(), z.number()).openapi({ description: 'In which share of its events a field arrives, 0..1.' }),
  })
  .openapi('Source');
const Sources = z
  .object({
    days: z.int(),
    items: z.array(Source),
    fields: z.record(z.string(), z.number()).openapi({ description: 'The same over all producers.' }),
    silent: z.array(z.string()).openapi({ description: 'Which families of evidence there cannot be, and why.' }),
  })
  .openapi('Sources');

export function sourceRoutes(api: Api, http: HttpPorts, { stores, clock }: QueryPorts): void {
  const sources = createRoute({
    ...access(http, 'viewer'),
    method: 'get',
    path: '/v1/sources',
    operationId: 'listSources',
    tags: ['Events'],
    summary: 'Did it arrive? What came from each producer, and which evidence it can give',
    request: {
      query: z.object({
        days: z
          .string()
          .regex(/^[1-8]$/, `Give 1 to ${ARRIVALS_KEPT_DAYS}.`)
          .default('1')
          .openapi({ description: 'Today and the days before (UTC), 1 to 8.' }),
      }),
    },
    responses: answers(Sources, 'By producer, the busiest first.'),
  });
  api.openapi(sources, async (c) => {
    const days = Number(c.req.valid('query').days);
    const now = clock.now();
    const arrivals = await arrivalsOf(stores.features, now, days);
    const items = Object.entries(arrivals)
      .map(([producer, one]) => ({
        producer,
        accepted: one.accepted,
        refused: one.refused,
        usage: one.usage,
        accounts: one.accounts,
        lastEvent: one.latest === 0 ? null : iso(one.latest),
        lagSeconds: one.latest === 0 ? null : Math.max(0, Math.round((now - one.latest) / 1000)),
        fields: fieldShares({ [producer]: one }),
      }))
      .sort((one, other) => other.accepted - one.accepted || (one.producer < other.producer ? -1 : 1));
    return c.json({ days, items, fields: fieldShares(arrivals), silent: silentFamilies(arrivals) }, 200);
  });
}
