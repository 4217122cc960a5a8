import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import aslValidator from 'asl-validator';
import { CaseStep, caseStep } from '../../functions/enforcement/case/case-step';
import { restartLost } from '../../functions/enforcement/case/restart-lost';
import { approve, confirmActions, reject, resume } from '../../functions/enforcement/commands/approve';
import { undoAccount, undoCase } from '../../functions/enforcement/commands/undo';
import { turnKillSwitch } from '../../functions/enforcement/policy/kill-switch';
import { suspensionDefinition } from '../../infra/machines/suspension-machine';
import { execute, type Machine, type Ran, Tokens } from '../../local/aws/state-machine';
import { Progress } from '../../shared/domain/cases/case';
import { type Policy, withMode } from '../../shared/domain/policy/policy';
import { DAY, HOUR, MINUTE } from '../../shared/domain/time';
import { type CaseId, caseId } from '../../shared/identity/ids';
import { MEMORY, onBothSides } from '../support/sides';
import { buildCampaign } from '../support/worlds/build-campaign';
import { ADA, BEN, CLEO, enforcementWorld, RECOMMENDED, SMALL, says } from '../support/worlds/enforcement-world';

const CASE = caseId('C-hydra.0001');
const assist = withMode(SMALL, 'assist', 'the test says so');

onBothSides((side) => {
  /** Enforcement whose cases are driven by the state machine alone: nobody calls `advance`. */
  async function machineWorld(policy: Policy = RECOMMENDED, { armed = true, definition = suspensionDefinition as unknown } = {}) {
    const world = await enforcementWorld(side, { policy, armed });
    const tokens = new Tokens();
    const sleepers: { until: number; wake: () => void }[] = [];
    const sleep = (until: number) => new Promise<void>((wake) => sleepers.push({ until, wake }));
    const runs = new Map<string, Promise<Ran>>();
    const done: Ran[] = [];
    let broken = 0;
    let breaks: (step: CaseStep) => boolean = () => true;
    let active = 0;
    /** Until nothing is being worked on: signing links takes real time, which simulated time must wait for. */
    const idle = async () => {
      for (let quiet = 0; quiet < 4; quiet = active === 0 ? quiet + 1 : 0) await new Promise<void>((later) => setImmediate(later));
    };
    let machine: Machine = JSON.parse(JSON.stringify(definition));
    const executions = {
      start(name: string, id: CaseId) {
        const invoke = async (payload: unknown) => {
          if (broken > 0 && breaks(CaseStep.parse(payload)) && broken-- > 0)
            throw Object.assign(new Error('throttled'), { name: 'Lambda.TooManyRequestsException' });
          active++;
          return caseStep(CaseStep.parse(payload), world.enforcement).finally(() => active--);
        };
        const run = execute(machine, { case: id }, { invoke, tokens, clock: world.clock, sleep, name });
        runs.set(name, run);
        void run.then((ran) => done.push(ran));
      },
      succeed: (token: string) => tokens.succeed(token),
    };
    world.enforcement.workflow = await side.workflow(executions, world.stores.enforcement);
    /** Lets simulated time pass, waking who sleeps in order. */
    async function pass(ms: number): Promise<void> {
      const end = world.clock.now() + ms;
      for (;;) {
        await idle();
        sleepers.sort((a, b) => a.until - b.until);
        const next = sleepers[0];
        if (!next || next.until > end) break;
        sleepers.shift();
        world.clock.advanceTo(next.until);
        next.wake();
      }
      world.clock.advanceTo(end);
    }
    const kind = async () => (await world.enforcement.cases.head(CASE))?.state.progress.kind;
    return {
      ...world,
      pass,
      kind,
      done,
      runs,
      breakFor: (calls: number, which: typeof breaks = () => true) => {
        broken = calls;
        breaks = which;
      },
      /** What begins from now on begins by this definition; what runs keeps its own. */
      deploy: (next: unknown) => {
        machine = JSON.parse(JSON.stringify(next));
      },
    };
  }

  test('Amazon’s schema accepts the definition, and it knows every kind of progress a case can have', () => {
    const { isValid, errorsText } = aslValidator(JSON.parse(JSON.stringify(suspensionDefinition)));
    expect(errorsText('\n')).toBe('');
    expect(isValid).toBe(true);
    const routed = suspensionDefinition.States['Where is it?'].Choices.flatMap(
      ({ Condition }) => /kind = '(.*)'/.exec(Condition)?.[1] ?? [],
    );
    const closed = ['rejected', 'lapsed', 'withdrawn', 'expired'];
    const kinds = Progress.options.map((option) => option.shape.kind.value).filter((one) => !closed.includes(one));
    expect(new Set(routed)).toEqual(new Set([...kinds, 'settled', 'closed']));
  });

  test('auto: held, contained in stages, confirmed, expired; the machine ends', async () => {
    const world = await machineWorld();
    await world.detect(buildCampaign({ size: 40 }));
    await world.pass(4 * MINUTE);
    expect(world.provider.suspended()).toHaveLength(0);
    await world.pass(90 * MINUTE);
    expect(world.provider.suspended()).toHaveLength(40);
    await world.pass(46 * DAY);
    expect(world.provider.suspended()).toHaveLength(0);
    expect(world.done).toMatchObject([{ status: 'SUCCEEDED' }]);
    const names = (world.done[0]?.visited ?? []).filter((name) => name !== 'Where is it?');
    const stage = ['Containing', 'Contain', 'Watching', 'Watch'];
    const look = ['Contained', 'Confirm'];
    // One look when the effect must show; then one as each stage's accounts expire.
    const story = ['Look', 'Held', 'Hold', ...stage, ...stage, 'Containing', 'Contain', ...look, ...look, ...look, ...look, 'Closed'];
    expect(names.filter((name, index) => name !== names[index - 1])).toEqual(story);
  });

  test('assist: waits for people by task token, and the second approval wakes it at once', async () => {
    const world = await machineWorld(assist);
    await world.detect(buildCampaign({ size: 30 }));
    await world.pass(30 * MINUTE);
    await approve({ ...says(BEN), case: CASE }, world.enforcement);
    await world.pass(3 * HOUR);
    expect(world.provider.suspended()).toHaveLength(0);
    await approve({ ...says(CLEO), case: CASE }, world.enforcement);
    await world.pass(1);
    expect(world.provider.suspended()).toHaveLength(1);
    await world.pass(HOUR);
    expect(world.provider.suspended()).toHaveLength(30);
  });

  test('assist: approvals given during the hold need no token', async () => {
    const world = await machineWorld(assist);
    await world.detect(buildCampaign({ size: 20 }));
    await approve({ ...says(BEN), case: CASE }, world.enforcement);
    await world.pass(HOUR);
    expect(world.provider.suspended()).toHaveLength(20);
  });

  test.each([
    [
      'rejected',
      (world: Awaited<ReturnType<typeof machineWorld>>) => reject({ ...says(BEN), case: CASE }, world.enforcement),
      'rejected',
      'Closed',
    ],
    [
      'undone',
      (world: Awaited<ReturnType<typeof machineWorld>>) => undoCase({ ...says(BEN), case: CASE }, world.enforcement),
      'undone',
      'Closed',
    ],
    ['lapsed', async () => {}, 'lapsed', 'Closed'],
  ] as const)('assist: %s while it waits', async (_, deed, kind, last) => {
    const world = await machineWorld(assist);
    await world.detect(buildCampaign({ size: 20 }));
    await world.pass(HOUR);
    await deed(world);
    await world.pass(8 * DAY);
    expect(await world.kind()).toBe(kind);
    expect(world.provider.received).toEqual([]);
    for (const run of world.done) expect(run).toMatchObject({ status: 'SUCCEEDED', visited: expect.arrayContaining([last]) });
    expect(world.done).toHaveLength(world.runs.size);
  });

  test('withdrawn when the evidence falls away during the hold', async () => {
    const world = await machineWorld();
    await world.detect(buildCampaign());
    await world.detect(buildCampaign({ families: ['content'] }));
    await world.pass(HOUR);
    expect(await world.kind()).toBe('withdrawn');
    expect(world.done).toMatchObject([{ status: 'SUCCEEDED' }]);
  });

  test('stopped by reversals, resumed by people, contained; two executions', async () => {
    const world = await machineWorld(SMALL);
    await world.detect(buildCampaign({ size: 100 }));
    for (let minute = 0; minute < 90 && world.provider.suspended().length < 10; minute++) await world.pass(MINUTE);
    for (const account of world.provider.suspended().slice(0, 3)) await undoAccount({ ...says(BEN), account }, world.enforcement);
    await world.pass(HOUR);
    expect(await world.kind()).toBe('stopped');
    await resume({ ...says(BEN), case: CASE }, world.enforcement);
    await world.pass(MINUTE);
    await approve({ ...says(CLEO), case: CASE }, world.enforcement);
    await world.pass(2 * HOUR);
    expect(world.provider.suspended()).toHaveLength(97);
    expect(world.runs.size).toBe(2);
    await world.pass(50 * DAY);
    expect(world.provider.suspended()).toEqual([]);
    expect(world.done.flatMap((run) => run.visited)).toEqual(expect.arrayContaining(['Stopped', 'Expire']));
    expect(world.done.map((run) => run.status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
  });

  test('undone in the middle: a second execution gives everybody back, the first finds that out and ends', async () => {
    const world = await machineWorld();
    await world.detect(buildCampaign({ size: 100 }));
    for (let minute = 0; minute < 90 && world.provider.suspended().length < 10; minute++) await world.pass(MINUTE);
    await undoCase({ ...says(BEN), case: CASE }, world.enforcement);
    await world.pass(10 * MINUTE);
    expect(world.provider.suspended()).toEqual([]);
    await world.pass(2 * HOUR);
    expect(world.done).toHaveLength(2);
    expect(world.done.flatMap((run) => run.visited)).toEqual(
      expect.arrayContaining(['Undoing', 'Undo', 'Undone', 'Confirm undone', 'Closed']),
    );
    expect(world.provider.suspended()).toEqual([]);
  });

  test('a function that fails is called again; one that fails for ever fails the execution, and the watchdog takes the case up', async () => {
    const world = await machineWorld();
    world.breakFor(3);
    await world.detect(buildCampaign({ size: 20 }));
    await world.pass(3 * HOUR);
    expect(world.provider.suspended()).toHaveLength(20);

    const dead = await machineWorld();
    dead.breakFor(99);
    await dead.detect(buildCampaign({ size: 20 }));
    await dead.pass(3 * HOUR);
    expect(dead.done).toMatchObject([{ status: 'FAILED' }]);
    dead.breakFor(0);
    expect(await restartLost(dead.enforcement)).toEqual({ restarted: [CASE], unreadable: [], failed: [] });
    await dead.pass(MINUTE);
    // It lives: the watchdog leaves it alone, however often it looks.
    for (let look = 0; look < 8; look++) {
      expect((await restartLost(dead.enforcement)).restarted).toEqual([]);
      await dead.pass(15 * MINUTE);
    }
    expect(dead.provider.suspended()).toHaveLength(20);
    expect(dead.runs.size).toBe(2);
  });

  test('the watchdog leaves alone who waits for people, for the switch, for its time, and who has nothing to wait for', async () => {
    const world = await machineWorld(assist);
    await world.detect(buildCampaign({ size: 20 }));
    for (let hour = 0; hour < 30; hour++) {
      await world.pass(HOUR);
      if (hour === 20) await approve({ ...says(BEN), case: CASE }, world.enforcement);
      expect((await restartLost(world.enforcement)).restarted).toEqual([]);
    }
    expect(await world.kind()).toBe('contained');
    await confirmActions({ ...says(BEN), case: CASE }, world.enforcement);
    await world.pass(3 * DAY);
    expect((await restartLost(world.enforcement)).restarted).toEqual([]);
    expect(world.provider.suspended()).toHaveLength(20);
  });

  test('a fault of ours while it waits for people is tried again, and what is caught goes back to look', async () => {
    const world = await machineWorld(assist);
    // Twelve failures: ten tries of one state, and then some.
    world.breakFor(12, ({ step }) => step === 'await-approval');
    await world.detect(buildCampaign({ size: 20 }));
    await world.pass(4 * HOUR);
    expect(world.done).toEqual([]);
    await approve({ ...says(BEN), case: CASE }, world.enforcement);
    await world.pass(2 * HOUR);
    expect(world.provider.suspended()).toHaveLength(20);
  });

  const days = side === MEMORY ? 30 : 4;
  test(`${days} days of waiting for the switch stay far from the limit of a history, and the case acts soon after it is armed`, async () => {
    const world = await machineWorld(RECOMMENDED, { armed: false });
    await world.detect(buildCampaign({ size: 20 }));
    await world.pass(days * DAY);
    expect(world.provider.received).toEqual([]);
    const longest = Math.max(...world.done.map(({ visited }) => visited.length));
    // Three states a look, three events a state: 25,000 events are the end of an execution.
    expect(longest * 3).toBeLessThan(5_000);
    expect(world.done.length).toBe(Math.floor(days / 2.8));
    for (const ran of world.done)
      expect(ran).toMatchObject({ status: 'SUCCEEDED', visited: expect.arrayContaining(['Continue', 'Continued']) });
    expect(world.runs.size).toBe(world.done.length + 1);
    await turnKillSwitch({ ...says(ADA), to: 'armed' }, world.enforcement);
    await world.pass(HOUR);
    expect(world.provider.suspended()).toHaveLength(20);
  });

  describe('upgrades: an execution keeps the definition that it began with, and calls the code of now', () => {
    const folder = join(__dirname, '..', 'fixtures', 'machines');
    const deployed = readdirSync(folder)
      .sort((one, other) => Number.parseInt(one, 10) - Number.parseInt(other, 10))
      .map((file) => ({ file, definition: JSON.parse(readFileSync(join(folder, file), 'utf8')) }));

    test('the newest definition is kept beside those before it', () => {
      expect(deployed.at(-1)?.definition).toEqual(JSON.parse(JSON.stringify(suspensionDefinition)));
    });

    test.each(deployed)(
      '$file: opened before the upgrade, approved and contained after it, expired; undone from there',
      async ({ definition }) => {
        const world = await machineWorld(assist, { definition });
        await world.detect(buildCampaign({ size: 20 }));
        await world.pass(HOUR);
        expect(await world.kind()).toBe('awaiting-approval');
        world.deploy(suspensionDefinition);
        await approve({ ...says(BEN), case: CASE }, world.enforcement);
        await world.pass(3 * HOUR);
        expect(world.provider.suspended()).toHaveLength(20);
        await undoCase({ ...says(CLEO), case: CASE }, world.enforcement);
        // The first execution finds out when its actions would have expired.
        await world.pass(50 * DAY);
        expect(world.provider.suspended()).toEqual([]);
        expect(world.done.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
      },
    );

    test('a kind that came after the definition: the execution hands over to one that knows it', async () => {
      const { States, ...rest } = JSON.parse(JSON.stringify(suspensionDefinition));
      const ignorant = States['Where is it?'].Choices.filter(({ Next }: { Next: string }) => Next !== 'Watching');
      const old = { ...rest, States: { ...States, 'Where is it?': { ...States['Where is it?'], Choices: ignorant } } };
      const world = await machineWorld(RECOMMENDED, { definition: old });
      await world.detect(buildCampaign({ size: 20 }));
      await world.pass(MINUTE);
      world.deploy(suspensionDefinition);
      await world.pass(4 * HOUR);
      expect(world.provider.suspended()).toHaveLength(20);
      expect(world.done).toMatchObject([{ status: 'SUCCEEDED', visited: expect.arrayContaining(['Let time pass', 'Continued']) }]);
      expect(world.runs.size).toBe(2);
    });
  });
});
