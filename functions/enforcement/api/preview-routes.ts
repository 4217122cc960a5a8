import { createRoute, z } from '@hono/zod-openapi';
import { iso } from '../../../shared/domain/time';
import { type Api, access, answers, type HttpPorts } from '../../../shared/http/api';
import { CampaignParam, CaseParam, limit, When } from '../../../shared/http/fields';
import { problem } from '../../../shared/http/problem';
import { undoPreview } from '../commands/undo';
import type { Enforcement } from '../enforcement';
import { dryRun } from '../policy/dry-run';
import { DryRunView, dryRunView } from './dry-run-view';

const NO_CASE = 'There is no case with this id. The list is at /v1/cases.';

const UndoPreviewView = z
  .object({
    restored: z.int().openapi({ description: 'Accounts with an action of this case in force.' }),
    byPlan: z.record(z.string(), z.int()),
    untouched: z.int().openapi({ description: 'Accounts of the case that were restored before.' }),
    exoneratedUntil: When,
    people: z.int().openapi({ description: 'Distinct people it takes: as many as acting on so many accounts.' }),
    asked: z.int().openapi({ description: 'People who asked for it already.' }),
    accounts: z.array(z.string()).openapi({ description: 'The first 100.' }),
    seen: z.string(),
  })
  .openapi('UndoPreview');

const DecidedView = z
  .object({
    account: z.string(),
    decision: z.enum(['act', 'review', 'exclude']),
    why: z.string().nullable(),
    because: z.array(z.string()),
  })
  .openapi('DecidedAccount');

const MOST_SHOWN = 100;
const MOST_LISTED = 1_000;

/** What a command would do, before it is given. These read and write nothing. */
export function previewRoutes(api: Api, http: HttpPorts, deps: Enforcement): void {
  const about = { ...access(http, 'viewer'), method: 'get' as const, tags: ['Cases'] };

  const ofCampaign = createRoute({
    ...about,
    path: '/v1/campaigns/{campaign}/dry-run',
    operationId: 'dryRunCampaign',
    summary: 'Who would be hit if the campaign were contained now; nothing is written and nobody is asked',
    request: { params: z.strictObject({ campaign: CampaignParam }) },
    responses: answers(DryRunView, 'What would happen.'),
  });
  api.openapi(ofCampaign, async (c) => {
    const answer = await dryRun({ campaign: c.req.valid('param').campaign }, deps);
    return answer.kind === 'unknown'
      ? problem(c, 'not-found', 'There is no campaign with this id.')
      : c.json(dryRunView(answer, c.get('principal')), 200);
  });

  const ofCase = createRoute({
    ...about,
    path: '/v1/cases/{case}/dry-run',
    operationId: 'dryRunCase',
    summary: 'Who would be hit if the case went through now, and the `seen` to approve it with',
    request: { params: z.strictObject({ case: CaseParam }) },
    responses: answers(DryRunView, 'What would happen.'),
  });
  api.openapi(ofCase, async (c) => {
    const answer = await dryRun({ case: c.req.valid('param').case }, deps);
    return answer.kind === 'unknown' ? problem(c, 'not-found', NO_CASE) : c.json(dryRunView(answer, c.get('principal')), 200);
  });

  const undo = createRoute({
    ...about,
    path: '/v1/cases/{case}/undo-preview',
    operationId: 'previewUndo',
    summary: 'Who would be restored, until when they are exonerated, and how many people it takes',
    request: { params: z.strictObject({ case: CaseParam }) },
    responses: answers(UndoPreviewView, 'What would happen.'),
  });
  api.openapi(undo, async (c) => {
    const preview = await undoPreview(c.req.valid('param').case, deps);
    if (!preview) return problem(c, 'not-found', NO_CASE);
    const { accounts, asked, byPlan, exoneratedUntil, ...rest } = preview;
    const shown = accounts.slice(0, MOST_SHOWN).map(String);
    return c.json({ ...rest, byPlan: { ...byPlan }, asked: asked.length, exoneratedUntil: iso(exoneratedUntil), accounts: shown }, 200);
  });

  const accounts = createRoute({
    ...about,
    path: '/v1/cases/{case}/accounts',
    operationId: 'listCaseAccounts',
    summary: 'What the case would do about each account now, and why',
    request: { params: z.strictObject({ case: CaseParam }), query: z.strictObject({ limit: limit(MOST_LISTED, MOST_LISTED) }) },
    responses: answers(z.object({ items: z.array(DecidedView), of: z.int() }).openapi('CaseAccounts'), 'Acted on first.'),
  });
  api.openapi(accounts, async (c) => {
    const answer = await dryRun({ case: c.req.valid('param').case }, deps);
    if (answer.kind === 'unknown') return problem(c, 'not-found', NO_CASE);
    const members = answer.kind === 'nothing' ? [] : answer.members;
    const items = [...members]
      .sort((one, other) => ORDER[one.kind] - ORDER[other.kind])
      .slice(0, c.req.valid('query').limit)
      .map((member) => ({
        account: String(member.account),
        decision: member.kind,
        why: member.kind === 'act' ? null : member.why,
        because: member.kind === 'act' ? [...member.because] : [member.because],
      }));
    return c.json({ items, of: members.length }, 200);
  });
}

const ORDER = { act: 0, review: 1, exclude: 2 } as const;
