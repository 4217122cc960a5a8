import { createRoute, z } from '@hono/zod-openapi';
import { CLASSIFICATIONS } from '../../../shared/domain/campaigns/campaign';
import { LABEL_SOURCES, LABELS, type Label, type LabelValue, standingLabel } from '../../../shared/domain/campaigns/label';
import { mayAct, type Person } from '../../../shared/domain/person';
import { iso } from '../../../shared/domain/time';
import { type Api, access, answers, type HttpPorts } from '../../../shared/http/api';
import { startOf } from '../../../shared/http/cursor';
import { AccountParam, CursorField, limit, orNull, pageOf, When } from '../../../shared/http/fields';
import { badCursor } from '../../../shared/http/problem';
import { LabelStore } from '../../../shared/stores/campaigns/label-store';
import type { QueryPorts } from '../query-ports';
import { calibration } from './calibration';

const LabelView = z
  .object({
    account: z.string(),
    label: z.enum(LABELS),
    source: z.enum(LABEL_SOURCES),
    by: z.string().nullable().openapi({ description: 'Who; null for viewers.' }),
    at: When,
    because: z.string().nullable().openapi({ description: 'Why; null for viewers.' }),
    judged: orNull(
      z
        .object({ campaign: z.string(), case: z.string(), rule: z.string(), classification: z.enum(CLASSIFICATIONS) })
        .openapi('LabelJudged', { description: 'What the machine had done about the account: what the label is held against.' }),
    ),
    before: z.int().openapi({ description: 'Labels of the account that this one stands in place of.' }),
  })
  .openapi('Label');

const Share = z.number().nullable();
const SummaryView = z
  .object({
    labelled: z.int(),
    byLabel: z.record(z.string(), z.int()),
    bySource: z.record(z.string(), z.int()),
    disagreed: z.int().openapi({ description: 'Labelled accounts that are not what the machine took them for.' }),
    calibration: z
      .array(z.object({ from: z.number(), to: z.number(), groups: z.int(), said: z.number(), were: Share, low: Share, high: Share }))
      .openapi({
        description:
          'Campaigns with labelled members, by how probable detection says their likeliest class is: how many were of it (Wilson, 95 %).',
      }),
  })
  .openapi('LabelSummary');

const LabelsQuery = z.strictObject({
  account: AccountParam.optional(),
  label: z.enum(LABELS).optional(),
  source: z.enum(LABEL_SOURCES).optional(),
  limit: limit(1_000, 100),
  cursor: CursorField,
});

/** What is known of accounts, by whom and why; and how well detection does by it. */
export function labelRoutes(api: Api, http: HttpPorts, ports: QueryPorts): void {
  const about = { ...access(http, 'viewer'), method: 'get' as const, tags: ['Labels'] };
  const labels = new LabelStore(ports.stores.enforcement);

  const list = createRoute({
    ...about,
    path: '/v1/labels',
    operationId: 'listLabels',
    summary: 'What stands about each account that somebody looked at, in order of account',
    description: 'With a filter a page may be short or empty and have `next`: go on.',
    request: { query: LabelsQuery },
    responses: answers(pageOf('Labels', LabelView), 'One page.'),
  });
  api.openapi(list, async (c) => {
    const { limit: size, cursor, account, ...where } = c.req.valid('query');
    const to = c.get('principal');
    const wanted = (label: Label & { value: LabelValue }) =>
      (where.label === undefined || where.label === label.value) && (where.source === undefined || where.source === label.source);
    const bound = { route: 'labels', parameters: { ...where, account } };
    const from = startOf(ports.cursors, bound, cursor);
    if (from.kind === 'refused') return badCursor(c, from.because);
    if (account !== undefined) return c.json({ items: view([await labels.of(account)], to, wanted) }, 200);
    const page = await labels.page(from.after, size);
    const items = view(
      page.accounts.map((one) => one.labels),
      to,
      wanted,
    );
    return c.json({ items, ...(page.next === undefined ? {} : { next: ports.cursors.write(bound, page.next) }) }, 200);
  });

  const summary = createRoute({
    ...about,
    path: '/v1/labels/summary',
    operationId: 'getLabelSummary',
    summary: 'How many labels there are, and whether detection is as sure as it is right',
    responses: answers(SummaryView, 'By label, by source, by probability.'),
  });
  api.openapi(summary, async (c) => {
    const standing = await labels.standing();
    const known = [...standing.values()];
    return c.json(
      {
        labelled: standing.size,
        byLabel: counted(known.map(({ value }) => value)),
        bySource: counted(known.map(({ source }) => source)),
        disagreed: known.filter(({ value, judged }) => judged && judged.classification !== value).length,
        calibration: calibration(await knownGroups(standing, ports)),
      },
      200,
    );
  });
}

function counted(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** Campaigns with the labels of their members; a campaign without any is not opened. */
async function knownGroups(standing: Awaited<ReturnType<LabelStore['standing']>>, { campaigns }: QueryPorts) {
  const found = new Map<string, LabelValue[]>();
  for (const [account, label] of standing) {
    const campaign = (await campaigns.membership(account))?.campaign ?? label.judged?.campaign;
    if (campaign !== undefined) found.set(campaign, [...(found.get(campaign) ?? []), label.value]);
  }
  const groups = [];
  for await (const header of campaigns.all()) {
    const labels = found.get(header.id);
    if (labels) groups.push({ probabilities: header.probabilities, labels });
  }
  return groups;
}

function view(
  accounts: readonly (readonly Label[])[],
  to: Person,
  wanted: (label: Label & { value: LabelValue }) => boolean,
): z.infer<typeof LabelView>[] {
  const named = mayAct(to, 'reviewer');
  return accounts.flatMap((all) => {
    const stands = standingLabel(all);
    if (!stands?.value || !wanted({ ...stands, value: stands.value })) return [];
    const { account, value, source, by, at, because, judged } = stands;
    return [
      {
        account,
        label: value,
        source,
        by: named ? by : null,
        at: iso(at),
        because: named ? because : null,
        judged,
        before: all.length - 1,
      },
    ];
  });
}
