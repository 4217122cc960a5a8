import type { Description, Part, Use } from '../scenarios/description';
import { exits, harvest, loot, REGISTERED, SEPARATE } from './parts';

/** Hides what is asked and when. */

const turn = { day: [3, 6], spread: 12 } as const;
const clone = { build: 'clone' };
const library = { build: 'library' };
const collector = { build: 'collect-NAME' };
const pools = Array.from({ length: 8 }, () => exits(50, 2));
const few = exits(20, 1);
const campaign = (facts: Part['facts'], ...uses: Use[]): Part => ({ label: 'distillation', born: { hours: [-96, 0] }, facts, uses });

export const CONTENT_AND_TIME: readonly Description[] = [
  {
    name: 'paraphrased',
    about: 'every prompt reworded, thirty ways of asking, no system prompt',
    size: [60, 160],
    shares: ['address', 'client', 'payer'],
    turn,
    parts: campaign(REGISTERED, harvest({ where: pools[0]!, client: clone, says: loot({ wordings: 30, paraphrase: 1 }) })),
  },
  {
    name: 'mostly-filler',
    about: 'nine of ten requests are what people and developers ask; the tenth is from the set',
    size: [50, 130],
    shares: ['address', 'client', 'payer'],
    turn,
    parts: campaign(REGISTERED, harvest({ where: pools[1]!, client: library, says: loot(), pace: { even: 8, jitter: 1 } }), {
      from: 0,
      ordinary: true,
      pace: { even: 60, jitter: 1 },
      where: pools[1]!,
      client: library,
      says: [
        [1, 'chat'],
        [1, 'code'],
      ],
    }),
  },
  {
    name: 'jittered',
    about: 'gaps as chance would have them, starts spread over two days, a card each',
    size: [60, 160],
    shares: ['address', 'client'],
    turn: { day: [3, 5], spread: 48 },
    parts: campaign(SEPARATE, harvest({ where: pools[2]!, client: clone, says: loot(), pace: { even: 26, jitter: 1 } })),
  },
  {
    name: 'agent-copied',
    about:
      "a popular agent's client and system prompt, office hours, households; prompts of real people as seeds, some with a demand for reasoning",
    size: [60, 140],
    shares: [],
    turn: { day: [3, 5], spread: 60 },
    parts: campaign(
      SEPARATE,
      harvest({
        where: 'households',
        client: 'agent',
        says: { people: { elicits: 0.35, grading: 0.05 } },
        pace: { sit: 'office', perDay: [28, 0.3], weekend: 0.5 },
      }),
    ),
  },
  {
    name: 'five-a-day',
    about: 'many accounts at five requests a day each, spread over the day, exits kept',
    size: [120, 300],
    shares: ['address', 'client', 'payer'],
    turn: { day: [2, 4], spread: 120 },
    parts: campaign(REGISTERED, harvest({ where: { keeps: few }, client: library, says: loot(), pace: { even: 5, jitter: 1 } })),
  },
  {
    name: 'grader-only',
    about: "only grades are asked: the student's own answers by rubric, day and night",
    size: [50, 140],
    shares: ['address', 'client', 'payer'],
    turn,
    parts: campaign(
      REGISTERED,
      harvest({ where: pools[4]!, client: collector, says: loot({ grading: 0.95, elicits: 0.02, wordings: 8 }) }),
    ),
  },
  {
    name: 'trajectories',
    about: "agentic runs: a popular agent's client with tools, tasks from a set, office shifts, each step of reasoning asked for",
    size: [50, 130],
    shares: ['address', 'payer'],
    turn,
    parts: campaign(
      REGISTERED,
      harvest({
        where: pools[5]!,
        client: 'agent',
        says: loot({ set: ['tool-use', 'repair-code'], elicits: 0.4 }),
        pace: { sit: 'shift', perDay: [34, 0.2], weekend: 0.3, zone: 'group' },
      }),
    ),
  },
  {
    name: 'release-sprint',
    about: 'accounts made over weeks that sleep until a model is released, and then take all they can in two days',
    size: [60, 160],
    shares: ['address', 'client'],
    turn: { day: [9.1, 9.3], spread: 4 },
    parts: {
      label: 'distillation',
      born: { hours: [-220, -20] },
      facts: SEPARATE,
      uses: [harvest({ where: pools[6]!, client: clone, says: loot(), pace: { windows: [[0, 48]], perHour: 9 } })],
    },
  },
  {
    name: 'nightly-batches',
    about: 'two hundred items an account by batch, in one night a week each, another account each night',
    size: [40, 100],
    shares: ['address', 'client', 'payer'],
    turn: { day: [2, 4], spread: 160 },
    parts: campaign(
      REGISTERED,
      harvest({
        where: pools[7]!,
        client: library,
        channel: 'batch',
        says: loot({ wordings: 6 }),
        pace: {
          windows: [
            [0, 4],
            [168, 172],
          ],
          perHour: 50,
        },
      }),
    ),
  },
];
