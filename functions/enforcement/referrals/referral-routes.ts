import { createRoute, z } from '@hono/zod-openapi';
import { DESK_ANSWERS, LONGEST } from '../../../shared/contract/event';
import { FAMILIES } from '../../../shared/domain/campaigns/campaign';
import { MOST_REFERRED } from '../../../shared/domain/cases/referral';
import { ONE_LINE } from '../../../shared/domain/plain-text';
import { type Api, access, answers, command, commandHeaders, type HttpPorts, jsonBody } from '../../../shared/http/api';
import { answerCommand, Because, BecauseBody, CommandView } from '../../../shared/http/command-answer';
import { CampaignParam, CloudField, ReferralParam } from '../../../shared/http/fields';
import { problem } from '../../../shared/http/problem';
import type { Names } from '../api/name-routes';
import type { Enforcement } from '../enforcement';
import { approveReferral } from './approve-referral';
import { letterOf } from './letter';
import { partnerOf } from './partners';
import { draftOf, refer } from './refer';
import { noteAnswer, withdraw } from './take-answer';

const Withhold = z
  .array(z.enum(FAMILIES))
  .max(FAMILIES.length)
  .default([])
  .openapi({ description: 'Families of evidence of which nothing is said to the desk.' });
const Seen = z
  .string()
  .regex(/^\d+-[0-9a-f]{16}$/, 'Give `seen` as the preview shows it.')
  .optional()
  .openapi({ description: 'The `seen` of the preview that was looked at: refused when whom it is about changed since.' });

const PreviewView = z
  .object({
    referral: z.string().openapi({ description: 'The id that it would have.' }),
    cloud: z.string(),
    desk: z.string(),
    byHand: z.boolean().openapi({ description: 'No desk is set up for this cloud: a person hands the letter in.' }),
    approvers: z.int().openapi({ description: 'People whom it takes: 2 for as many tenants as would take two to act on accounts.' }),
    tenants: z.int().openapi({ description: `Tenants that would be named, at most ${MOST_REFERRED}.` }),
    exchanges: z.number(),
    leftOut: z
      .object({ role: z.int(), unnamed: z.int(), exonerated: z.int(), referred: z.int(), later: z.int() })
      .openapi({ description: 'Tenants that would not: bystanders, without an id, exonerated, referred before, for the next referral.' }),
    evidence: z.array(z.object({ family: z.enum(FAMILIES), because: z.string() })),
    elsewhere: z.object({ firstParty: z.int(), otherClouds: z.int() }),
    seen: z.string(),
  })
  .openapi('ReferralPreview');

const LetterView = z
  .object({ referral: z.string(), desk: z.string(), subject: z.string(), markdown: z.string() })
  .openapi('ReferralLetter');

/** Tenants of other clouds, referred to the abuse desk of theirs by a person; what the desk answers; and taking it back. */
export function referralRoutes(api: Api, http: HttpPorts, deps: Enforcement, names: Pick<Names, 'tenantsOf'>): void {
  const tags = ['Referrals'];
  const preview = createRoute({
    ...access(http, 'reviewer'),
    method: 'get',
    path: '/v1/campaigns/{campaign}/referral-preview',
    operationId: 'previewReferral',
    tags,
    summary: 'Which tenants of a cloud would be referred to its abuse desk now, and what would be said; nothing is written',
    request: { params: z.strictObject({ campaign: CampaignParam }), query: z.strictObject({ cloud: CloudField }) },
    responses: answers(PreviewView, 'What would be said.'),
  });
  api.openapi(preview, async (c) => {
    const { campaign } = c.req.valid('param');
    const { cloud } = c.req.valid('query');
    const before = (await deps.referrals.ofCampaign(campaign)).filter(({ state }) => state.cloud === cloud);
    const draft = await draftOf({ campaign, cloud, withhold: [] }, before, deps);
    if (draft.kind !== 'draft') return problem(c, draft.kind === 'unknown' ? 'not-found' : 'refused', draft.because);
    const { referral, leftOut, seen } = draft;
    return c.json(
      {
        referral: referral.id,
        cloud,
        desk: partnerOf(cloud).desk,
        byHand: !deps.desks.isSetUp(cloud),
        approvers: draft.approvers,
        tenants: referral.tenants.length,
        exchanges: referral.tenants.reduce((sum, { exchanges }) => sum + exchanges, 0),
        leftOut,
        evidence: referral.evidence,
        elsewhere: referral.elsewhere,
        seen,
      },
      200,
    );
  });

  const ask = createRoute({
    ...command(http, 'reviewer'),
    method: 'post',
    path: '/v1/referrals',
    operationId: 'refer',
    tags,
    summary: 'Refer the tenants of a cloud that belong to a campaign to the abuse desk there',
    description: 'No machine does it, and nothing is asked of the provider. What is said is kept in the ledger; withdraw takes it back.',
    request: {
      headers: commandHeaders,
      body: jsonBody(
        z
          .strictObject({ campaign: CampaignParam, cloud: CloudField, withhold: Withhold, seen: Seen, because: Because })
          .openapi('NewReferral'),
      ),
    },
    responses: answers(CommandView, 'Done, or done before; with its id.'),
  });
  api.openapi(ask, async (c) => {
    const { id, role } = c.get('principal');
    const { seen, ...asked } = c.req.valid('json');
    const key = c.req.valid('header')['idempotency-key'];
    return answerCommand(c, await refer({ actor: { id, role }, key, ...asked, ...(seen === undefined ? {} : { seen }) }, deps));
  });

  const second = createRoute({
    ...command(http, 'reviewer'),
    method: 'post',
    path: '/v1/referrals/{referral}/approve',
    operationId: 'approveReferral',
    tags,
    summary: 'The second person’s word on a referral of many tenants: it is sent as it was drafted',
    request: { headers: commandHeaders, params: z.strictObject({ referral: ReferralParam }), body: jsonBody(BecauseBody) },
    responses: answers(CommandView, 'Done, or done before.'),
  });
  api.openapi(second, async (c) => {
    const { id: person, role } = c.get('principal');
    const key = c.req.valid('header')['idempotency-key'];
    const { referral: id } = c.req.valid('param');
    return answerCommand(c, await approveReferral({ actor: { id: person, role }, key, id, ...c.req.valid('json') }, deps));
  });

  const note = createRoute({
    ...command(http, 'reviewer'),
    method: 'post',
    path: '/v1/referrals/{referral}/answer',
    operationId: 'noteReferralAnswer',
    tags,
    summary: 'What the abuse desk answered, or that the letter was handed in',
    description: 'The same by event is `lockstep.referral.v1`.',
    request: {
      headers: commandHeaders,
      params: z.strictObject({ referral: ReferralParam }),
      body: jsonBody(
        z
          .strictObject({
            answer: z.enum(['sent', ...DESK_ANSWERS]),
            reference: z.string().min(1).max(LONGEST.word).regex(ONE_LINE).optional().openapi({ description: 'What the desk calls it.' }),
            because: Because,
          })
          .openapi('ReferralAnswer'),
      ),
    },
    responses: answers(CommandView, 'Done, or done before.'),
  });
  api.openapi(note, async (c) => {
    const { id: person, role } = c.get('principal');
    const { reference, ...said } = c.req.valid('json');
    const key = c.req.valid('header')['idempotency-key'];
    const { referral: id } = c.req.valid('param');
    const about = { actor: { id: person, role }, key, id, ...said, ...(reference === undefined ? {} : { reference }) };
    return answerCommand(c, await noteAnswer(about, deps));
  });

  const takeBack = createRoute({
    ...command(http, 'reviewer'),
    method: 'post',
    path: '/v1/referrals/{referral}/withdraw',
    operationId: 'withdrawReferral',
    tags,
    summary: 'Take a referral back; the desk is told if it may have heard of it',
    request: { headers: commandHeaders, params: z.strictObject({ referral: ReferralParam }), body: jsonBody(BecauseBody) },
    responses: answers(CommandView, 'Done, or done before.'),
  });
  api.openapi(takeBack, async (c) => {
    const { id: person, role } = c.get('principal');
    const key = c.req.valid('header')['idempotency-key'];
    const { referral: id } = c.req.valid('param');
    return answerCommand(c, await withdraw({ actor: { id: person, role }, key, id, ...c.req.valid('json') }, deps));
  });

  const letter = createRoute({
    // No `command`: it would keep the letter, and with it the tenants' names, for a retry.
    ...access(http, 'reviewer'),
    method: 'post',
    path: '/v1/referrals/{referral}/letter',
    operationId: 'openReferralLetter',
    tags,
    summary: 'The letter to the abuse desk, with the tenants as their cloud calls them; the access log keeps who asked',
    request: { params: z.strictObject({ referral: ReferralParam }) },
    responses: answers(LetterView, 'The letter; of a withdrawn referral, the one that takes it back.'),
  });
  api.openapi(letter, async (c) => {
    const { referral: id } = c.req.valid('param');
    const head = await deps.referrals.head(id);
    if (!head) return problem(c, 'not-found', 'There is no referral with this id. The list is at /v1/referrals.');
    const { kind } = head.state.progress;
    const withdrawn = kind === 'withdrawing' || kind === 'withdrawn';
    const opened = await names.tenantsOf(head.state);
    return c.json({ referral: id, desk: partnerOf(head.state.cloud).desk, ...letterOf(head.state, opened, { withdrawn }) }, 200);
  });
}
