import { z } from 'zod';
import { Board, type BoardStore } from '../screen/tasks/board';
import { columnsOnBoard, Given, STEPS as SCREEN_STEPS, ScreenTasks } from '../screen/tasks/screen-tasks';
import { SEGMENT_STEPS, SegmentTask, SegmentTasks } from '../segments/segment-tasks';
import { UNIT_STEPS, UnitTask, UnitTasks } from '../units/unit-tasks';

/** A task of a run, for a process that knows nothing else of it. */
export const CalledTask = z.object({
  prefix: z.string().regex(/^detection\/screen\/[\w.:-]+$/),
  step: z.enum([...SEGMENT_STEPS, ...SCREEN_STEPS, ...UNIT_STEPS]),
  at: z.int().min(0),
});
export type CalledTask = z.infer<typeof CalledTask>;

/** May be repeated. All it needs stands under the run's prefix, and what was folded and kept (of `absorb` and `keep`) in the archive. */
export async function doTask({ prefix, step, at }: CalledTask, store: BoardStore): Promise<void> {
  const board = new Board(store, prefix);
  const ofUnits = UnitTask.safeParse({ step, at });
  if (ofUnits.success) return new UnitTasks(board).do(ofUnits.data);
  const ofSegments = SegmentTask.safeParse({ step, at });
  if (ofSegments.success) return new SegmentTasks(store, prefix).do(ofSegments.data);
  const { segments } = Given.parse(await board.getJson('given'));
  await new ScreenTasks(board, columnsOnBoard(store, prefix, segments)).do({ step: z.enum(SCREEN_STEPS).parse(step), at });
}

/** Where the objects of runs stand in the archive. */
export const RUNS = 'detection/screen/';
export const prefixOf = (run: string): string => `${RUNS}${run}`;

/** Carries out a list of tasks, all of one step, which it puts under a key. */
export type CarryOut = (items: readonly CalledTask[], key: string) => Promise<void>;

/** Tasks of a run by calls. */
export const called =
  (run: CarryOut, prefix: string) =>
  async (tasks: readonly Omit<CalledTask, 'prefix'>[]): Promise<void> => {
    if (tasks.length > 0)
      await run(
        tasks.map((task) => ({ prefix, ...task })),
        `${prefix}/tasks/${tasks[0]!.step}.json`,
      );
  };

/** Tasks of a run by calls, where something carries them out; else here, one after the other. */
export const carriedOut = (run: CarryOut | undefined, prefix: string, store: BoardStore): ReturnType<typeof called> =>
  run
    ? called(run, prefix)
    : async (tasks) => {
        for (const task of tasks) await doTask({ prefix, ...task }, store);
      };
