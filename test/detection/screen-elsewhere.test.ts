import { SFNClient } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { Detection } from '../../functions/detection/detect';
import { CalledTask, doTask } from '../../functions/detection/tasks/called-task';
import { fold } from '../../functions/features/fold';
import { plan } from '../../functions/features/plan';
import { ingest } from '../../functions/ingest/ingest';
import { EMULATED } from '../../local/engines/engine';
import { startJsonEndpoint } from '../../local/engines/json-endpoint';
import recommended from '../../policies/recommended.json';
import { StepFunctionsTasks } from '../../shared/aws/step-functions-tasks';
import { Policy } from '../../shared/domain/policy/policy';
import { HOUR } from '../../shared/domain/time';
import { KeyedHasher } from '../../shared/identity/keyed-hash';
import { MemoryObjectStore } from '../../shared/memory/memory-object-store';
import { MemoryTable } from '../../shared/memory/memory-table';
import { SimulatedClock } from '../../shared/memory/simulated-clock';
import { HOURS, START, smallTraffic } from '../support/worlds/small-traffic';

const Start = z.object({ stateMachineArn: z.string(), name: z.string(), input: z.string() });
const Describe = z.object({ executionArn: z.string() });
const MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:lockstep-test-screen';

/** Step Functions' protocol as far as a step of the screen speaks it: each item of the list is a call; `fails` says which fail for good. */
async function machine(archive: MemoryObjectStore, fails: (task: CalledTask) => boolean = () => false) {
  const ended = new Map<string, { status: string; error?: string }>();
  const steps: string[] = [];
  let again = 0;
  const { endpoint, stop } = await startJsonEndpoint(async (operation, request) => {
    if (operation === 'DescribeExecution') return { body: ended.get(Describe.parse(request).executionArn) ?? { status: 'NONE' } };
    const { stateMachineArn, name, input } = Start.parse(request);
    expect(stateMachineArn).toBe(MACHINE);
    expect(name).toMatch(/^[0-9a-f]{1,80}$/);
    const arn = `${MACHINE.replace(':stateMachine:', ':execution:')}:${name}`;
    if (ended.has(arn)) {
      again++;
      return { status: 400, body: { __type: 'ExecutionAlreadyExists' } };
    }
    ended.set(arn, { status: 'RUNNING' });
    const { tasks } = z.object({ tasks: z.string() }).parse(JSON.parse(input));
    const list = z.array(CalledTask).parse(JSON.parse(Buffer.from((await archive.get(tasks))!).toString('utf8')));
    steps.push(list[0]!.step);
    const all = list.map(async (task) => {
      if (fails(task)) throw new Error('out of memory');
      await doTask(task, archive);
    });
    void Promise.all(all).then(
      () => ended.set(arn, { status: 'SUCCEEDED' }),
      (error: Error) => ended.set(arn, { status: 'FAILED', error: error.message }),
    );
    return { body: { executionArn: arn, startDate: 0 } };
  });
  const client = new SFNClient({ ...EMULATED, endpoint, maxAttempts: 1 });
  const tasks = new StepFunctionsTasks(client, MACHINE, archive, () => new Promise((resolve) => setImmediate(resolve)));
  return {
    tasks,
    steps,
    carryOut: (items: readonly object[], key: string) => tasks.run(items, key),
    repeated: () => again,
    async stop() {
      client.destroy();
      await stop();
    },
  };
}

const { detection: policy } = Policy.parse(recommended);
async function world() {
  const clock = new SimulatedClock(START + HOURS * HOUR + 15 * 60_000);
  const stores = { archive: new MemoryObjectStore(), features: new MemoryTable(clock), graph: new MemoryTable(clock) };
  const ports = { ...stores, clock, hasher: new KeyedHasher('k'.repeat(64)), segments: 4, shards: 4, rows: 'none' as const };
  await ingest([{ id: 'm', body: smallTraffic().join('\n') }], ports);
  for (const task of await plan(ports)) await fold(task, ports);
  return { clock, stores };
}
const left = async (archive: MemoryObjectStore): Promise<string[]> => {
  const keys: string[] = [];
  for await (const key of archive.list('detection/screen/')) keys.push(key.split('/').at(-1)!);
  return keys;
};

test.each([1, 4, 16])(
  'a population that no process holds, in %i segments, finds the same, to the byte: by functions, and by a loop',
  async (segments) => {
    const [here, there, loop] = [await world(), await world(), await world()];
    const functions = await machine(there.stores.archive);
    try {
      const one = await new Detection({ ...here, wholeAtMost: 10 }).run(policy, 'policy-1');
      const limits = { wholeAtMost: 10, heldAtMost: 10, segments };
      const other = await new Detection({ ...there, ...limits, carryOut: functions.carryOut }).run(policy, 'policy-1');
      expect(one.changed).toHaveLength(1);
      expect(JSON.stringify(other)).toBe(JSON.stringify(one));
      expect(JSON.stringify(await new Detection({ ...loop, ...limits }).run(policy, 'policy-1'))).toBe(JSON.stringify(one));
      expect(functions.steps).toEqual(
        expect.arrayContaining(['absorb', 'count', 'visit', 'repeat', 'again', 'place', 'hand', 'tell', 'look', 'settle', 'keep']),
      );
      for (const { stores } of [there, loop]) expect((await left(stores.archive)).every((name) => name.endsWith('.json'))).toBe(true);
    } finally {
      await functions.stop();
    }
  },
  120_000,
);

test.each(['absorb', 'meet', 'hand', 'look', 'settle'] as const)(
  'a task (%s) that failed for good: nothing is said; the next run judges',
  async (failing) => {
    const { clock, stores } = await world();
    const broken = await machine(stores.archive, ({ step }) => step === failing);
    const whole = await machine(stores.archive);
    try {
      const failed = new Detection({ stores, clock, wholeAtMost: 10, heldAtMost: 10, carryOut: broken.carryOut }).run(policy, 'policy-1');
      await expect(failed).rejects.toThrow(`${failing}.json FAILED: out of memory`);
      expect((await stores.graph.query({ pk: 'CAMPAIGN' })).items).toEqual([]);
      clock.advanceTo(clock.now() + 15 * 60_000);
      const ran = await new Detection({ stores, clock, wholeAtMost: 10, heldAtMost: 10, carryOut: whole.carryOut }).run(policy, 'policy-1');
      expect(ran.changed).toHaveLength(1);
    } finally {
      await broken.stop();
      await whole.stop();
    }
  },
  60_000,
);

test('the same list asked for twice is one execution', async () => {
  const archive = new MemoryObjectStore();
  const functions = await machine(archive, () => true);
  try {
    const ask = () =>
      functions.tasks.run([{ prefix: 'detection/screen/run-1', step: 'count', at: 0 }], 'detection/screen/run-1/tasks/count.json');
    await expect(ask()).rejects.toThrow(/FAILED/);
    await expect(ask()).rejects.toThrow(/FAILED/);
    expect([functions.steps.length, functions.repeated()]).toEqual([1, 1]);
  } finally {
    await functions.stop();
  }
});

test.each(['../folds/x', 'folds/2026', 'detection/screen/a/b', 'detection/screen/'])('a task under %j is none of ours', (prefix) => {
  expect(CalledTask.safeParse({ prefix, step: 'count', at: 0 }).success).toBe(false);
});
