import type { Description, Part, Pool } from '../scenarios/description';
import { exits, harvest, loot, ORDINARY, REGISTERED, SEPARATE } from './parts';

/** Stays small, or lives among others: cells, seats, a reseller's customers. */

const turn = { day: [3, 6], spread: 14 } as const;
const clone = { build: 'clone' };
const relay = { build: 'relay-NAME' };
const cellExits = exits(10, 1);
const relayExits = exits(30, 2);
const dedicatedExits = exits(30, 2);
const campus: Pool = { pool: 3, at: 'isp' };
const courseRoom: Pool = { pool: 2, at: 'isp' };
const notebook = { build: 'notebook-kernel' };
const exercises = { exercises: 20, elicits: 0.3 };
const credits = { plan: 'free', program: 'education', payer: 'none', verification: 'email' } as const;
const resold: Part['facts'] = { ...REGISTERED, payer: { per: 11 }, domain: 'freemail' };
const customers = {
  ...ORDINARY,
  pace: { sit: 'person', perDay: [40, 0.4], weekend: 1, zone: 'group' },
  where: relayExits,
  client: relay,
} as const;

export const SMALL_AND_HOSTED: readonly Description[] = [
  {
    name: 'cells-of-eight',
    about: 'cells that share the data set and nothing else: own exits, own cards, own client each',
    size: [6, 9],
    groups: 8,
    oneVoice: true,
    shares: ['address', 'client', 'payer'],
    turn: { day: [2, 9], spread: 10 },
    parts: {
      label: 'distillation',
      born: { hours: [-72, 0] },
      facts: { ...REGISTERED, payer: { per: 4 } },
      uses: [harvest({ where: cellExits, client: clone, says: loot() })],
    },
  },
  {
    name: 'lone-cells',
    about: 'cells of five with a household and a card for each account; a client build is all that a cell shares',
    size: [5, 6],
    groups: 10,
    oneVoice: true,
    shares: ['client'],
    turn: { day: [2, 8], spread: 30 },
    parts: {
      label: 'distillation',
      born: { hours: [-120, 0] },
      facts: SEPARATE,
      uses: [harvest({ where: 'home', client: clone, says: loot(), pace: { sit: 'person', perDay: [26, 0.2], weekend: 1 } })],
    },
  },
  {
    name: 'campus-seats',
    about: "seats inside a campus: its addresses, its mail domain, education credits; the campus's own people beside them",
    size: [60, 130],
    shares: ['address', 'domain', 'sign-up address'],
    turn,
    parts: [
      [
        3,
        {
          kind: 'campus-people',
          facts: {
            ...credits,
            domain: 'group',
            signup: [
              [0.6, campus],
              [0.4, 'home'],
            ],
          },
          uses: [
            {
              pace: { sit: 'person', perDay: [6, 0.9], zone: 'group' },
              where: [
                [0.7, campus],
                [0.3, 'home'],
              ],
              client: [
                [3, 'console'],
                [1, 'any'],
              ],
              says: [
                [2, 'chat'],
                [1, { people: { elicits: 0.2 } }],
              ],
            },
          ],
        },
      ],
      [
        2,
        {
          label: 'distillation',
          born: { hours: [-60, 0] },
          facts: { ...credits, domain: 'group', signup: campus },
          uses: [
            harvest({
              where: campus,
              client: 'any',
              says: loot(),
              pace: { sit: 'person', perDay: [26, 0.3], weekend: 0.9, zone: 'group' },
            }),
          ],
        },
      ],
    ],
  },
  {
    name: 'hidden-in-a-course',
    about: 'members of a real course who do its exercises, and extract with the same notebook for two fifths of their requests',
    size: [50, 110],
    shares: ['address', 'client', 'sign-up day', 'referrer', 'template', 'sign-up address'],
    turn: { day: [3, 6], spread: 20 },
    parts: [
      [
        2,
        {
          kind: 'course-people',
          born: { hours: [-10, 0] },
          facts: {
            ...credits,
            referrer: 'group',
            domain: [
              [0.5, 'group'],
              [0.5, 'freemail'],
            ],
            signup: courseRoom,
          },
          uses: [
            {
              from: 0,
              pace: { sit: 'person', perDay: [14, 0.6] },
              where: [
                [0.6, courseRoom],
                [0.4, 'home'],
              ],
              client: notebook,
              says: exercises,
            },
          ],
        },
      ],
      [
        1,
        {
          label: 'distillation',
          born: { hours: [-10, 0] },
          facts: { ...credits, referrer: 'group', domain: 'freemail', signup: courseRoom },
          uses: [
            harvest({
              where: [
                [0.6, courseRoom],
                [0.4, 'home'],
              ],
              client: notebook,
              says: loot(),
              pace: { sit: 'person', perDay: [12, 0.5] },
            }),
            {
              from: 0,
              ordinary: true,
              pace: { sit: 'person', perDay: [17, 0.5] },
              where: [
                [0.6, courseRoom],
                [0.4, 'home'],
              ],
              client: notebook,
              says: exercises,
            },
          ],
        },
      ],
    ],
  },
  {
    name: 'share-of-a-reseller',
    about: "a reseller's accounts that serve ordinary customers, and one who extracts with a third of the requests",
    size: [30, 90],
    shares: ['address', 'client', 'payer'],
    turn,
    parts: {
      label: 'distillation',
      born: { hours: [-90, 0] },
      facts: resold,
      uses: [customers, harvest({ where: relayExits, client: relay, says: loot(), pace: { even: 20, jitter: 1 } })],
    },
  },
  {
    name: 'reserved-by-a-reseller',
    about: "a reseller's accounts of which a third serve a distiller alone, through the same relay",
    size: [45, 110],
    shares: ['address', 'client', 'payer'],
    turn,
    parts: [
      [
        2,
        {
          kind: 'resold-beside',
          label: 'reselling',
          born: { hours: [-90, 0] },
          facts: resold,
          uses: [{ ...customers, ordinary: undefined, where: dedicatedExits }],
        },
      ],
      [
        1,
        {
          label: 'distillation',
          born: { hours: [-60, 0] },
          facts: resold,
          uses: [harvest({ where: dedicatedExits, client: relay, says: loot(), pace: { even: 40, jitter: 1 } })],
        },
      ],
    ],
  },
];
