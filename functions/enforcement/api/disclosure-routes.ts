import { createRoute, z } from '@hono/zod-openapi';
import { Attribution, MOST_DISCLOSED, Prices } from '../../../shared/domain/campaigns/disclosure';
import { ONE_LINE } from '../../../shared/domain/plain-text';
import { type Api, answers, command, commandHeaders, type HttpPorts, jsonBody } from '../../../shared/http/api';
import { answerCommand, Because, CommandView } from '../../../shared/http/command-answer';
import { CampaignParam, Instant } from '../../../shared/http/fields';
import { disclose } from '../commands/disclose';
import type { Enforcement } from '../enforcement';

const TITLE = 'Give a title of one line, 3 to 200 characters.';
const NewDisclosure = z
  .strictObject({
    title: z.string().regex(ONE_LINE, TITLE).min(3, TITLE).max(200, TITLE),
    campaigns: z.array(CampaignParam).min(1, 'Name one campaign at least.').max(MOST_DISCLOSED, `At most ${MOST_DISCLOSED} in one.`),
    from: Instant.optional().openapi({ description: 'The range that is counted, by the hour; without it the campaigns’ own.' }),
    to: Instant.optional(),
    prices: Prices.optional().openapi({ description: 'List prices, US dollars a million tokens: gives the value of what was taken.' }),
    attribution: Attribution.omit({ author: true })
      .strict()
      .optional()
      .openapi({ description: 'Who is behind it, how sure, on what: a judgement of the caller, kept apart from what was measured.' }),
    because: Because,
  })
  .openapi('NewDisclosure');

export function disclosureRoutes(api: Api, http: HttpPorts, deps: Enforcement): void {
  const write = createRoute({
    ...command(http, 'reviewer'),
    method: 'post',
    path: '/v1/disclosures',
    operationId: 'writeDisclosure',
    tags: ['Disclosures'],
    summary: 'Freeze what is known of one operator’s campaigns as the next numbered disclosure',
    description: 'It is an entry of the ledger: what is found later does not change it. A correction is another one.',
    request: { headers: commandHeaders, body: jsonBody(NewDisclosure) },
    responses: answers(CommandView, 'Done, or done before; with its number.'),
  });
  api.openapi(write, async (c) => {
    const { id, role } = c.get('principal');
    const { because, ...asked } = c.req.valid('json');
    return answerCommand(c, await disclose({ actor: { id, role }, key: c.req.valid('header')['idempotency-key'], because, asked }, deps));
  });
}
