import { BEHAVIOURS } from '../../../simulator/behaviours/list';
import { Dice } from '../../../simulator/draws/dice';
import { POPULATIONS } from '../../../simulator/populations/list';
import { Scenario } from '../../../simulator/scenarios/scenario';
import { SCENARIOS } from '../../../simulator/scenarios/scenarios';

/** Worlds in a round: enough that a third of all rows live in one, and each round deals them anew. */
export const WORLDS_A_ROUND = 3;

/**
 * `rounds` times all rows, dealt over three worlds of ordinary people each; sizes are drawn within the rows' bounds by each world's
 * seed. The same arguments give the same worlds.
 */
export const drawnWorlds = (
  rounds: number,
  seed: number,
  scale: number,
  over: Partial<Pick<Scenario, 'prompts' | 'labels'>>,
): { scenario: Scenario; seed: number }[] =>
  Array.from({ length: rounds }, (_, round) => {
    const dice = new Dice(`leave-one-out/${seed}/${round}`);
    const dealt = [POPULATIONS, BEHAVIOURS].map((rows) => dice.some(rows, rows.length));
    return Array.from({ length: WORLDS_A_ROUND }, (_, i) => ({
      scenario: {
        ...Scenario.parse({
          ...SCENARIOS.background,
          name: `dealt-${round}-${i}`,
          described: dealt
            .flatMap((rows) => rows.filter((_row, j) => j % WORLDS_A_ROUND === i))
            .map(({ name }) => ({ name, factor: scale })),
        }),
        ...over,
      },
      seed: seed * 1_000 + round * WORLDS_A_ROUND + i,
    }));
  }).flat();
