import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const root = join(__dirname, '..', '..');

/** `npm run local` in a process of its own, and what it prints. */
export class Local {
  private said = '';
  private constructor(private readonly running: ChildProcess) {
    for (const stream of [running.stdout, running.stderr]) stream?.on('data', (part) => (this.said += part));
  }

  static async start(...options: string[]): Promise<Local> {
    const port = await freePort();
    const tsx = join(root, 'node_modules', 'tsx', 'dist', 'cli.mjs');
    return new Local(
      spawn(process.execPath, [tsx, join(root, 'local', 'local.ts'), '--port', String(port), '--every', '2', ...options], { cwd: root }),
    );
  }

  async says(pattern: RegExp, seconds: number): Promise<RegExpExecArray> {
    for (const until = Date.now() + seconds * 1000; Date.now() < until; await setTimeout(200)) {
      const found = pattern.exec(this.said);
      if (found) return found;
      if (this.running.exitCode !== null) break;
    }
    throw new Error(`never said ${pattern}; it said:\n${this.said.slice(-3000)}`);
  }

  /** What the last match of the pattern said, as far as was said. */
  last(pattern: RegExp): string | undefined {
    return [...this.said.matchAll(new RegExp(pattern, 'g'))].at(-1)?.[1];
  }

  async stop(): Promise<number | null> {
    if (this.running.exitCode !== null) return this.running.exitCode;
    this.running.kill('SIGINT');
    const [code] = await once(this.running, 'exit');
    return code;
  }
}

const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
};
