import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../..');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
const start = readFileSync(join(root, 'local/start.mjs'), 'utf8');
const usage = readFileSync(join(root, 'local/usage.mjs'), 'utf8');

/** The file of ours that a task runs. */
const fileOf = (task: string): string | undefined =>
  new RegExp(`^ {2}'?${task}'?: (?:\\[[^\\n]*?ts|(?:\\[.*\\.\\.\\.)?built)\\('([^']+)'`, 'm').exec(start)?.[1];
const tasks = Object.entries(scripts).flatMap(([name, script]) => (script === `node local/start.mjs ${name}` ? [name] : []));

describe('npm run NAME -- --help', () => {
  const own = tasks.filter((task) => new RegExp(`^ {2}'?${task}'?: \``, 'm').test(usage));

  test.each(tasks.filter((task) => !own.includes(task)))('%s reads its options, and with them --help', (task) => {
    const file = fileOf(task);
    if (file === undefined) throw new Error(`${task} runs no file of ours: give it a text in local/usage.mjs`);
    const text = readFileSync(join(root, file), 'utf8');
    expect(text).toMatch(/readOptions\(|^ {2}--help |values.help/m);
    expect(text).toContain(`npm run ${task}`);
  });

  test('the others start nothing: what they do, and what they take', () => {
    expect(own.length).toBeGreaterThan(10);
    for (const task of own)
      expect(execFileSync(process.execPath, [join(root, 'local/start.mjs'), task, '--help'], { encoding: 'utf8' })).toMatch(
        new RegExp(`^npm (run )?${task}`),
      );
  });
});
