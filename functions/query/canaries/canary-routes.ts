import { createRoute, z } from '@hono/zod-openapi';
import { type CanarySet, type FalsePositives, falsePositives, type Reading, readEchoes } from '../../../shared/domain/campaigns/canary';
import { type LabelValue, standingLabel } from '../../../shared/domain/campaigns/label';
import type { Person } from '../../../shared/domain/person';
import { iso } from '../../../shared/domain/time';
import { type Api, access, answers, type HttpPorts } from '../../../shared/http/api';
import { AccountParam, CampaignParam, When } from '../../../shared/http/fields';
import type { AccountKey, CampaignId } from '../../../shared/identity/ids';
import { inBatches } from '../../../shared/in-batches';
import { CanaryStore } from '../../../shared/stores/campaigns/canary-store';
import { LabelStore } from '../../../shared/stores/campaigns/label-store';
import { LedgerStore } from '../../../shared/stores/cases/ledger-store';
import { revealed } from '../accounts/account-view';
import type { QueryPorts } from '../query-ports';

const READINGS = ['not-seen', 'own', 'echoed', 'public', 'false', 'withdrawn'] as const satisfies readonly Reading['kind'][];

const SetView = z
  .object({
    id: z.string(),
    subject: z.enum(['campaign', 'account', 'control']),
    campaign: z.string().nullable().openapi({ description: 'Of whom: the campaign, or the campaign that the account is in now.' }),
    account: z.string().nullable(),
    tokens: z.int(),
    issuedAt: When,
    until: When,
    stands: z.boolean().openapi({ description: 'Neither withdrawn nor past.' }),
    because: z.string(),
    issuedBy: z.string().nullable().openapi({ description: 'Null for viewers.' }),
    reading: z.enum(READINGS).openapi({
      description:
        'own: its owner repeats it. echoed: others have it. public: so many unrelated accounts repeat it that it stands somewhere open, and nobody is linked. false: a control came back.',
    }),
    says: z.string(),
    echoes: z.int().openapi({ description: 'Tokens by place, those that are not remembered included.' }),
    by: z.array(
      z.object({
        account: z.string().nullable(),
        model: z.string().nullable(),
        campaign: z.string().nullable().openapi({ description: 'The campaign that the account is in now.' }),
        tokens: z.int(),
        since: When,
      }),
    ),
  })
  .openapi('CanarySet');

const FalsePositivesView = z
  .object({
    controls: z.int(),
    controlsBack: z.int(),
    judged: z.int(),
    honest: z.int(),
    atMost: z.number().nullable(),
  })
  .openapi('CanaryFalsePositives', {
    description:
      'How often an echo was wrong, of all sets: control tokens that came back; accounts named as echoing that somebody judged, those found honest, and the share of these at most (95 %, Wilson). Null while nobody was judged.',
  });

/** What canaries say. Nothing is decided by it. */
export function canaryRoutes(api: Api, http: HttpPorts, ports: QueryPorts): void {
  const list = createRoute({
    ...access(http, 'viewer'),
    method: 'get',
    path: '/v1/canaries',
    operationId: 'listCanaries',
    tags: ['Canaries'],
    summary: 'Sets of canary tokens, who echoes whom, and how often that was wrong',
    request: {
      query: z.strictObject({
        campaign: CampaignParam.optional().openapi({ description: 'Placed in its answers, or echoed by its accounts.' }),
        account: AccountParam.optional().openapi({ description: 'Placed in its answers, or echoed by it.' }),
      }),
    },
    responses: answers(
      z.object({ items: z.array(SetView), falsePositives: FalsePositivesView }).openapi('Canaries'),
      'The newest first, withdrawn ones too.',
    ),
  });
  api.openapi(list, async (c) => {
    const { campaign, account } = c.req.valid('query');
    const read = await readings(ports);
    const isAsked = ({ set, of }: Read): boolean =>
      (campaign === undefined ||
        of === campaign ||
        set.echoes.some(({ place }) => place.kind === 'account' && read.campaignOf(place.account) === campaign)) &&
      (account === undefined ||
        (set.subject.kind === 'account' && set.subject.account === account) ||
        set.echoes.some(({ place }) => place.kind === 'account' && place.account === account));
    const items = read.all
      .filter(isAsked)
      .sort((one, other) => other.set.issuedAt - one.set.issuedAt || (one.set.id < other.set.id ? -1 : 1));
    const view = { items: items.map((one) => viewOf(one, ports.clock.now(), c.get('principal'))), falsePositives: read.falsePositives };
    return c.json(view, 200);
  });
}

type Read = { set: CanarySet; reading: Reading; of: CampaignId | null };
type Readings = { all: Read[]; campaignOf: (account: AccountKey) => CampaignId | undefined; falsePositives: FalsePositives };

const AT_ONCE = 16;

async function readings({ stores, clock, campaigns }: QueryPorts): Promise<Readings> {
  const sets: CanarySet[] = [];
  for await (const { state } of new CanaryStore(stores.enforcement, new LedgerStore(stores.enforcement, clock)).all()) sets.push(state);
  const accounts = new Set(
    sets.flatMap(({ subject, echoes }) => [
      ...(subject.kind === 'account' ? [subject.account] : []),
      ...echoes.flatMap(({ place }) => (place.kind === 'account' ? [place.account] : [])),
    ]),
  );
  const members = new Map<AccountKey, CampaignId>();
  await inBatches([...accounts], AT_ONCE, async (account) => {
    const membership = await campaigns.membership(account);
    if (membership) members.set(account, membership.campaign);
  });
  const campaignOf = (account: AccountKey): CampaignId | undefined => members.get(account);
  const all = sets.map((set): Read => {
    const { subject } = set;
    const of = subject.kind === 'campaign' ? subject.campaign : subject.kind === 'account' ? (campaignOf(subject.account) ?? null) : null;
    return { set, reading: readEchoes(set, campaignOf), of };
  });
  const named = new Set(all.flatMap(({ reading }) => reading.by.flatMap(({ place }) => (place.kind === 'account' ? [place.account] : []))));
  const labels = new Map<AccountKey, LabelValue>();
  const store = new LabelStore(stores.enforcement);
  await inBatches([...named], AT_ONCE, async (account) => {
    const value = standingLabel(await store.of(account))?.value;
    if (value) labels.set(account, value);
  });
  return { all, campaignOf, falsePositives: falsePositives(all, (account) => labels.get(account)) };
}

function viewOf({ set, reading, of }: Read, now: number, to: Person): z.infer<typeof SetView> {
  const { id, subject, tokens, issuedAt, until, because, by, withdrawn, echoes, more } = set;
  return {
    id,
    subject: subject.kind,
    campaign: of,
    account: subject.kind === 'account' ? subject.account : null,
    tokens: tokens.length,
    issuedAt: iso(issuedAt),
    until: iso(until),
    stands: !withdrawn && until > now,
    because,
    issuedBy: revealed(to, by),
    reading: reading.kind,
    says: reading.because,
    echoes: echoes.length + more,
    by: reading.by.map(({ place, campaign, tokens: count, since }) => ({
      account: place.kind === 'account' ? place.account : null,
      model: place.kind === 'model' ? place.name : null,
      campaign,
      tokens: count,
      since: iso(since),
    })),
  };
}
