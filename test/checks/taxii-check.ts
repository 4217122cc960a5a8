import { spawn, spawnSync } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { groupHash } from '../../functions/exchange/group';
import { taxiiRoutes } from '../../functions/exchange/taxii/taxii-routes';
import { identityOf, indicatorOf, type Saying } from '../../shared/domain/campaigns/shared-indicator';
import { DAY } from '../../shared/domain/time';
import { makeApi } from '../../shared/http/api';
import { makeKey } from '../../shared/http/producer-keys';
import { MemoryTable } from '../../shared/memory/memory-table';

/** `npm run taxii-check`: OASIS's TAXII client from PyPI (Python 3.10) against the exchange, over loopback. No part of `npm test`. */
const root = join(__dirname, '..', '..');
const venv = join(root, '.lockstep', 'taxii');
const PACKAGE = 'taxii2-client==2.3.0';

const run = (command: string, ...args: string[]): void => {
  const { status } = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}`);
};

const main = async (): Promise<void> => {
  if (!existsSync(join(venv, 'bin', 'pip'))) {
    mkdirSync(join(venv, '..'), { recursive: true });
    run('python3', '-m', 'venv', venv);
  }
  run(join(venv, 'bin', 'pip'), 'install', '--quiet', '--disable-pip-version-check', PACKAGE);
  const clock = { now: () => Date.now() };
  const table = new MemoryTable(clock);
  const nobody = async () => ({ kind: 'refused' as const, because: 'no person signs in here' });
  const http = {
    verify: nobody,
    state: table,
    clock,
    newRequestId: () => randomUUID(),
    addressOf: () => '127.0.0.1',
    report: console.error,
  };
  const api = makeApi(http);
  taxiiRoutes(api, http, { objects: table, access: table });
  const server = createServer(getRequestListener(api.fetch)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const secretOf = (request: string) => createHmac('sha512', 'of this check').update(request).digest('hex');
  const key = async (scope: 'exchange' | 'publish') =>
    (await makeKey({ name: scope, scopes: [scope], perMinute: 10_000, by: 'check', request: scope }, { table, clock, secretOf })).text;
  const says: Saying = { lab: 'lab one', tlp: 'amber', now: clock.now() };
  const hash = (n: number) => groupHash({ type: 'email-domain', value: `${n}.example` }, 'a salt of thirty-two characters.');
  const objects = [
    identityOf(says),
    ...Array.from({ length: 23 }, (_, n) =>
      indicatorOf({ kind: 'email-domain', hash: hash(n), campaign: 'june', until: clock.now() + DAY }, says),
    ),
  ];
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}/taxii2/`;
  const client = spawn(join(venv, 'bin', 'python'), [join(__dirname, 'taxii-client.py'), at, await key('exchange'), await key('publish')], {
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  client.stdin.end(JSON.stringify(objects));
  process.exitCode = await new Promise<number>((resolve) => client.once('exit', (code) => resolve(code ?? 1)));
  server.closeAllConnections();
  server.close();
};

void main();
