import { queryRoutes } from '../functions/query/routes';
import { STANDINGS } from '../shared/domain/account';
import { CLASSIFICATIONS } from '../shared/domain/campaigns/campaign';
import { HOUR } from '../shared/domain/time';
import { makeApi } from '../shared/http/api';
import { cursors } from '../shared/http/cursor';
import { accountKey, campaignId } from '../shared/identity/ids';
import { MemoryObjectStore } from '../shared/memory/memory-object-store';
import { MemoryTable } from '../shared/memory/memory-table';
import { SeededChance } from '../shared/memory/simulated-clock';
import { FlaggedStore } from '../shared/stores/campaigns/flagged-store';

/**
 * `npm run bench:list`: how fast the list of flagged accounts answers over HTTP in the local process (token check, rate limit, access
 * log, filters, cursor) with 100,000 flagged accounts, while others write.
 */
const ACCOUNTS = Number(process.argv[2] ?? 100_000);
const REQUESTS = 2_000;
const wall = { now: () => Date.now() };

async function main(): Promise<void> {
  const chance = new SeededChance(1);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(chance.next() * values.length)]!;
  const stores = {
    archive: new MemoryObjectStore(),
    features: new MemoryTable(wall),
    graph: new MemoryTable(wall),
    enforcement: new MemoryTable(wall),
  };
  const flagged = new FlaggedStore(stores.graph);
  const keyOf = (index: number) => accountKey(Buffer.from(`account ${String(index).padStart(8, '0')}`).toString('base64url'));
  const plans = ['free', 'trial', 'paid', 'enterprise'] as const;
  const detect = (index: number, score: number) =>
    flagged.detected({
      account: keyOf(index),
      campaign: campaignId(`c${index % 200}`),
      classification: pick(CLASSIFICATIONS),
      role: 'core',
      plan: pick(plans),
      score,
      exchanges: 26,
      because: ['Pays with the card of 40 others.'],
      at: Date.UTC(2026, 3, 22) + Math.floor(chance.next() * 1000) * HOUR,
    });
  const began = performance.now();
  for (let index = 0; index < ACCOUNTS; index++) await detect(index, chance.next() * 40);
  for (let index = 0; index < ACCOUNTS / 2; index++) await flagged.stands(keyOf(index * 2), pick(STANDINGS), Date.now());
  console.log(
    `${ACCOUNTS.toLocaleString('en-US')} accounts flagged, half of them acted on, in ${((performance.now() - began) / 1000).toFixed(1)} s`,
  );

  const verify = async () => ({
    kind: 'principal' as const,
    principal: { id: `analyst-${Math.floor(chance.next() * 1e6)}`, name: 'analyst', role: 'viewer' as const },
  });
  const http = {
    verify,
    state: new MemoryTable(wall),
    clock: wall,
    newRequestId: () => crypto.randomUUID(),
    addressOf: () => '',
    report: ({ error }: { error: unknown }) => console.error(error),
  };
  const api = makeApi(http);
  queryRoutes(api, http, { stores, clock: wall, cursors: cursors('a secret of the benchmark') });
  const headers = { authorization: 'Bearer x' };
  const times: Record<string, number[]> = {};
  const ask = async (name: string, path: string): Promise<string | undefined> => {
    const start = performance.now();
    const answer = await api.request(path, { headers });
    const body = await answer.json();
    if (answer.status !== 200) throw new Error(JSON.stringify(body));
    const known = times[name] ?? [];
    times[name] = known;
    known.push(performance.now() - start);
    return body.next;
  };
  let cursor = '';
  for (let request = 0; request < REQUESTS; request++) {
    if (request % 4 === 0) await detect(Math.floor(chance.next() * ACCOUNTS), chance.next() * 40);
    const next = await ask('newest first, page by page', `/v1/accounts?limit=50${cursor}`);
    cursor = next ? `&cursor=${next}` : '';
    await ask('by score', '/v1/accounts?limit=50&sort=-score');
    await ask('suspended, by last change', '/v1/accounts?limit=50&standing=suspended&sort=-updatedAt');
    await ask('one campaign', `/v1/accounts?limit=50&campaign=c${request % 200}`);
    await ask('classification and plan and score', '/v1/accounts?limit=50&classification=reselling&plan=enterprise&scoreAtLeast=20');
    await ask('a filter that matches little', '/v1/accounts?limit=50&scoreAtLeast=39.9&role=core');
  }
  console.table(
    Object.fromEntries(
      Object.entries(times).map(([name, all]) => {
        all.sort((one, other) => one - other);
        const at = (share: number) => Number((all[Math.floor(all.length * share)] ?? 0).toFixed(2));
        return [name, { requests: all.length, 'p50 ms': at(0.5), 'p99 ms': at(0.99), 'max ms': Number((all.at(-1) ?? 0).toFixed(2)) }];
      }),
    ),
  );
}

void main();
