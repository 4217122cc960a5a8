import { createRoute, z } from '@hono/zod-openapi';
import { eventsSchema } from '../../shared/contract/json-schema';
import { SWITCH_CHAIN, THE_SWITCH } from '../../shared/domain/cases/kill-switch';
import { PERSON_ROLES } from '../../shared/domain/person';
import { iso } from '../../shared/domain/time';
import { type Api, access, answers, type HttpPorts, publicAccess } from '../../shared/http/api';
import { orNull, When } from '../../shared/http/fields';
import description from '../../shared/http/openapi.json';
import { isolated, LedgerStore } from '../../shared/stores/cases/ledger-store';
import { health } from './health';
import type { QueryPorts } from './query-ports';

const Health = z.object({ status: z.literal('ok'), at: When }).openapi('Health');
const Me = z.object({ id: z.string(), name: z.string(), role: z.enum(PERSON_ROLES) }).openapi('Me');
const Status = z
  .object({
    at: When.openapi({ description: 'The time the workflow goes by: the simulated time in a demo.' }),
    enforcement: z.enum(['armed', 'stopped']).openapi({ description: 'The kill switch. Never set counts as stopped.' }),
    campaigns: z.int().openapi({ description: 'With one account at least.' }),
    accounts: z.int().openapi({ description: 'Members of campaigns.' }),
    lastRun: When.nullable().openapi({ description: 'When the last detection run was decided about, whatever it found.' }),
    stale: z.boolean().openapi({ description: 'The last detection run is further back than two of its intervals and a half.' }),
    foldedThrough: When.nullable().openapi({ description: 'The end of the newest hour that is folded.' }),
    hoursWaiting: z.int().openapi({ description: 'Hours with events, older than an hour, that are not folded yet.' }),
    newestEvents: When.nullable().openapi({ description: 'The newest hour that events arrived for.' }),
    casesWaiting: z.int().openapi({ description: 'Cases that wait for people, or were stopped.' }),
    appealsOverdue: z.int(),
    restoresWaiting: z.int().openapi({ description: 'Accounts whose restoring the provider has not acknowledged.' }),
    deliveries: z
      .object({
        failing: z
          .array(z.object({ case: z.string(), lastTry: When, tries: z.int(), retryAt: When }).openapi('FailingDelivery'))
          .openapi({ description: 'Cases whose next accounts wait because the provider’s system does not answer, the most tried first.' }),
        notSeen: z.int().openapi({ description: 'Actions in force that the provider’s account events do not show yet.' }),
        givenUp: z.int().openapi({ description: 'Of these, acknowledged, asked again, and not carried out.' }),
      })
      .openapi('Deliveries'),
    deadLetters: orNull(
      z
        .object({
          at: When.openapi({ description: 'When the queues were last looked at: every five minutes.' }),
          watched: z.int().openapi({ description: 'Dead-letter queues there are.' }),
          queues: z
            .array(
              z
                .object({
                  queue: z.string().openapi({ description: 'Its name in docs/runbook.md.' }),
                  messages: z.int(),
                  since: When.openapi({ description: 'It was not seen empty since.' }),
                  redrive: z
                    .string()
                    .openapi({ description: 'The command that sends them again, or empties the queue where they are records only.' }),
                })
                .openapi('DeadLetterQueue'),
            )
            .openapi({ description: 'Those that are not empty, the fullest first.' }),
        })
        .openapi('DeadLetters'),
    ).openapi({ description: 'Null before anybody looked.' }),
    activeAccounts: z.int().nullable().openapi({ description: 'Accounts active at the last run.' }),
  })
  .openapi('Status');

export function statusRoutes(api: Api, http: HttpPorts, ports: QueryPorts): void {
  const probe = createRoute({
    ...publicAccess(http),
    method: 'get',
    path: '/v1/health',
    operationId: 'getHealth',
    tags: ['Status'],
    summary: 'Can the API read what it needs?',
    responses: answers(Health, 'It can.'),
  });
  api.openapi(probe, async (c) => {
    const { stores, clock } = ports;
    // An outage of any of them throws and is answered 500 by the problem handler.
    await Promise.all([stores.graph.get('HEALTH', 'PROBE'), stores.enforcement.get('HEALTH', 'PROBE'), stores.archive.get('health/probe')]);
    return c.json({ status: 'ok' as const, at: iso(clock.now()) }, 200);
  });

  // Plain: a description of itself inside itself helps nobody.
  api.get('/v1/openapi.json', (c) => c.json(description));
  // The contract of what is sent: for whoever sends it, who has no login.
  api.get('/v1/events.schema.json', (c) => c.json(eventsSchema()));

  const me = createRoute({
    ...access(http, 'viewer'),
    method: 'get',
    path: '/v1/me',
    operationId: 'getMe',
    tags: ['Status'],
    summary: 'Who the token says you are',
    responses: answers(Me, 'You.'),
  });
  api.openapi(me, (c) => c.json(c.get('principal'), 200));

  const status = createRoute({
    ...access(http, 'viewer'),
    method: 'get',
    path: '/v1/status',
    operationId: 'getStatus',
    tags: ['Status'],
    summary: 'The clock, the kill switch, and how much there is',
    responses: answers(Status, 'The state of things.'),
  });
  api.openapi(status, async (c) => {
    const { stores, clock } = ports;
    const head = await isolated(
      () => new LedgerStore(stores.enforcement, clock).head(SWITCH_CHAIN, THE_SWITCH),
      () => undefined,
    );
    let campaigns = 0;
    let accounts = 0;
    for await (const header of ports.campaigns.headers()) {
      const members = Object.values(header.counts).reduce((sum, count) => sum + count, 0);
      if (members > 0) campaigns++;
      accounts += members;
    }
    const enforcement = head?.state.kind ?? ('stopped' as const);
    return c.json({ at: iso(clock.now()), enforcement, campaigns, accounts, ...(await health(ports)) }, 200);
  });
}
