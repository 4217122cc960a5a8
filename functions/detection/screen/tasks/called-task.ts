import { z } from 'zod';
import type { Elsewhere } from '../screen';
import { Board, type BoardStore } from './board';
import { columnsOnBoard, Given, ScreenTask, ScreenTasks } from './screen-tasks';

/** A task of a run, for a process that knows nothing else of it. */
export const CalledTask = ScreenTask.extend({ prefix: z.string().regex(/^detection\/screen\/[\w.:-]+$/) });
export type CalledTask = z.infer<typeof CalledTask>;

/** May be repeated. All it needs stands under the run's prefix. */
export async function doTask({ prefix, step, at }: CalledTask, store: BoardStore): Promise<void> {
  const board = new Board(store, prefix);
  const { segments } = Given.parse(await board.getJson('given'));
  await new ScreenTasks(board, columnsOnBoard(store, prefix, segments)).do({ step, at });
}

/** Where the objects of a run stand in the archive. */
export const prefixOf = (run: string): string => `detection/screen/${run}`;

/** Tasks of a run by calls: `run` carries out a list, which it puts under a key. */
export const called =
  (run: (items: readonly CalledTask[], key: string) => Promise<void>, prefix: string): Elsewhere =>
  async (tasks) => {
    if (tasks.length > 0)
      await run(
        tasks.map((task) => ({ prefix, ...task })),
        `${prefix}/tasks/${tasks[0]!.step}.json`,
      );
  };
