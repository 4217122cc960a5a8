import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { z } from 'zod';
import { openGate } from '../../functions/admission/embed';
import type { Newcomer } from '../../functions/admission/newcomer';
import type * as published from '../../functions/admission/published';
import { createTable, startDynalite } from '../../local/engines/dynamodb';
import { EMULATED, type Engine } from '../../local/engines/engine';
import { DynamoTable } from '../../shared/aws/dynamo-table';
import { MEMORY, type Side } from '../support/sides';
import { contained, GATE_SECRET, OPERATOR } from '../support/worlds/contained-operator';

const run = promisify(execFile);
const ROOT = join(__dirname, '../..');
const PACKAGE = join(ROOT, 'functions/admission');

/** Made as `npm pack` makes it, and used as a gateway uses it: a process of its own that knows nothing of this repository. */
describe('@lockstep/check', () => {
  let engine: Engine;
  let client: DynamoDBClient;
  let gateway: string;

  beforeAll(async () => {
    const { scripts } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'));
    const path = `${join(ROOT, 'node_modules/.bin')}${delimiter}${process.env.PATH}`;
    await run('sh', ['-c', scripts.prepack], { cwd: PACKAGE, env: { ...process.env, PATH: path } });
    engine = await startDynalite();
    client = new DynamoDBClient({ ...EMULATED, endpoint: engine.endpoint });
    gateway = mkdtempSync(join(tmpdir(), 'gateway-'));
    const scope = join(gateway, 'node_modules/@lockstep');
    await run('mkdir', ['-p', scope]);
    symlinkSync(PACKAGE, join(scope, 'check'));
  });
  afterAll(async () => {
    client.destroy();
    await engine.stop();
    rmSync(gateway, { recursive: true });
  });

  test('tells the next account of a contained operator from anybody else, and answers a call that is none', async () => {
    let made = 0;
    const overTheWire: Side = {
      ...MEMORY,
      table: async (clock) => {
        const name = `table-${++made}`;
        await createTable(client, name);
        return new DynamoTable(client, name, clock);
      },
    };
    const { clock, campaign } = await contained(overTheWire);
    const [graph, enforcement] = ['table-2', 'table-3'];
    const asked = [OPERATOR, { account: { paymentInstrument: 'a card of her own' } }, {}, { card: 1 }];
    writeFileSync(
      join(gateway, 'gateway.mjs'),
      `Date.now = () => ${clock.now()};
       const { openGate } = await import('@lockstep/check');
       const gate = openGate({ tables: ${JSON.stringify({ graph, enforcement })}, identifierKey: async () => process.env.KEY, within: 30000 });
       const answers = [];
       for (const one of ${JSON.stringify(asked)}) answers.push(await gate(one));
       console.log(JSON.stringify(answers));`,
    );
    const aws = { AWS_ENDPOINT_URL: engine.endpoint, AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
    const { stdout } = await run(process.execPath, [join(gateway, 'gateway.mjs')], {
      cwd: gateway,
      env: { PATH: process.env.PATH, ...aws, KEY: GATE_SECRET },
    });
    // No policy is live in these tables: a new deployment looks, and does nothing.
    expect(JSON.parse(stdout)).toMatchObject([
      { checked: true, answer: 'allow', inAuto: 'hold', resembles: { campaign: campaign.id, nats: 21 } },
      { checked: true, answer: 'allow', inAuto: 'allow', resembles: null },
      { checked: true, because: ['Nothing was given that could be compared.'] },
      { checked: false, answer: 'allow', unread: ['card'] },
    ]);
  });

  test('has types of its own: a strict TypeScript project that has nothing else installed compiles against them', async () => {
    const app = mkdtempSync(join(tmpdir(), 'typed-gateway-'));
    const scope = join(app, 'node_modules/@lockstep/check');
    await run('mkdir', ['-p', join(scope, 'dist')]);
    // As it is installed: in no folder in which a dependency of ours would be found.
    for (const file of ['package.json', 'dist/published.d.ts']) copyFileSync(join(PACKAGE, file), join(scope, file));
    writeFileSync(
      join(app, 'gateway.mts'),
      `import { openGate } from '@lockstep/check';
       const gate = openGate({ tables: { graph: 'g', enforcement: 'e' }, identifierKey: async () => 'k' });
       const { answer, because, unread } = await gate({ account: { paymentInstrument: 'tok_91c' }, network: { ip: '203.0.113.9' } });
       const said: ['allow' | 'challenge' | 'hold', string[], string[]] = [answer, because, unread];
       // @ts-expect-error: a field that there is not
       await gate({ card: said });`,
    );
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--types', '', 'gateway.mts'];
    const compiled = await run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), ...options], { cwd: app }).catch(
      ({ stdout }) => ({ stdout }),
    );
    rmSync(app, { recursive: true });
    expect(compiled.stdout).toBe('');
  });
});

/** What is embedded is what its types say, and these take no field that there is not. */
const agrees: typeof published.openGate = openGate;
const read = (given: published.Newcomer): z.input<typeof Newcomer> => given;
test('the types of the package are those of the gate', () => {
  expect([typeof agrees, typeof read]).toEqual(['function', 'function']);
});
