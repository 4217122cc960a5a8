import { strict as assert } from 'node:assert';
import { ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn';
import { type Screened, screen } from '../../functions/detection/screen/screen';
import { called, prefixOf } from '../../functions/detection/tasks/called-task';
import { StepFunctionsTasks } from '../../shared/aws/step-functions-tasks';
import { DAY } from '../../shared/domain/time';
import { MemoryObjectStore } from '../../shared/memory/memory-object-store';
import { segmentsOf } from '../support/segments';
import { NOW, profile, strangers } from '../support/worlds/population';
import type { Outside } from './outside';

const POLICY = { referenceAgeDays: 30, smallestReference: 60, hubShare: 0.04, linkThreshold: 12, minimumNetwork: 3, memberThreshold: 10 };
const CUT = { partitions: 3, rowsAtOnce: 8 };
const SEGMENTS = 4;

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
  const carryOut = (items: readonly object[], key: string): Promise<void> => {
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
  const lost = prefixOf('run-lost');
  await assert.rejects(tasks.run([{ prefix: lost, step: 'count', at: 0 }], `${lost}/tasks/count.json`), /FAILED/);
  sfn.destroy();
}
