import { gzipSync } from 'node:zlib';
import { disclose } from '../../functions/enforcement/commands/disclose';
import { placeHold } from '../../functions/enforcement/commands/legal-holds';
import { queryRoutes } from '../../functions/query/routes';
import { LEDGER_EVENTS } from '../../shared/domain/cases/ledger-events';
import { hourOf, iso } from '../../shared/domain/time';
import { makeApi } from '../../shared/http/api';
import { describe as describeRoutes } from '../../shared/http/openapi';
import { campaignId } from '../../shared/identity/ids';
import { heldKey } from '../../shared/stores/archive/held-store';
import { MEMORY } from '../support/sides';
import { wholeApi } from '../support/whole-api';
import { keyOf } from '../support/worlds/fixture-world';
import { withTenants } from '../support/worlds/with-tenants';
import { rightsOn } from './rights';
import { archiveUnder, under } from './under';

/**
 * Every route of the read side, under the rights that the template gives its role: a partition that was forgotten is a page that does
 * not open on AWS, and nowhere else.
 */
test('every page is read under the rights of the read side, and needs nearly all of them', async () => {
  const { world, http, cursors, token, stores } = await wholeApi(MEMORY);
  const used = new Set<string>();
  const role = 'QueryAnswer';
  const api = makeApi(http);
  const read = {
    archive: archiveUnder(role, stores.archive),
    features: under(role, stores.features, used, 'Features'),
    graph: under(role, stores.graph, used, 'Graph'),
    enforcement: under(role, stores.enforcement, used),
  };
  queryRoutes(api, http, { stores: read, clock: world.clock, cursors });
  const asked = { title: 'Operator one', campaigns: [campaignId('june')] };
  const written = { actor: { id: 'rei', role: 'reviewer' as const }, key: 'k-1', because: 'they asked', asked };
  expect(await disclose(written, world.enforcement)).toMatchObject({ kind: 'done', number: 1 });
  const placed = await placeHold(
    {
      actor: { id: 'ada', role: 'admin' },
      key: 'k-2',
      because: 'the court asked',
      about: { kind: 'campaign', campaign: campaignId('june') },
      reference: 'file 1',
    },
    world.enforcement,
  );
  const hold = placed.kind === 'done' ? placed.hold : '';
  const hour = hourOf(world.clock.now());
  const nothing = JSON.stringify({ hour, version: 1, events: 0, chunks: [], digest: '' });
  await stores.archive.put(heldKey(hold, { hour, version: 1, batch: 0 }), gzipSync(`${nothing}\n`));
  await withTenants(world);
  const cases = await world.enforcement.cases.page();
  const fill: Record<string, string> = {
    account: keyOf('june/3'),
    campaign: 'june',
    case: cases.cases[0]?.id ?? '',
    number: '1',
    hold,
    referral: 'june.bedrock.1',
  };
  const queries: Record<string, string> = {
    '/v1/legal-holds/{hold}/events': `?hour=${iso(hour)}`,
    '/v1/access-log': '?day=2026-06-05',
    '/v1/siem/events': '?day=2026-06-05',
  };
  const paths = Object.entries(describeRoutes(api).paths ?? {}).filter(([, item]) => 'get' in item);
  const answers: Record<string, number> = {};
  for (const [path] of paths) {
    const address = path.replace(/\{(\w+)\}/g, (_, name: string) => fill[name] ?? '') + (queries[path] ?? '');
    answers[path] = (await api.request(address, { headers: { authorization: `Bearer ${await token('admin')}` } })).status;
  }
  expect(Object.entries(answers).filter(([, status]) => status >= 400)).toEqual([]);
  expect(paths.length).toBeGreaterThan(20);
  // The audit log follows the feed into whatever chain it points at.
  const chains = Object.values(LEDGER_EVENTS).flatMap(({ prefixes }) => prefixes.map((prefix) => `${prefix}*`));
  const readable = rightsOn('prod', role, 'Enforcement').filter(({ action }) => action === 'dynamodb:Query');
  expect(readable.map(({ pattern }) => pattern)).toEqual(expect.arrayContaining(chains));
  const unused = readable
    .filter(({ pattern }) => !chains.includes(pattern))
    .filter(({ pattern }) => ![...used].some((one) => one.endsWith(` ${pattern}`)))
    .map(({ pattern }) => pattern);
  expect(unused).toEqual([]);
});
