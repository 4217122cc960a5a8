import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

export type Invoked = { kind: 'answer'; answer: unknown } | { kind: 'failure'; error: { name: string; message: string } };
export type FunctionSpec = {
  name: string;
  bundle: string;
  handler: string;
  memoryMiB: number;
  timeoutMs: number;
  environment: Readonly<Record<string, string>>;
};
type Running = { resolve: (invoked: Invoked) => void; timer: NodeJS.Timeout };
type FromWorker =
  | { kind: 'ready' }
  | { kind: 'answer'; id: string; answer: unknown }
  | { kind: 'failure'; id: string; error: { name: string; message: string } };

const STOPPED = { name: 'Sandbox.Stopped', message: 'the host was stopped' };

/** A function as Lambda runs it: one call at a time an instance, more instances when all are busy, ended when it takes too long. */
export class FunctionHost {
  private readonly idle: Worker[] = [];
  private readonly all = new Set<Worker>();
  private readonly outdated = new WeakSet<Worker>();
  private readonly waiting: { event: unknown; resolve: (invoked: Invoked) => void }[] = [];
  private readonly running = new Map<Worker, Running & { id: string }>();
  private stopped = false;

  constructor(
    private configured: FunctionSpec,
    private readonly instances = 2,
  ) {}

  get spec(): FunctionSpec {
    return this.configured;
  }

  /** As UpdateFunctionConfiguration: these variables instead of theirs; instances of before end what they do and are not called again. */
  configure(environment: Readonly<Record<string, string>>): void {
    this.configured = { ...this.configured, environment: { ...this.configured.environment, ...environment } };
    for (const worker of this.idle.splice(0)) this.end(worker, STOPPED);
    for (const worker of this.running.keys()) this.outdated.add(worker);
  }

  invoke(event: unknown): Promise<Invoked> {
    if (this.stopped) return Promise.resolve({ kind: 'failure', error: STOPPED });
    return new Promise((resolve) => {
      this.waiting.push({ event, resolve });
      this.serve();
    });
  }

  /** Calls that are under way or wait end in failure: whoever made them is not left waiting. */
  async stop(): Promise<void> {
    this.stopped = true;
    const workers = [...this.all];
    for (const worker of workers) this.end(worker, STOPPED);
    for (const { resolve } of this.waiting.splice(0)) resolve({ kind: 'failure', error: STOPPED });
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  private serve(): void {
    if (this.stopped || this.waiting.length === 0) return;
    const worker = this.idle.pop() ?? (this.all.size < this.instances ? this.start() : undefined);
    const next = worker && this.waiting.shift();
    if (!worker || !next) return;
    const id = randomUUID();
    const timer = setTimeout(
      () => this.end(worker, { name: 'Sandbox.Timedout', message: `Task timed out after ${this.spec.timeoutMs / 1000} seconds` }),
      this.spec.timeoutMs,
    );
    this.running.set(worker, { id, resolve: next.resolve, timer });
    worker.postMessage({ id, event: next.event });
  }

  private start(): Worker {
    const { environment, ...workerData } = this.spec;
    const worker = new Worker(join(__dirname, 'function-worker.mjs'), { env: { ...environment }, workerData });
    this.all.add(worker);
    worker.on('message', (message: FromWorker) => {
      const running = this.running.get(worker);
      if (message.kind === 'ready' || running?.id !== message.id) return;
      this.running.delete(worker);
      clearTimeout(running.timer);
      running.resolve(message.kind === 'answer' ? { kind: 'answer', answer: message.answer } : { kind: 'failure', error: message.error });
      if (this.outdated.has(worker)) return this.end(worker, STOPPED);
      this.idle.push(worker);
      this.serve();
    });
    worker.on('error', (error) => this.end(worker, { name: error.name, message: error.message }));
    return worker;
  }

  /** The instance is gone, with whatever it was working on. */
  private end(worker: Worker, error: { name: string; message: string }): void {
    void worker.terminate();
    this.all.delete(worker);
    const running = this.running.get(worker);
    this.running.delete(worker);
    if (running) {
      clearTimeout(running.timer);
      running.resolve({ kind: 'failure', error });
    }
    this.serve();
  }
}
