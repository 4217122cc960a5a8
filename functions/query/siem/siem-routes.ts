import { createRoute, z } from '@hono/zod-openapi';
import { cefOf } from '../../../shared/formats/siem/cef';
import type { OcsfEvent } from '../../../shared/formats/siem/ocsf';
import { otlpOf } from '../../../shared/formats/siem/otlp';
import { type Api, access, answers, type HttpPorts } from '../../../shared/http/api';
import { startOf } from '../../../shared/http/cursor';
import { CursorField, limit } from '../../../shared/http/fields';
import { badCursor } from '../../../shared/http/problem';
import type { QueryPorts } from '../query-ports';
import { siemEvents } from './siem-events';

const SiemQuery = z.strictObject({
  day: z.iso.date('Give a day as 2026-04-22.'),
  of: z
    .enum(['ledger', 'access'])
    .default('ledger')
    .openapi({ description: 'ledger: findings, decisions, actions. access: who called what.' }),
  format: z.enum(['ocsf', 'cef', 'otlp']).default('ocsf').openapi({
    description:
      'ocsf: objects of OCSF 1.3.0. cef: lines of CEF 0. otlp: the whole page as one body for an OpenTelemetry collector (/v1/logs, JSON).',
  }),
  limit: limit(500, 100),
  cursor: CursorField,
});
const SiemPage = z
  .object({
    items: z.array(z.union([z.record(z.string(), z.unknown()), z.string()])),
    next: z.string().optional(),
  })
  .openapi('SiemEvents');

function itemsIn(format: z.output<typeof SiemQuery>['format'], events: readonly OcsfEvent[]): z.input<typeof SiemPage>['items'] {
  switch (format) {
    case 'ocsf':
      return [...events];
    case 'cef':
      return events.map((event) => cefOf(event));
    case 'otlp':
      // A collector has nothing to do with an empty body.
      return events.length === 0 ? [] : [{ ...otlpOf(events) }];
    default:
      return format satisfies never;
  }
}

/** What happened here for whatever collects such things: oldest first, so that a collector goes on where it stopped. */
export function siemRoutes(api: Api, http: HttpPorts, ports: QueryPorts): void {
  const reading = { enforcement: ports.stores.enforcement, access: http.state, campaigns: ports.campaigns, clock: ports.clock };
  const route = createRoute({
    ...access(http, 'admin'),
    method: 'get',
    tags: ['SIEM'],
    path: '/v1/siem/events',
    operationId: 'listSiemEvents',
    summary: 'One UTC day of findings, decisions and actions, or of the access log, as OCSF events, CEF lines or OpenTelemetry log records',
    description: 'The ledger oldest first, the access log newest first. Each event has an id of its own (`metadata.uid`, `externalId`).',
    request: { query: SiemQuery },
    responses: answers(SiemPage, 'One page. A page may be short and have `next`: go on.'),
  });
  api.openapi(route, async (c) => {
    const { day, of, format, limit: size, cursor } = c.req.valid('query');
    const bound = { route: 'siem', parameters: { day, of, format } };
    const from = startOf(ports.cursors, bound, cursor);
    if (from.kind === 'refused') return badCursor(c, from.because);
    const after = from.after === undefined ? {} : { after: from.after };
    const page = await siemEvents({ day, of, limit: size, ...after }, reading);
    const items = itemsIn(format, page.events);
    return c.json({ items, ...(page.next === undefined ? {} : { next: ports.cursors.write(bound, page.next) }) }, 200);
  });
}
