import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const root = join(__dirname, '../..');

/** Whether any process of a group is left. */
function isLeft(group: number): boolean {
  try {
    return process.kill(-group, 0);
  } catch {
    return false;
  }
}

describe('a task that is ended from outside', () => {
  test('leaves nothing running, though the shell that npm starts passes no signal on', async () => {
    // What follows keeps the shell between, as npm's is.
    const line = `"${process.execPath}" local/start.mjs local --port 0; exit`;
    const shell = spawn('sh', ['-c', line], { cwd: root, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const group = shell.pid!;
    try {
      await Promise.race([once(shell.stdout, 'data'), once(shell.stderr, 'data')]);
      expect(isLeft(group)).toBe(true);
      shell.kill();
      await once(shell, 'exit');
      while (isLeft(group)) await setTimeout(100);
    } finally {
      if (isLeft(group)) process.kill(-group, 'SIGKILL');
    }
  });
});
