import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { claudeCodeTraces } from '../../bench/convert/claude-code-traces';
import { hopSybil } from '../../bench/convert/hop-sybil';
import { servegen } from '../../bench/convert/servegen';
import type { Source } from '../../bench/eval/worlds';
import { LockstepEvent } from '../../shared/contract/event';

const folder = mkdtempSync(join(tmpdir(), 'lockstep-convert-'));
const put = (path: string, lines: string[], end = '\n'): void => {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), gzipSync(`${lines.join(end)}${end}`));
};
afterAll(() => rmSync(folder, { recursive: true }));

const eventsOf = async (source: Source): Promise<LockstepEvent[]> => {
  const events: LockstepEvent[] = [];
  for await (const lines of source.lines()) events.push(...lines.map((line) => LockstepEvent.parse(JSON.parse(line))));
  return events;
};

test('hop-sybil: first use, volume and shared counterparties become events', async () => {
  put('hop-sybil/accounts.csv.gz', ['account,first_use_s,total_volume_usd', 'a1,3600,2500.4', 'a2,3700,900', 'a3,90000,5000000'], '\r\n');
  put(
    'hop-sybil/labels.csv.gz',
    ['account,is_sybil,cluster,label_source', 'a1,1,R1,manual_report', 'a2,1,R1,manual_report', 'a3,0,,'],
    '\r\n',
  );
  put('hop-sybil/edges.csv.gz', ['from,to,n', 'a1,a2,3', 'a1,x1,9', 'a2,x1,1', 'a3,x2,4']);
  const { source, labelSource } = hopSybil(folder);
  const events = await eventsOf(source);
  const tokens = (id: string): number =>
    events.reduce((sum, event) => sum + (event.subject === id && event.type === 'lockstep.usage.v1' ? event.data.inputTokens : 0), 0);
  const cards = (id: string): (string | undefined)[] =>
    events.flatMap((event) =>
      event.subject === id && event.type === 'lockstep.account.v1' && event.data.paymentInstrument ? [event.data.paymentInstrument] : [],
    );
  expect([tokens('a1'), tokens('a2'), tokens('a3')]).toEqual([2_500, 900, 5_000_000]);
  expect(cards('a1').at(-1)).toBe('x1');
  expect(new Set(cards('a2'))).toEqual(new Set(['a1', 'a2', 'x1']));
  expect(cards('a3')).toEqual([]); // nobody else knows x2
  expect(events.filter((event) => event.subject === 'a3' && event.type === 'lockstep.usage.v1')).toHaveLength(60);
  expect([...labelSource.values()]).toEqual(['manual_report', 'manual_report', 'eligible']);
  const truth = source.truth();
  expect(truth.map((t) => [t.id, t.label, t.campaign])).toEqual([
    ['a1', 'distillation', 'R1'],
    ['a2', 'distillation', 'R1'],
    ['a3', 'honest', undefined],
  ]);
  expect(truth[0]?.byHour?.reduce((sum, [, n]) => sum + n, 0)).toBe(truth[0]?.total);
});

test('hop-sybil: a label the data does not define is an error, not an honest account', () => {
  put('hop-sybil/labels.csv.gz', ['account,is_sybil,cluster,label_source', 'a1,1,R1,rumour']);
  expect(() => hopSybil(folder)).toThrow('unknown label_source "rumour"');
});

test('servegen: a slowed client keeps its shape; a slow one its rate', async () => {
  const windows = Array.from({ length: 144 }, (_, i) => `m,busy,${i * 600},${i < 72 ? 1 : 3},1,Gamma,1,1`);
  const slow = Array.from({ length: 144 }, (_, i) => `m,slow,${i * 600},0.002,1,Gamma,1,1`);
  put('servegen/rates.csv.gz', ['pool,client,window_start_s,rate_rps,iat_cv,dist,shape,scale', ...windows, ...slow]);
  put('servegen/tokens.csv.gz', ['pool,client,window_start_s,field,p05,p25,p50,p75,p90,p99', 'm,busy,0,input_tokens,10,20,30,40,50,60']);
  const source = servegen(folder, 2_000);
  const events = await eventsOf(source);
  const busy = events.filter((event) => event.subject === 'm/busy');
  const late = busy.filter((event) => event.time >= '2025-06-02T12').length;
  expect(Math.abs(busy.length - 2_000)).toBeLessThan(200);
  expect(late / busy.length).toBeCloseTo(0.75, 1);
  expect(Math.abs(events.length - busy.length - 173)).toBeLessThan(50);
  expect(
    busy.every(
      (event) =>
        event.type !== 'lockstep.usage.v1' ||
        event.time >= '2025-06-02T06' ||
        (event.data.inputTokens >= 10 && event.data.inputTokens <= 60),
    ),
  ).toBe(true);
});

test('claude-code-traces: one session is one account, at its own pace', async () => {
  put('claude-code-traces/sessions.csv.gz', [
    'session,models,tool_tokens,system_tokens,n_requests,n_subagents,duration_s,content_sha1',
    's1,opus,100,50,2,0,60,aa',
    's2,opus,100,50,1,0,0,bb',
  ]);
  put('claude-code-traces/requests.csv.gz', [
    'session,seq,t_s,kind,model,in_tokens,out_tokens,n_blocks64,shared_prefix_blocks,stop,input_types,output_types,api_time_s,think_time_s,depth',
    's1,0,0.0,n,opus,700,9,1,0,x,x,x,1.5,0,0',
    's1,1,60.0,n,opus,800,9,1,0,x,x,x,1.5,0,0',
    's2,0,0.0,n,opus,700,9,1,0,x,x,x,1.5,0,0',
  ]);
  const events = await eventsOf(claudeCodeTraces(folder));
  const times = events.filter((event) => event.subject === 's1').map((event) => Date.parse(event.time));
  expect(times[1]! - times[0]!).toBe(60_000);
  expect(new Set(events.map((event) => (event.type === 'lockstep.usage.v1' ? event.data.prompt?.system : '')))).toEqual(
    new Set(['100 tokens of tools, 50 of instructions']),
  );
});
