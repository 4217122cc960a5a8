import { createRoute, z } from '@hono/zod-openapi';
import { MOST_HELD } from '../../../shared/domain/cases/legal-hold';
import { ONE_LINE } from '../../../shared/domain/plain-text';
import { type Api, answers, command, commandHeaders, type HttpPorts, jsonBody } from '../../../shared/http/api';
import { answerCommand, Because, BecauseBody, CommandView } from '../../../shared/http/command-answer';
import { AccountParam, CampaignParam, HoldParam, Instant } from '../../../shared/http/fields';
import { placeHold, releaseHold } from '../commands/legal-holds';
import type { Enforcement } from '../enforcement';

const About = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('accounts'),
      accounts: z.array(AccountParam).min(1).max(MOST_HELD, `At most ${MOST_HELD} accounts.`),
    }),
    z.strictObject({ kind: z.literal('campaign'), campaign: CampaignParam }),
  ])
  .openapi('HoldSubject');

export function legalHoldRoutes(api: Api, http: HttpPorts, deps: Enforcement): void {
  const about = {
    ...command(http, 'admin'),
    method: 'post' as const,
    tags: ['Legal holds'],
    responses: answers(CommandView, 'Done, or done before.'),
  };

  const place = createRoute({
    ...about,
    path: '/v1/legal-holds',
    operationId: 'placeLegalHold',
    summary: 'Keep the events of accounts, or of a campaign with everybody who joins it, past the retention of the archive',
    request: {
      headers: commandHeaders,
      body: jsonBody(
        z
          .strictObject({
            about: About,
            reference: z.string().min(3).max(128).regex(ONE_LINE).openapi({ description: 'What it is for: a file number, a letter.' }),
            from: Instant.optional().openapi({ description: 'Events from this time on; without it all that the archive still has.' }),
            because: Because,
          })
          .openapi('NewLegalHold'),
      ),
    },
  });
  api.openapi(place, async (c) => {
    const { id, role } = c.get('principal');
    const { from, ...asked } = c.req.valid('json');
    const key = c.req.valid('header')['idempotency-key'];
    return answerCommand(c, await placeHold({ actor: { id, role }, key, ...asked, ...(from === undefined ? {} : { from }) }, deps));
  });

  const release = createRoute({
    ...about,
    path: '/v1/legal-holds/{hold}/release',
    operationId: 'releaseLegalHold',
    summary: 'What was kept for it goes; its entries in the ledger stay',
    request: { params: z.strictObject({ hold: HoldParam }), headers: commandHeaders, body: jsonBody(BecauseBody) },
  });
  api.openapi(release, async (c) => {
    const { id, role } = c.get('principal');
    const key = c.req.valid('header')['idempotency-key'];
    return answerCommand(c, await releaseHold({ actor: { id, role }, key, id: c.req.valid('param').hold, ...c.req.valid('json') }, deps));
  });
}
