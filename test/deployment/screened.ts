import { strict as assert } from 'node:assert';
import { ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn';
import { writeAccountFile } from '../../functions/detection/profiles/account-file';
import { accountFileOf, type Head } from '../../functions/detection/profiles/checkpoints';
import { Profiles } from '../../functions/detection/profiles/profiles';
import type { Segments } from '../../functions/detection/screen/holders/census';
import { type Screened, screen } from '../../functions/detection/screen/screen';
import { Screening } from '../../functions/detection/screen/screened';
import { Board } from '../../functions/detection/screen/tasks/board';
import { ScreenedBySegments } from '../../functions/detection/segments/screened-by-segments';
import { SegmentedPopulation } from '../../functions/detection/segments/segmented-population';
import { type CarryOut, called, prefixOf } from '../../functions/detection/tasks/called-task';
import { countedBesides, judgeUnits, marksOf, rulesOf } from '../../functions/detection/units/judge-units';
import { JudgedElsewhere } from '../../functions/detection/units/judged-elsewhere';
import { JudgedHere } from '../../functions/detection/units/judged-here';
import { type SettledUnit, settled } from '../../functions/detection/units/settled';
import recommended from '../../policies/recommended.json';
import { StepFunctionsTasks } from '../../shared/aws/step-functions-tasks';
import { Policy } from '../../shared/domain/policy/policy';
import { DAY, HOUR } from '../../shared/domain/time';
import { segmentOf } from '../../shared/formats/segment-of';
import type { AccountKey } from '../../shared/identity/ids';
import { MemoryObjectStore } from '../../shared/memory/memory-object-store';
import type { ObjectStore } from '../../shared/ports';
import { segmentsOf } from '../support/segments';
import { NOW, profile, strangers } from '../support/worlds/population';
import type { Outside } from './outside';

const POLICY = { referenceAgeDays: 30, smallestReference: 60, hubShare: 0.04, linkThreshold: 12, minimumNetwork: 3, memberThreshold: 10 };
const CUT = { partitions: 3, rowsAtOnce: 8 };
const SEGMENTS = 4;
const TRACKING = {
  start: Math.floor(NOW / HOUR) - 100,
  provenance: { run: 'run-proof-units', code: 'proof', policy: 'proof', input: 'proof' },
  names: new Set<string>(),
};

/** Two operators among strangers. */
const everybody = [
  ...Array.from({ length: 24 }, (_, i) =>
    profile(`operator ${i}`, {
      bornAt: NOW - 2 * DAY,
      card: `card ${i % 2}`,
      clients: [`their build ${i % 2}`],
      ips: [`exit ${i % 2}`, `exit ${2 + (i % 2)}`],
    }),
  ),
  ...strangers(200),
];

/**
 * The screen carried out by the deployed state machine and its functions, as detection has it done where a population is large: the very
 * answer of the loop. A list with a task that cannot end well fails as a whole, after the task was tried again.
 */
export async function screenedByFunctions(outside: Pick<Outside, 'settings' | 'archive'>): Promise<void> {
  const sfn = new SFNClient(outside.settings);
  const archive = outside.archive();
  const { stateMachines = [] } = await sfn.send(new ListStateMachinesCommand({}));
  const machine = stateMachines.find(({ name }) => name?.includes('-screen-'))?.stateMachineArn;
  assert.ok(machine, 'no state machine of the screen is deployed');
  const tasks = new StepFunctionsTasks(sfn, machine, archive);
  const lists: number[] = [];
  const carryOut: CarryOut = (items, key) => {
    lists.push(items.length);
    return tasks.run(items, key);
  };
  const segments = segmentsOf(everybody, SEGMENTS);
  const prefix = prefixOf('run-proof');
  const there = await screen(segments, new Set(), NOW, POLICY, CUT, archive, { prefix, elsewhere: called(carryOut, prefix) });
  const here = await screen(segments, new Set(), NOW, POLICY, CUT, new MemoryObjectStore());
  const said = ({ links, groupOf, guests, together }: Screened): unknown => [links, groupOf, guests, together];
  assert.deepEqual(said(there), said(here));
  assert.ok(here.groups > 0 && lists.length >= 6, `${here.groups} groups in ${lists.length} steps`);
  console.log(`    ${lists.length} steps, ${lists.reduce((sum, one) => sum + one, 0)} calls, ${here.links.pairs.length} links`);
  const campaigns = await judgedByFunctions(segments, archive, carryOut);
  await keptBySegment(archive, carryOut, campaigns);
  const lost = prefixOf('run-lost');
  await assert.rejects(tasks.run([{ prefix: lost, step: 'count', at: 0 }], `${lost}/tasks/count.json`), /FAILED/);
  sfn.destroy();
}

/** The units of that screen judged by the same functions: the very campaigns of the loop. */
async function judgedByFunctions(segments: Segments, archive: ObjectStore, carryOut: CarryOut): Promise<string> {
  const { detection: policy } = Policy.parse(recommended);
  const profiles = new Profiles();
  for (const one of everybody) profiles.set(one.account, one);
  profiles.pack();
  const screening = await Screening.of(
    segments,
    { profiles, ties: [], known: new Set(), now: NOW, policy, cut: CUT },
    new MemoryObjectStore(),
  );
  const given = { units: screening.units, campaigns: [], operators: [], policy, now: NOW };
  const judged = { screening, rules: rulesOf(given, new Map()), marks: marksOf([]), besides: countedBesides(given) };
  const prefix = prefixOf('run-proof-units');
  const there = new JudgedElsewhere({ ...judged, batchOf: 10, tracking: TRACKING }, new Board(archive, prefix), called(carryOut, prefix));
  const here = new JudgedHere(judged, (unit) => settled(unit, policy, TRACKING));
  const made: SettledUnit[][] = [[], []];
  for await (const one of judgeUnits(given, there)) made[0]!.push(one);
  for await (const one of judgeUnits(given, here)) made[1]!.push(one);
  assert.equal(JSON.stringify(made[0]), JSON.stringify(made[1]));
  const campaigns = made[0]!.flatMap(({ changed }) => changed);
  assert.ok(campaigns.length > 0, 'no campaign was found in the units');
  console.log(`    ${screening.units.length} units judged, ${campaigns.length} campaigns`);
  return JSON.stringify(made[0]);
}

/** The same accounts as a checkpoint that no process holds: absorbed, screened, asked and judged by the functions. */
async function keptBySegment(archive: ObjectStore, carryOut: CarryOut, expected: string): Promise<void> {
  const { detection: policy } = Policy.parse(recommended);
  const segments: Head['segments'] = [];
  const last = Math.floor(NOW / HOUR) - 1;
  for (let segment = 0; segment < SEGMENTS; segment++) {
    const bytes = writeAccountFile(everybody.filter(({ account }) => segmentOf(account, SEGMENTS) === segment));
    const file = accountFileOf(bytes, { segment, count: SEGMENTS, last });
    await archive.put(file.key, bytes);
    segments.push(file);
  }
  const accounts = everybody.length;
  const head: Head = { format: 2, whole: true, last, start: TRACKING.start, built: NOW, absorbed: [], releases: [], accounts, segments };
  const population = new SegmentedPopulation(head, { archive, carryOut, segments: SEGMENTS });
  assert.equal(await population.settle(NOW), undefined);
  const given = { ties: [], known: new Set<AccountKey>(), now: NOW, policy, cut: CUT };
  const screening = await ScreenedBySegments.of(population, given, archive);
  const units = { units: screening.units, campaigns: [], operators: [], policy, now: NOW };
  const judged = { screening, rules: rulesOf(units, new Map()), marks: marksOf([]), besides: countedBesides(units) };
  const { prefix, elsewhere } = population.run;
  const there = new JudgedElsewhere({ ...judged, batchOf: 10, tracking: TRACKING }, new Board(archive, prefix), elsewhere);
  const made: SettledUnit[] = [];
  for await (const one of judgeUnits(units, there)) made.push(one);
  assert.equal(JSON.stringify(made), expected);
  // A checkpoint of them is the same files; the head would be the deployed detection's.
  const kept: Head[] = [];
  const next = await population.keep({ built: NOW, absorbed: new Map() }, true, {
    saveHead: async (of) => {
      kept.push({ format: 2, absorbed: [], ...of });
      return kept[0]!;
    },
  });
  assert.deepEqual(next.segments, segments);
  await population.noticed();
  for (const { key } of segments) await archive.delete(key);
  console.log(`    ${accounts} accounts kept by segment, in ${SEGMENTS}: the same units, campaigns and files`);
}
