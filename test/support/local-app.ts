import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const root = join(__dirname, '..', '..');
/** Not a measure: what has not come after this will not come. It starts within 20 s on an idle machine, and took 110 s beside much other work. */
const HANGS_AFTER_MS = 15 * 60_000;

/** `npm run local` in a process of its own, and what it prints. */
export class Local {
  private output = '';
  private readonly ended: Promise<unknown>;
  private constructor(private readonly running: ChildProcess) {
    for (const stream of [running.stdout, running.stderr]) stream?.on('data', (part) => (this.output += part));
    this.ended = once(running, 'exit');
  }

  static async start(...options: string[]): Promise<Local> {
    const port = await freePort();
    // Not through tsx's own command: on a busy machine it does not wait for what Ctrl-C ends, and answers 130.
    const words = ['--import', 'tsx', join(root, 'local', 'local.ts'), '--port', String(port), '--every', '2', ...options];
    return new Local(spawn(process.execPath, words, { cwd: root }));
  }

  /** What the pattern found in the output, once it is there. */
  async prints(pattern: RegExp): Promise<RegExpExecArray> {
    for (const until = Date.now() + HANGS_AFTER_MS; Date.now() < until; await setTimeout(200)) {
      const found = pattern.exec(this.output);
      if (found) return found;
      if (!this.isRunning) break;
    }
    throw new Error(`npm run local never printed ${pattern}; its last words:\n${this.lastWords}`);
  }

  /** The first group of the pattern's last match so far. */
  last(pattern: RegExp): string | undefined {
    return [...this.output.matchAll(new RegExp(pattern, 'g'))].at(-1)?.[1];
  }

  get lastWords(): string {
    return this.output.slice(-3000);
  }

  private get isRunning(): boolean {
    return this.running.exitCode === null && this.running.signalCode === null;
  }

  /** Ends it as Ctrl-C does; what it ended with. */
  async stop(): Promise<number | null> {
    if (this.isRunning) this.running.kill('SIGINT');
    await this.ended;
    return this.running.exitCode;
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
