import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { startTlsFront, type TlsFront } from './tls-front';

/** MIT. `cryptography` lets it check the signatures of tokens. */
const PACKAGES = ['ministack==1.5.33', 'cryptography==50.0.2'];
/** It comes up within five seconds on an idle machine. */
const HANGS_AFTER_MS = 5 * 60_000;
const root = join(__dirname, '..', '..');
const folder = join(root, '.lockstep', 'ministack');

/**
 * MiniStack takes `cdk deploy` and runs Node functions in subprocesses. It lives in a virtual environment of its own, made from
 * PyPI when it is not there; it listens on loopback only (by default it would listen everywhere, and for MQTT too).
 */
export async function startMiniStack(log: string): Promise<TlsFront> {
  const program = installed();
  const port = await freePort();
  const scratch = join(folder, 'tmp');
  mkdirSync(scratch, { recursive: true });
  // Queues and buckets refuse plain HTTP, here as on AWS. Its own TLS would keep it from fetching its own signing keys.
  const front = await startTlsFront(scratch, port);
  const server = spawn(program, [], {
    cwd: folder,
    env: {
      // Functions run on the Node that comes first in the path: 24, as on Lambda.
      PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH}`,
      HOME: scratch,
      TMPDIR: scratch,
      GATEWAY_PORT: String(port),
      BIND_HOST: '127.0.0.1',
      // Not the address: API Gateway puts the API's id before it, and a name may follow that, an address not.
      MINISTACK_HOST: 'localhost',
      IOT_MTLS_ENABLED: '0',
      SFTP_ENABLED: '0',
      // What functions are given to reach AWS by.
      AWS_ENDPOINT_URL: front.endpoint,
      NODE_EXTRA_CA_CERTS: front.certificate,
      // Signatures and permissions are checked, and functions run under their own roles.
      AUTH: 'true',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      POWERTOOLS_TRACE_ENABLED: 'false',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const written = createWriteStream(log);
  server.stdout.pipe(written);
  server.stderr.pipe(written);
  // Whatever ends this process ends the emulator and what it started.
  process.once('exit', () => killGroup(server, 'SIGKILL'));
  // This process, too, trusts the front from here on.
  setDefaultCACertificates([...getCACertificates(), readFileSync(front.certificate, 'utf8')]);
  await answering(`${front.endpoint}/_ministack/health`, server, log);
  return {
    ...front,
    stop: async () => {
      await stopped(server);
      await front.stop();
    },
  };
}

function installed(): string {
  const program = join(folder, 'bin', 'ministack');
  if (existsSync(program)) return program;
  console.log(`making a virtual environment with ${PACKAGES.join(', ')} …`);
  const steps = [
    ['python3', '-m', 'venv', folder],
    [join(folder, 'bin', 'pip'), 'install', '--quiet', '--disable-pip-version-check', ...PACKAGES],
  ];
  for (const [command = '', ...parameters] of steps) {
    const { status } = spawnSync(command, parameters, { stdio: 'inherit' });
    if (status !== 0) throw new Error(`MiniStack needs Python 3.10 with venv, and PyPI: \`${command} ${parameters.join(' ')}\` failed`);
  }
  return program;
}

async function answering(health: string, server: ChildProcess, log: string): Promise<void> {
  for (const until = Date.now() + HANGS_AFTER_MS; Date.now() < until && server.exitCode === null; await setTimeout(200)) {
    if (await isAnswering(health)) return;
  }
  await stopped(server);
  throw new Error(`MiniStack did not come up: see ${log}`);
}

const isAnswering = (url: string): Promise<boolean> =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );

/** The server and the functions it has started: they are one process group, ours. */
async function stopped(server: ChildProcess): Promise<void> {
  if (server.pid === undefined || server.exitCode !== null) return;
  const ended = new Promise((done) => server.once('exit', done));
  killGroup(server, 'SIGTERM');
  await Promise.race([ended, setTimeout(5_000, undefined, { ref: false })]);
  killGroup(server, 'SIGKILL');
}

function killGroup(server: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
  process.kill(-server.pid, signal);
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no free port'))));
    });
  });
