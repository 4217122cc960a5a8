import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { z } from 'zod';
import { lockstep, makeApp } from '../../infra/app';
import { stages } from '../../infra/stages';
import type { SeenRequest, Served } from '../../local/server';
import { MemoryTable } from '../../shared/memory/memory-table';
import { fixtureServer } from '../support/worlds/fixture-server';

/**
 * `npm run checks`: what others wrote to find faults, over what we made. cfn-lint and checkov read the templates of every stage;
 * schemathesis asks the API, as each role and as nobody, what its own description makes up. MIT and Apache-2.0; they live in a virtual
 * environment of their own, made from PyPI when it is not there. LOCKSTEP_EXAMPLES: requests an operation (8: under half an hour on two cores that others use).
 * Names of checks, and of roles, as arguments run these alone: `npm run checks -- schemathesis admin`.
 */
const PACKAGES = ['schemathesis==4.32.5', 'cfn-lint==1.58.0', 'checkov==3.3.30'];
const root = join(__dirname, '..', '..');
const venv = join(root, '.lockstep', 'checks');
const work = join(root, '.lockstep', 'checks-app');
/** More of schemathesis' own options, `--include-path /v1/cases` for example: to look at one finding. */
const NARROWED = (process.env.LOCKSTEP_SCHEMATHESIS ?? '').split(' ').filter((one) => one !== '');
const EXAMPLES = process.env.LOCKSTEP_EXAMPLES ?? '8';

/** Findings of checkov that were read and are no fault here, and why. Any other fails the command. */
const ACCEPTED: Readonly<Record<string, string>> = {
  CKV_AWS_27: 'queues are encrypted by SQS itself (SSE-SQS), which it does not see',
  CKV_AWS_26: 'the alarm topic carries names of alarms; a key of its own would cost more than it protects',
  CKV_AWS_115:
    'no reserved concurrency: an account of ten has none to give; detection holds a lease, queues are capped where reading stops',
  CKV_AWS_116: 'asynchronous calls have a destination on failure, queues their dead letters: a function’s own would be a third',
  CKV_AWS_117: 'nothing here has a network of its own to reach; a VPC would add a NAT gateway and its price',
  CKV_AWS_119: 'tables are encrypted by a key that AWS owns; a customer’s key is the operator’s choice (docs/deploy.md)',
  CKV_AWS_149: 'secrets are encrypted by the account’s key for Secrets Manager; a customer’s key is the operator’s choice',
  CKV_AWS_158: 'logs hold outcomes and ids, no payloads: CloudWatch’s own encryption is enough',
  CKV_AWS_173: 'the environment names things and holds no secret',
  CKV_AWS_18: 'the bucket of access logs, and the page’s public files',
  CKV_AWS_21: 'the inbox must keep no old version of raw events; logs and the page need none',
  CKV_AWS_68: 'a web ACL is the operator’s choice (docs/deploy.md): the functions limit rates by caller',
  CKV_AWS_86: 'the gateway logs each request, the product logs who saw what; static files need no log',
  CKV_AWS_174: 'the distribution’s own certificate has no minimum version; an own domain has TLS 1.2',
  CKV_AWS_305: 'the page has a default root object where it is published',
  CKV_AWS_310: 'one origin each: there is nothing to fail over to',
  CKV_AWS_374: 'no country rule, for anybody',
  CKV_AWS_363: 'it does not know nodejs24.x yet',
  CKV_AWS_28: 'point-in-time recovery is on (AWS::DynamoDB::GlobalTable), which it does not see',
  CKV_AWS_385: 'named by the operator’s identity provider',
};

function run(program: string, parameters: readonly string[], quiet = false): { status: number; output: string } {
  const { status, stdout, stderr } = spawnSync(join(venv, 'bin', program), parameters, { encoding: 'utf8', maxBuffer: 1 << 28, cwd: root });
  const output = `${stdout}${quiet ? '' : stderr}`;
  return { status: status ?? 1, output };
}

function install(): void {
  if (existsSync(join(venv, 'bin', 'schemathesis'))) return;
  console.log(`making a virtual environment with ${PACKAGES.join(', ')} …`);
  mkdirSync(join(venv, '..'), { recursive: true });
  for (const [command = '', ...parameters] of [
    ['python3', '-m', 'venv', venv],
    [join(venv, 'bin', 'pip'), 'install', '--quiet', '--disable-pip-version-check', ...PACKAGES],
  ])
    if (spawnSync(command, parameters, { stdio: 'inherit' }).status !== 0) throw new Error(`${command} ${parameters.join(' ')} failed`);
}

/** The templates of every stage, functions unbundled: nothing in them depends on the bundles. */
function synthesize(): string[] {
  rmSync(work, { recursive: true, force: true });
  for (const stage of Object.keys(stages)) {
    const app = makeApp({ outdir: join(work, stage), context: { 'aws:cdk:bundling-stacks': [] } });
    lockstep(app, stage);
    app.synth();
  }
  return Object.keys(stages).flatMap((stage) =>
    readdirSync(join(work, stage))
      .filter((file) => file.endsWith('.template.json'))
      .map((file) => join(work, stage, file)),
  );
}

function lint(templates: readonly string[]): number {
  const { output } = run('cfn-lint', ['--format', 'parseable', '--regions', 'eu-central-1', '--', ...templates]);
  const findings = output.split('\n').filter((line) => /:[EWI]\d{4}:/.test(line));
  const errors = findings.filter((line) => /:E\d{4}:/.test(line));
  console.log(`cfn-lint: ${templates.length} templates, ${errors.length} errors, ${findings.length - errors.length} warnings`);
  for (const line of errors) console.log(`  ${line}`);
  return errors.length;
}

const Checkov = z.object({
  results: z.object({ failed_checks: z.array(z.looseObject({ check_id: z.string(), check_name: z.string(), resource: z.string() })) }),
  summary: z.looseObject({ passed: z.number(), failed: z.number() }),
});

function scan(templates: readonly string[]): number {
  const found = new Map<string, number>();
  const unexplained: string[] = [];
  let passed = 0;
  for (const template of templates) {
    const { output } = run('checkov', ['-f', template, '--framework', 'cloudformation', '-o', 'json', '--quiet', '--compact'], true);
    const read = JSON.parse(output || '[]');
    for (const one of [read].flat()) {
      const parsed = Checkov.safeParse(one);
      if (!parsed.success) continue;
      passed += parsed.data.summary.passed;
      for (const { check_id, check_name, resource } of parsed.data.results.failed_checks) {
        found.set(check_id, (found.get(check_id) ?? 0) + 1);
        if (!ACCEPTED[check_id]) unexplained.push(`${check_id} ${resource}: ${check_name}`);
      }
    }
  }
  console.log(
    `checkov: ${passed} checks passed; ${[...found.values()].reduce((sum, count) => sum + count, 0)} findings, ${unexplained.length} unexplained`,
  );
  for (const [id, count] of [...found].sort()) if (ACCEPTED[id]) console.log(`  ${id} × ${count}: ${ACCEPTED[id]}`);
  for (const line of unexplained) console.log(`  UNEXPLAINED ${line}`);
  return unexplained.length;
}

/** What the API answers to what its description makes up: never a 500, always a status, a type and a body that are described. */
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
  'negative_data_rejection',
  'ignored_auth',
];

const config = join(work, 'schemathesis.toml');
const CONFIGURATION = `[auth.openapi.token]
bearer = "\${LOCKSTEP_TOKEN}"
[auth.openapi.producerKey]
bearer = "\${LOCKSTEP_PRODUCER_KEY}"
`;

/** A key as an admin makes it, for the door that takes events. */
async function producerKey({ origin, token }: Pick<Served, 'origin' | 'token'>): Promise<string> {
  const answer = await fetch(`${origin}/v1/producer-keys`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await token('Fuzzer of keys', 'admin')}`,
      'content-type': 'application/json',
      'idempotency-key': 'checks-producer',
    },
    body: JSON.stringify({ name: 'checks', scopes: ['usage', 'account', 'release'], perMinute: 1_000_000 }),
  });
  return z.object({ key: z.string() }).parse(await answer.json()).key;
}

/** A fuzzer asks more in a minute than anybody may: what it is to see is what stands behind the limit. */
class WithoutLimits extends MemoryTable {
  override async add(...parameters: Parameters<MemoryTable['add']>): ReturnType<MemoryTable['add']> {
    return parameters[0].startsWith('RATE#') ? { kind: 'added', value: 1 } : super.add(...parameters);
  }
}

/** Requests of a role that are named: those that took the most processor time. */
const DEAREST = 5;
const asLine = ({ method, path, status, ms, cpuMs, asked, answered }: SeenRequest): string =>
  `    ${method} ${path.slice(0, 120)} ${status}: ${Math.round(cpuMs)} ms of processor time in ${Math.round(ms)} ms, ${asked} bytes asked, ${answered} answered`;

const ROLES = ['none', 'viewer', 'reviewer', 'admin'] as const;

async function fuzz(roles: readonly (typeof ROLES)[number][]): Promise<number> {
  let asked = 0;
  let dearest: SeenRequest[] = [];
  const served = await fixtureServer({
    seen: (request) => {
      asked++;
      if (dearest.length === DEAREST && request.cpuMs <= (dearest.at(-1)?.cpuMs ?? 0)) return;
      dearest = [...dearest, request].sort((one, other) => other.cpuMs - one.cpuMs).slice(0, DEAREST);
    },
    campaigns: [{ id: 'june', classification: 'distillation', accounts: 40, firstSeen: Date.UTC(2026, 4, 20) }],
    state: new WithoutLimits({ now: () => Date.now() }),
  });
  let failed = 0;
  mkdirSync(work, { recursive: true });
  writeFileSync(config, CONFIGURATION);
  try {
    const LOCKSTEP_PRODUCER_KEY = await producerKey(served);
    for (const role of roles) {
      // A person of their own for each: the API limits rates by person.
      const LOCKSTEP_TOKEN = role === 'none' ? undefined : await served.token(`Fuzzer ${role}`, role);
      const parameters = [
        // By its configuration, not as a header: so it can leave the token out and change it, and sees what is answered then.
        ...(LOCKSTEP_TOKEN === undefined ? [] : ['--config-file', config]),
        'run',
        join(root, 'shared/http/openapi.json'),
        '-u',
        served.origin,
        '--phases',
        'coverage,fuzzing,stateful',
      ];
      const child = spawn(
        join(venv, 'bin', 'st'),
        [
          ...parameters,
          '-n',
          EXAMPLES,
          '-c',
          CHECKS.join(','),
          '--no-color',
          '--continue-on-failure',
          '--seed',
          '1',
          '--suppress-health-check',
          'all',
          '--warnings',
          'off',
          // As long as a machine needs that others use too: how long the API was busy is printed below.
          '--request-timeout',
          '120',
          // Which value it was is the finding; the tokens in it are of this process.
          '--output-sanitize',
          'false',
          ...NARROWED,
        ],
        { cwd: root, env: { ...process.env, LOCKSTEP_TOKEN, LOCKSTEP_PRODUCER_KEY } },
      );
      asked = 0;
      dearest = [];
      const began = Date.now();
      let said = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (said += part));
      const busy = monitorEventLoopDelay();
      busy.enable();
      const [status] = await once(child, 'close');
      busy.disable();
      const summary = said.slice(said.lastIndexOf('= SUMMARY ='));
      console.log(
        `schemathesis as ${role}: ${status === 0 ? 'no failure' : `exit ${status}`}, ${asked} requests in ${Math.round((Date.now() - began) / 1000)} s; the longest time in which the API answered nobody: ${Math.round(busy.max / 1e6)} ms\n  took the most:\n${dearest.map(asLine).join('\n')}\n${summary.replace(/^/gm, '  ')}`,
      );
      if (status !== 0) {
        failed++;
        console.log(said.slice(0, 20_000));
      }
    }
  } finally {
    await served.close();
  }
  return failed;
}

const NAMES = ['cfn-lint', 'checkov', 'schemathesis', ...ROLES];

async function main(): Promise<void> {
  const unknown = process.argv.slice(2).find((name) => !NAMES.includes(name));
  if (unknown !== undefined) {
    console.error(`${unknown}: give any of ${NAMES.join(', ')}, or nothing for all`);
    process.exit(2);
  }
  install();
  const only = new Set(process.argv.slice(2));
  const named = ROLES.filter((role) => only.delete(role));
  const wanted = (name: string): boolean => only.size === 0 || only.has(name);
  const templates = wanted('cfn-lint') || wanted('checkov') ? synthesize() : [];
  const faults = [
    wanted('cfn-lint') ? lint(templates) : 0,
    wanted('checkov') ? scan(templates) : 0,
    wanted('schemathesis') ? await fuzz(named.length > 0 ? named : ROLES) : 0,
  ].reduce((sum, count) => sum + count, 0);
  console.log(faults === 0 ? 'checks: nothing unexplained' : `checks: ${faults} to look at`);
  process.exit(faults === 0 ? 0 : 1);
}

void main();
