import { Worker } from 'node:worker_threads';

/** A command that works for a minute says something at least this often. */
const MOST_SILENCE_MS = 4_000;

/**
 * Says how far a long command is, from a thread of its own: while the main thread is busy no timer of its own would run. On a terminal
 * one line is written over; elsewhere a line is printed when nothing was for a while. `said` counts as having printed.
 */
export function heartbeat(fd = 1, most = MOST_SILENCE_MS): { show(text: string): void; said(): void; end(): Promise<void> } {
  const tty = fd === 1 ? process.stdout.isTTY === true : process.stderr.isTTY === true;
  const worker = new Worker(SOURCE, { eval: true, workerData: { fd, tty, every: tty ? 500 : most } });
  worker.unref();
  return {
    show: (text) => worker.postMessage({ text }),
    said: () => worker.postMessage({ said: true }),
    end: async () => {
      await worker.terminate();
      if (tty) process.stdout.write('\r\x1b[K');
    },
  };
}

/** Plain text, because it runs as it is, bundled or not. Writes straight to the descriptor: a worker's own stream waits for the main thread. */
const SOURCE = `
const { parentPort, workerData } = require('node:worker_threads');
const { writeSync } = require('node:fs');
let text = '';
let last = Date.now();
const began = Date.now();
parentPort.on('message', (message) => {
  if (message.text !== undefined) text = message.text;
  if (message.said) last = Date.now();
});
setInterval(() => {
  if (text === '' || Date.now() - last < workerData.every) return;
  last = Date.now();
  const seconds = Math.round((Date.now() - began) / 1000);
  const line = text + '  (' + seconds + ' s)';
  try { writeSync(workerData.fd, workerData.tty ? '\\r\\u001b[K' + line : line + '\\n'); } catch {}
}, 250);
`;
