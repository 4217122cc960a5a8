import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { z } from 'zod';
import { flagged } from './campaign';
import type { Emulator } from './deployment';
import { eventually, type Outside } from './outside';

const root = join(__dirname, '..', '..');
const Key = z.object({ account: z.string() });

/** A person's data goes by the command of the runbook, with the names that the stacks put out; what the law lets one keep stays. */
export async function erased(outside: Outside, emulator: Emulator, id: string, campaign: string, admin: string): Promise<void> {
  const { account } = Key.parse((await outside.api('POST', '/v1/accounts/lookup', { token: admin, body: { id } })).body);
  const listed = async () => (await flagged(outside, admin, campaign)).some((one) => one.account === account);
  assert.ok(await listed(), 'the account is in the list before');
  // It waits for a run of detection that is under way: exit code 1, run it again.
  const first = await eventually('the erasure', 240, async () => {
    const { code, printed } = await eraseAccount(outside, emulator, id);
    if (code === 0) return printed;
    assert.match(printed, /busy/, printed);
    return undefined;
  });
  console.log(first.replace(/^/gm, '    '));
  assert.match(first, /removed +[1-9]\d* +chunks/);
  assert.match(first, /kept +.*ledger/);
  assert.ok(!(await listed()), 'the account is in no list any more');
  const { code, printed } = await eventually('a second call', 240, async () => {
    const again = await eraseAccount(outside, emulator, id);
    return again.code === 0 ? again : undefined;
  });
  assert.equal(code, 0);
  assert.doesNotMatch(printed, /removed +[1-9]\d* +chunks/, 'a second call finds nothing');
}

async function eraseAccount(outside: Outside, { endpoint, certificate }: Emulator, id: string): Promise<{ code: number; printed: string }> {
  const given: Record<string, string> = {
    account: id,
    because: 'ticket 4711',
    by: 'ann@example.com',
    secret: outside.output('IdentifierKeyArn'),
    enforcement: outside.output('EnforcementName'),
    graph: outside.output('GraphName'),
    features: outside.output('FeaturesName'),
    archive: outside.output('ArchiveName'),
    refused: outside.output('RefusedBucket'),
  };
  const tsx = join(root, 'node_modules', 'tsx', 'dist', 'cli.mjs');
  const parameters = Object.entries(given).flatMap(([name, value]) => [`--${name}`, value]);
  // Not in a synchronous call: this process stands between the emulator and whoever calls it (tls-front.ts).
  const child = spawn(process.execPath, [tsx, join(root, 'cli', 'erase-account.ts'), ...parameters], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      AWS_ENDPOINT_URL: endpoint,
      NODE_EXTRA_CA_CERTS: certificate,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    },
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (printed += part));
  const [code] = await once(child, 'close');
  return { code: Number(code), printed: printed.trim() };
}
