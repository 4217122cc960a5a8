import type { Description, Part, Pool, PromptSetChoice, Use } from '../scenarios/description';

/**
 * Honest accounts that somebody makes look linked to a campaign. Those who frame are of the same group here, and of label
 * `distillation` in the truth, under the kind that ends in `-planted`.
 */

const startUp: Pool = { pool: 2, at: 'isp' };
const lab: Pool = { pool: 3, at: 'isp' };
const rented: Pool = { pool: 40, at: 'hoster', operators: 3 };
const infected: Pool = { pool: 60, at: 'isp', operators: 6 };
const loot: PromptSetChoice = { set: [], wordings: 12, elicits: 0.35, grading: 0.08 };
const harvester = { build: 'clone' };
const popular = { build: 'prompt-runner', versions: 2 };
const SYSTEM = 'You are an expert reasoner. Write every step of your reasoning in full before the answer.';

const staff: Use = {
  pace: { sit: 'office', perDay: [11, 0.8], weekend: 0.1, zone: 'group' },
  where: [
    [0.8, startUp],
    [0.2, 'home'],
  ],
  client: [
    [2, 'agent'],
    [1, 'any'],
    [1, 'console'],
  ],
  says: [
    [2, 'code'],
    [1, 'chat'],
  ],
  follows: 'default',
};
const extraction: Use = { from: 0, pace: { even: 28 }, where: rented, client: harvester, says: loot, follows: 'campaign' };
const planted = (kind: string, over: Partial<Part>, use: Partial<Use> = {}): Part => ({
  kind,
  label: 'distillation',
  born: { hours: [-70, 0] },
  facts: { plan: 'paid', payer: { per: 6 }, domain: 'freemail', verification: 'phone' },
  uses: [{ ...extraction, ...use }],
  ...over,
});

export const FRAMED: readonly Description[] = [
  {
    name: 'framed-start-up',
    about: "a start-up's staff; an operator plants accounts on its guest Wi-Fi, under its mail domain, that extract",
    size: [30, 70],
    shares: ['address', 'domain', 'sign-up address', 'payer'],
    turn: { day: [4, 7], spread: 24 },
    parts: [
      [
        3,
        {
          born: 'before',
          facts: {
            plan: 'paid',
            payer: [
              [0.6, 'own'],
              [0.4, { per: 3 }],
            ],
            domain: 'group',
            signup: [
              [0.6, startUp],
              [0.4, 'home'],
            ],
          },
          uses: [staff],
        },
      ],
      [
        2,
        planted(
          'framed-start-up-planted',
          { facts: { plan: 'paid', payer: { per: 6 }, domain: 'group', signup: startUp, verification: 'phone' } },
          {
            where: [
              [0.7, startUp],
              [0.3, rented],
            ],
          },
        ),
      ],
    ],
  },
  {
    name: 'framed-campus',
    about: 'students and staff of one laboratory; an operator holds seats in it and extracts from the same addresses',
    size: [40, 90],
    shares: ['address', 'domain', 'sign-up address'],
    turn: { day: [3, 6], spread: 24 },
    parts: [
      [
        3,
        {
          facts: {
            plan: 'free',
            program: 'education',
            payer: 'none',
            domain: 'group',
            signup: [
              [0.5, lab],
              [0.5, 'home'],
            ],
          },
          uses: [
            {
              ...staff,
              where: [
                [0.75, lab],
                [0.25, 'home'],
              ],
              client: [
                [2, 'console'],
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
        1,
        planted(
          'framed-campus-planted',
          { facts: { plan: 'free', program: 'education', payer: 'none', domain: 'group', signup: lab, verification: 'email' } },
          { where: lab, client: 'any' },
        ),
      ],
    ],
  },
  {
    name: 'framed-by-template',
    about: "people who picked up a prompt that an operator published: its words are the campaign's, nothing else is",
    size: [50, 130],
    shares: ['template'],
    turn: { day: [2, 5], spread: 140 },
    parts: [
      [
        2,
        {
          facts: { plan: 'paid', payer: 'own' },
          uses: [
            { pace: { sit: 'person', perDay: [5, 0.9] }, where: 'home', client: 'any', says: 'chat', to: 0 },
            {
              from: 0,
              pace: { sit: 'evening', perDay: [8, 0.9] },
              where: 'home',
              client: [
                [2, 'any'],
                [1, popular],
              ],
              says: [
                [1, { people: { elicits: 0.4 } }],
                [1, 'code'],
              ],
              system: SYSTEM,
            },
          ],
        },
      ],
      [1, planted('framed-by-template-planted', {}, { system: SYSTEM })],
    ],
  },
  {
    name: 'framed-by-payment',
    about:
      "strangers whose bills an operator's cards pay, as top-ups they bought cheaply; the operator's own accounts hang on the same cards",
    size: [30, 80],
    shares: ['payer'],
    turn: { day: [3, 6], spread: 80 },
    parts: [
      [
        2,
        {
          born: 'before',
          facts: { plan: 'paid', payer: 'own' },
          later: { payer: { cards: 8 } },
          uses: [{ ...staff, where: 'home', pace: { sit: 'person', perDay: [8, 0.9] } }],
        },
      ],
      [
        1,
        planted('framed-by-payment-planted', { facts: { plan: 'paid', payer: { cards: 8 }, domain: 'freemail', verification: 'phone' } }),
      ],
    ],
  },
  {
    name: 'framed-by-address',
    about: "households whose machines a proxy network uses without their knowledge: the campaign's addresses are theirs",
    size: [40, 100],
    shares: ['address'],
    turn: { day: [3, 6], spread: 30 },
    parts: [
      [
        2,
        {
          born: 'before',
          facts: {
            payer: [
              [0.6, 'own'],
              [0.4, 'none'],
            ],
          },
          uses: [
            {
              pace: { sit: 'evening', perDay: [5, 0.9] },
              where: { keeps: infected },
              client: [
                [3, 'console'],
                [1, 'any'],
              ],
              says: 'chat',
            },
          ],
        },
      ],
      [1, planted('framed-by-address-planted', {}, { where: infected })],
    ],
  },
];
