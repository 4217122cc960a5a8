import { readFileSync } from 'node:fs';
import { Agent, createServer, request } from 'node:http';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { numberOf, readOptions } from '../cli/command-line';
import { gateOf } from '../functions/admission/gate';
import { type Newcomer, showing } from '../functions/admission/newcomer';
import { admissionRoutes } from '../functions/admission/routes';
import { SWITCH_CHAIN, THE_SWITCH } from '../shared/domain/cases/kill-switch';
import { Policy } from '../shared/domain/policy/policy';
import { makeApi } from '../shared/http/api';
import { makeKey } from '../shared/http/producer-keys';
import { KeyedHasher } from '../shared/identity/keyed-hash';
import { MemoryTable } from '../shared/memory/memory-table';
import { LedgerStore } from '../shared/stores/cases/ledger-store';

const USAGE = `npm run bench:check -- [--requests 5000]

How long POST /v1/check takes over HTTP on loopback, over 20,000 rows of indicators in memory, by how many are asked at a time.
Who asks runs in the same process, so its work counts too.`;
const REQUESTS = numberOf('requests', readOptions(USAGE, { requests: { type: 'string', default: '5000' } }).requests, {
  from: 1,
  whole: true,
});
const WARM_UP = 500;
const CAMPAIGNS = 200;
const INDICATORS = 100;
const AT_A_TIME = [1, 8, 32];
const wall = { now: () => Date.now() };
const hasher = new KeyedHasher('a key of the benchmark, and of nobody else');

/** Every tenth shows a client and a card of some campaign; the others are like nobody. */
function newcomer(n: number): Newcomer {
  const known = n % 10 === 0;
  const who = known ? `${n % CAMPAIGNS}-${n % (INDICATORS / 2)}` : `nobody-${n}`;
  return {
    account: { paymentInstrument: `card ${who}`, signupIp: `203.0.${n % 256}.${(n >> 8) % 256}`, emailDomain: `mail-${n % 997}.example` },
    network: { ip: `198.51.${n % 256}.${(n >> 8) % 256}` },
    client: { userAgent: `client ${who}` },
    prompt: { text: `what is the capital of country ${n}` },
  };
}

async function rows(graph: MemoryTable): Promise<void> {
  for (let campaign = 0; campaign < CAMPAIGNS; campaign++)
    for (let one = 0; one < INDICATORS / 2; one++) {
      const shows = { account: { paymentInstrument: `card ${campaign}-${one}` }, client: { userAgent: `client ${campaign}-${one}` } };
      for (const { type, hash } of showing(shows, hasher).shown)
        await graph.put({
          ...{ pk: `KNOWN-BY#${type}#${hash}`, sk: `c-${campaign}`, type, campaign: `c-${campaign}`, classification: 'distillation' },
          ...{ family: type === 'client-build' ? 'infrastructure' : 'payment', weight: 7, members: 40, size: 50 },
        });
    }
}

async function main(): Promise<void> {
  const [graph, enforcement, state] = [new MemoryTable(wall), new MemoryTable(wall), new MemoryTable(wall)];
  const policy = Policy.parse(JSON.parse(readFileSync(join(__dirname, '../policies/recommended.json'), 'utf8')));
  await rows(graph);
  const actor = { kind: 'clock' } as const;
  await new LedgerStore(enforcement, wall).append(SWITCH_CHAIN, THE_SWITCH, undefined, {
    ...{ actor, what: 'armed', because: ['the benchmark'], state: { kind: 'armed' } },
  });
  const http = {
    verify: async () => ({ kind: 'refused' as const, because: 'nobody logs in here' }),
    state,
    clock: wall,
    newRequestId: () => crypto.randomUUID(),
    addressOf: () => '',
    report: ({ error }: { error: unknown }) => console.error(error),
  };
  const api = makeApi(http as Parameters<typeof makeApi>[0]);
  const gate = gateOf({ graph, enforcement, clock: wall, hasher: async () => hasher, policy: async () => ({ policy }) });
  admissionRoutes(api, http as Parameters<typeof admissionRoutes>[1], { gate, access: state, count: () => {} });
  const asking = { name: 'bench', scopes: ['check' as const], perMinute: 100_000_000, by: 'bench', request: 'bench' };
  const { text } = await makeKey(asking, { table: state, clock: wall, secretOf: () => '0'.repeat(80) });
  const server = createServer(getRequestListener(api.fetch));
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const agent = new Agent({ keepAlive: true, maxSockets: Math.max(...AT_A_TIME) });
  const headers = { authorization: `Bearer ${text}`, 'content-type': 'application/json' };
  const ask = (n: number): Promise<number> =>
    new Promise((resolve, reject) => {
      const start = performance.now();
      const body = JSON.stringify(newcomer(n));
      const asked = request({ port: address.port, host: '127.0.0.1', path: '/v1/check', method: 'POST', agent, headers }, (answer) => {
        answer.resume().on('end', () => {
          if (answer.statusCode === 200) resolve(performance.now() - start);
          else reject(new Error(`answered ${answer.statusCode}`));
        });
      });
      asked.on('error', reject).end(body);
    });
  const [{ model } = { model: 'unknown' }] = cpus();
  console.log(
    `${model.trim()}, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}; ${REQUESTS} requests each, Node ${process.version}`,
  );
  for (let n = 0; n < WARM_UP; n++) await ask(n);
  for (const width of AT_A_TIME) {
    const times: number[] = [];
    let next = 0;
    const began = performance.now();
    await Promise.all(
      Array.from({ length: width }, async () => {
        while (next < REQUESTS) times.push(await ask(next++));
      }),
    );
    times.sort((one, other) => one - other);
    const at = (share: number): string => (times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? 0).toFixed(1).padStart(7);
    const rate = Math.round((1_000 * REQUESTS) / (performance.now() - began));
    console.log(
      `${String(width).padStart(3)} at a time: half within ${at(0.5)} ms, 99 % ${at(0.99)} ms, slowest ${at(1)} ms; ${rate} a second`,
    );
  }
  agent.destroy();
  server.close();
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
