import { createRoute, z } from '@hono/zod-openapi';
import { DAY, HOUR, hourOf, iso } from '../../../shared/domain/time';
import { timeOf } from '../../../shared/formats/segment';
import { type ShownEvent, shownEvent } from '../../../shared/formats/shown-event';
import { type Api, access, answers, type HttpPorts } from '../../../shared/http/api';
import { AccountParam, CampaignParam, Instant, When } from '../../../shared/http/fields';
import { problem } from '../../../shared/http/problem';
import type { AccountKey } from '../../../shared/identity/ids';
import { accountOf, EventStore } from '../../../shared/stores/archive/event-store';
import type { QueryPorts } from '../query-ports';
import { keyStates } from './key-routes';
import { OBSERVED, type Observation, observed, signalsOf } from './observed';

const Tally = z.record(z.string(), z.int());
const ObservationView = z
  .object({ what: z.enum(OBSERVED), because: z.string(), numbers: z.record(z.string(), z.number()), key: z.string().optional() })
  .openapi('Observation');
const read = {
  from: When,
  to: When,
  complete: z.boolean().openapi({ description: 'false: there was more than one answer reads; narrow the range.' }),
  counted: z.literal(false).openapi({ description: 'Shown to people; no verdict and no decision looks at it.' }),
};
const AccountObservedView = z
  .object({
    account: z.string(),
    ...read,
    events: z.int(),
    signals: z.object({
      given: z.int().openapi({ description: 'Requests of which the producer said any of these.' }),
      maxTokens: z.object({ values: z.int(), least: z.int(), most: z.int() }).nullable(),
      stopReasons: Tally,
      refusalCategories: Tally,
      sessions: z.int(),
      headerOrders: z.int(),
      http2: z.int(),
      asnClasses: Tally,
    }),
    observed: z.array(ObservationView),
  })
  .openapi('AccountObserved');
const CampaignObservedView = z
  .object({
    campaign: z.string(),
    ...read,
    accounts: z.int().openapi({ description: 'Members that were looked at: those with the most exchanges.' }),
    active: z.int().openapi({ description: 'Of these, with a request in the range.' }),
    shared: z.array(
      z.object({
        signal: z.enum(['headerOrder', 'http2']),
        accounts: z.int().openapi({ description: 'Active members that the most usual value of the campaign was seen with.' }),
        given: z.int().openapi({ description: 'Active members of which the signal was given.' }),
        values: z.int(),
      }),
    ),
    observed: z.array(z.object({ what: z.enum(OBSERVED), accounts: z.int(), example: z.string() })),
  })
  .openapi('CampaignObserved');

const USUAL_RANGE = DAY;
const LONGEST_RANGE = 3 * DAY;
const MOST_MEMBERS = 50;
/** An answer has half a minute: so much is read of the archive. */
const MOST_EVENTS = 20_000;
const MOST_CHUNKS = 1_500;

/** What stands out in requests, for people: read from the archive when somebody asks, so that no verdict can depend on it. */
export function observedRoutes(api: Api, http: HttpPorts, ports: QueryPorts): void {
  const query = z.strictObject({ from: Instant.optional(), to: Instant.optional() });
  const badRange = `Give a range that ends after it begins, of at most ${LONGEST_RANGE / HOUR} hours.`;
  const rangeOf = ({ from, to }: z.output<typeof query>): { from: number; to: number } | undefined => {
    const until = to ?? ports.clock.now();
    const since = from ?? until - USUAL_RANGE;
    return since < until && until - since <= LONGEST_RANGE ? { from: since, to: until } : undefined;
  };

  const account = createRoute({
    ...access(http, 'reviewer'),
    method: 'get',
    path: '/v1/accounts/{account}/observed',
    operationId: 'getAccountObserved',
    tags: ['Accounts'],
    summary: 'What stands out in an account’s requests: limits swept, refusals probed, sessions on a timer, a key used elsewhere',
    description: `From the archive; the last day without a range, at most ${LONGEST_RANGE / HOUR} hours. Observed, not counted.`,
    request: { params: z.strictObject({ account: AccountParam }), query },
    responses: answers(AccountObservedView, 'What the producer said, and what stands out.'),
  });
  api.openapi(account, async (c) => {
    const range = rangeOf(c.req.valid('query'));
    if (!range) return problem(c, 'invalid-request', badRange, { errors: [{ in: 'query', field: 'to', message: badRange }] });
    const { account: key } = c.req.valid('param');
    const [{ byAccount, complete }, keys] = await Promise.all([eventsOf([key], range, ports), keyStates(key, ports)]);
    const events = byAccount.get(key) ?? [];
    const view = { account: key, from: iso(range.from), to: iso(range.to), complete, counted: false as const, events: events.length };
    return c.json({ ...view, signals: signalsOf(events), observed: observed(events, keys) }, 200);
  });

  const campaign = createRoute({
    ...access(http, 'reviewer'),
    method: 'get',
    path: '/v1/campaigns/{campaign}/observed',
    operationId: 'getCampaignObserved',
    tags: ['Campaigns'],
    summary: 'What stands out in the requests of a campaign’s busiest members, and how many of them share a connection’s marks',
    description: `At most ${MOST_MEMBERS} members, the last day without a range. Observed, not counted.`,
    request: { params: z.strictObject({ campaign: CampaignParam }), query },
    responses: answers(CampaignObservedView, 'Of how many members what was observed.'),
  });
  api.openapi(campaign, async (c) => {
    const range = rangeOf(c.req.valid('query'));
    if (!range) return problem(c, 'invalid-request', badRange, { errors: [{ in: 'query', field: 'to', message: badRange }] });
    const { campaign: id } = c.req.valid('param');
    const found = await ports.campaigns.get(id);
    if (!found) return problem(c, 'not-found', 'There is no campaign with this id. The list is at /v1/campaigns.');
    const busiest = [...found.members].sort((one, other) => other.exchanges - one.exchanges || (one.account < other.account ? -1 : 1));
    const accounts = busiest.slice(0, MOST_MEMBERS).map((member) => member.account);
    const { byAccount, complete } = await eventsOf(accounts, range, ports);
    const view = { campaign: id, from: iso(range.from), to: iso(range.to), complete, counted: false as const };
    return c.json({ ...view, accounts: accounts.length, active: byAccount.size, ...togetherOf([...byAccount.values()]) }, 200);
  });
}

/** Of the events of each member: how many share a mark, and of how many something stands out. */
function togetherOf(members: readonly (readonly ShownEvent[])[]) {
  const shared = (['headerOrder', 'http2'] as const).map((signal) => {
    const held = members.map((events) => new Set(events.flatMap(({ signals }) => signals?.[signal] ?? []))).filter(({ size }) => size > 0);
    const holders = new Map<string, number>();
    for (const values of held) for (const value of values) holders.set(value, (holders.get(value) ?? 0) + 1);
    return { signal, accounts: Math.max(0, ...holders.values()), given: held.length, values: holders.size };
  });
  const all = members.map((events) => observed(events));
  const found = OBSERVED.flatMap((what) => {
    const of = all.flatMap((observations): Observation[] => observations.filter((one) => one.what === what).slice(0, 1));
    return of[0] ? [{ what, accounts: of.length, example: of[0].because }] : [];
  });
  return { shared: shared.filter(({ given }) => given > 0), observed: found };
}

/** Events of accounts in [from, to), oldest first, as they were counted; hours that are not folded yet have none. */
async function eventsOf(
  accounts: readonly AccountKey[],
  { from, to }: { from: number; to: number },
  { stores }: Pick<QueryPorts, 'stores'>,
): Promise<{ byAccount: Map<AccountKey, ShownEvent[]>; complete: boolean }> {
  const store = new EventStore(stores);
  const byAccount = new Map<AccountKey, ShownEvent[]>();
  const wanted = new Set(accounts);
  let events = 0;
  let chunks = 0;
  for (let hour = hourOf(from); hour < to; hour += HOUR) {
    if ((await store.version(hour)) === undefined) continue;
    if (events >= MOST_EVENTS || chunks >= MOST_CHUNKS) return { byAccount, complete: false };
    const found = await store.eventsOf(wanted, hour);
    chunks += found.chunks;
    for (const place of found.places) {
      const at = timeOf(place.segment, place.row);
      const account = accountOf(place);
      if (account === undefined || at < from || at >= to) continue;
      const mine = byAccount.get(account);
      if (mine) mine.push(shownEvent(place));
      else byAccount.set(account, [shownEvent(place)]);
      events++;
    }
  }
  return { byAccount, complete: true };
}
