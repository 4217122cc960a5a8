import { join } from 'node:path';
import { DAY, HOUR, iso } from '../../shared/domain/time';
import { Dice } from '../../simulator/draws/dice';
import type { Truth } from '../../simulator/simulate';
import type { Source } from '../eval/worlds';
import { type Row, readCsv } from './csv';
import { sourceOf, type Timed, usage } from './events';

/**
 * Sessions of a coding agent, each as one honest account. The files have no absolute time: each session begins at a drawn moment
 * of a working day within two weeks. All share one client, as they did. Their system prompts are known only by size; sessions with
 * equal sizes of tools and system text are taken to share one, which is what the tool prefixes in the data show. Prompt text is not there.
 */
const EPOCH = Date.parse('2026-03-02T00:00:00Z');
const CLIENT = { userAgent: 'coding-agent/2' };

export const claudeCodeTraces = (data: string): Source => {
  const folder = join(data, 'claude-code-traces');
  const requests = new Map<string, Row[]>();
  for (const row of readCsv(join(folder, 'requests.csv.gz'))) {
    const list = requests.get(row('session'));
    if (list) list.push(row);
    else requests.set(row('session'), [row]);
  }
  const events: Timed[] = [];
  const truths: Truth[] = [];
  for (const session of readCsv(join(folder, 'sessions.csv.gz'))) {
    const id = session('session');
    const dice = new Dice(`claude-code-traces/${id}`);
    const start = EPOCH + dice.pick([0, 1, 2, 3, 4, 7, 8, 9, 10, 11]) * DAY + dice.between(8, 18) * HOUR;
    const system = `${session('tool_tokens')} tokens of tools, ${session('system_tokens')} of instructions`;
    const mine = requests.get(id) ?? [];
    mine.forEach((row, i) => {
      const at = Math.floor(start + Number(row('t_s')) * 1_000);
      if (at >= EPOCH + 21 * DAY) return; // a few sessions were left open for weeks
      events.push(
        usage('gateway', `${id}/${i}`, at, id, {
          model: row('model') || 'unknown',
          inputTokens: Number(row('in_tokens')) || 0,
          outputTokens: Number(row('out_tokens')) || 0,
          durationMs: Math.round(Number(row('api_time_s')) * 1_000) || undefined,
          channel: 'api',
          client: CLIENT,
          prompt: { system },
          labels: { task: 'coding' },
        }),
      );
    });
    truths.push({ id, kind: 'agent-session', label: 'honest', total: mine.length, group: session('content_sha1') });
  }
  if (events.length === 0) throw new Error(`${folder} has no requests between ${iso(EPOCH)} and three weeks later`);
  return sourceOf('claude-code-traces', 0, events, truths);
};
