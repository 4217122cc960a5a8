import { createRoute, z } from '@hono/zod-openapi';
import { CLASSIFICATIONS } from '../../../shared/domain/campaigns/campaign';
import { ACTIONS, MODES } from '../../../shared/domain/policy/enforcement-policy';
import { DAY, iso } from '../../../shared/domain/time';
import { type Api, access, answers, type HttpPorts } from '../../../shared/http/api';
import { AccountParam, orNull } from '../../../shared/http/fields';
import { problem } from '../../../shared/http/problem';
import type { Enforcement } from '../enforcement';
import { modeOf } from '../policy/decide';
import { outlook, outlookOf } from '../policy/outlook';
import { planFor } from '../policy/plan';

const Share = z.number().nullable();
const RuleView = z
  .object({
    rule: z.string(),
    classification: z.enum(CLASSIFICATIONS),
    action: z.enum(ACTIONS),
    mode: z
      .enum(MODES)
      .openapi({ description: 'In which it decides now: that of its action, no more than its own; assist while it is demoted.' }),
    demoted: z.boolean().openapi({ description: 'Lost mode auto because too many of its actions were reversed.' }),
    acted: z.int(),
    appealed: z.int(),
    granted: z.int(),
    denied: z.int(),
    appealRate: Share.openapi({ description: 'Appeals of all accounts acted on; null when there were none.' }),
    overturnRate: Share.openapi({ description: 'Granted of all appeals that were answered.' }),
    heldUp: Share.openapi({ description: 'Accounts acted on whose action no appeal overturned: precision, as far as people objected.' }),
    labelled: z.int().openapi({ description: 'Accounts it acted on about which somebody found out what they are (GET /v1/labels).' }),
    right: z.int().openapi({ description: 'Labelled accounts that are what the rule took them for.' }),
    reversed: z.int().openapi({ description: 'Labelled accounts that people restored or exonerated without an appeal.' }),
    precision: Share.openapi({ description: 'Right of all labelled; null when none is.' }),
    demotedFrom: z.object({ share: z.number(), atLeast: z.int() }),
  })
  .openapi('RuleRates');

const MemberDecisionView = z
  .object({
    campaign: z.string(),
    decision: z.enum(['act', 'watch', 'no-action']),
    because: z.array(z.string()).openapi({ description: 'What the policy asked about the campaign, in order.' }),
    member: orNull(
      z
        .object({ decision: z.enum(['act', 'review', 'exclude']), why: z.string().nullable(), because: z.array(z.string()) })
        .openapi('MemberDecision'),
    ),
  })
  .openapi('AccountDecision');

/** What the policy's rules say and how often they were wrong: published by rule, and about one account with the reason why not more. */
export function ruleRoutes(api: Api, http: HttpPorts, deps: Enforcement): void {
  const about = { ...access(http, 'viewer'), method: 'get' as const };

  const rules = createRoute({
    ...about,
    tags: ['Policies'],
    path: '/v1/policies/rules',
    operationId: 'listRules',
    summary: 'What each rule of the policy did lately, and how often it was wrong',
    responses: answers(
      z.object({ days: z.number(), since: z.string(), items: z.array(RuleView) }).openapi('Rules'),
      'Of the policy in force.',
    ),
  });
  api.openapi(rules, async (c) => {
    const { policy } = await deps.policy();
    const { demotion } = policy.enforcement;
    const since = deps.clock.now() - demotion.windowDays.value * DAY;
    const demoted = await deps.rules.demoted();
    const items = await Promise.all(
      policy.enforcement.rules.map(async (rule) => {
        const { id, classification, action } = rule;
        const { acted, appealed, granted, denied } = await deps.rules.rates(id, since);
        const { labelled, right, reversed } = await deps.labels.ofRule(id, since);
        const answered = granted + denied;
        return {
          rule: id,
          classification,
          action,
          mode: modeOf(rule, policy.enforcement, demoted),
          demoted: demoted.has(id),
          acted,
          appealed,
          granted,
          denied,
          appealRate: acted === 0 ? null : appealed / acted,
          overturnRate: answered === 0 ? null : granted / answered,
          heldUp: acted === 0 ? null : 1 - granted / acted,
          labelled,
          right,
          reversed,
          precision: labelled === 0 ? null : right / labelled,
          demotedFrom: { share: demotion.grantedShare.value, atLeast: demotion.atLeast.value },
        };
      }),
    );
    return c.json({ days: demotion.windowDays.value, since: iso(since), items }, 200);
  });

  const decision = createRoute({
    ...about,
    tags: ['Accounts'],
    path: '/v1/accounts/{account}/decision',
    operationId: 'getAccountDecision',
    summary: 'What the policy says about the account now, and which threshold, protection or exoneration it met',
    request: { params: z.strictObject({ account: AccountParam }) },
    responses: answers(MemberDecisionView, 'The decision.'),
  });
  api.openapi(decision, async (c) => {
    const { account } = c.req.valid('param');
    const membership = await deps.campaigns.membership(account);
    if (!membership) return problem(c, 'not-found', 'The account is in no campaign, so the policy has nothing to decide about it.');
    const latest = await deps.cases.latestOf(membership.campaign);
    const now = latest
      ? await outlookOf(latest.id, latest.head.state, deps)
      : await outlook(await planFor(membership.campaign, deps), {}, deps);
    const campaign = String(membership.campaign);
    if (now.kind === 'nothing')
      return c.json(
        {
          campaign,
          decision: now.decision === 'watch' ? ('watch' as const) : ('no-action' as const),
          because: [...now.because],
          member: null,
        },
        200,
      );
    const found = now.members.find((one) => one.account === account);
    const member = found
      ? {
          decision: found.kind,
          why: found.kind === 'act' ? null : found.why,
          because: found.kind === 'act' ? [...found.because] : [found.because],
        }
      : null;
    return c.json({ campaign, decision: 'act' as const, because: [...now.plan.decision.because], member }, 200);
  });
}
