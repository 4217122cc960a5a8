import type { Description, Pool, PromptSetChoice } from '../scenarios/description';

/** One customer who says so, or strangers whose loud work is known and allowed. */

const floor: Pool = { pool: 1, at: 'isp' };
const proxy: Pool = { pool: 2, at: 'isp' };
const rack: Pool = { pool: 6, at: 'cloud' };
const intranet = { build: 'intranet-NAME' };
const worker = { build: 'worker-NAME' };
const suite = { build: 'eval-harness', versions: 2 };
/** Published items: every suite has the same ones, and no wording of its own. */
const items: PromptSetChoice = { set: ['write-code', 'sums', 'logic', 'extract'], wordings: 20, elicits: 0.25, grading: 0.1 };
const licensed: PromptSetChoice = { set: ['invent-tasks', 'converse', 'extract'], wordings: 5, elicits: 0.3, grading: 0.2 };

export const CUSTOMERS: readonly Description[] = [
  {
    name: 'office-line',
    about: 'people who work in one building and have nothing else in common: own cards, clients and domains',
    size: [20, 110],
    shares: ['address'],
    land: 'one',
    parts: {
      facts: {
        signup: [
          [0.4, floor],
          [0.6, 'home'],
        ],
      },
      uses: [
        {
          pace: { sit: 'office', perDay: [12, 0.8], weekend: 0.1, zone: 'group' },
          where: [
            [0.85, floor],
            [0.15, 'home'],
          ],
          client: [
            [2, 'any'],
            [1, 'console'],
            [1, 'agent'],
          ],
          says: [
            [1, 'chat'],
            [1, 'code'],
          ],
        },
      ],
    },
  },
  {
    name: 'seats-of-one-firm',
    about: 'seats of one firm on its internal tool: one template, exit, payer, domain and organisation, and everybody can see it',
    size: [40, 220],
    shares: ['address', 'client', 'payer', 'domain', 'template', 'sign-up address'],
    parts: {
      facts: { plan: 'enterprise', verification: 'identity', organization: 1, domain: 'group', payer: { cards: 1 }, signup: proxy },
      uses: [
        {
          pace: { sit: 'office', perDay: [22, 0.5], weekend: 0.05, zone: 'group' },
          where: proxy,
          client: intranet,
          says: { frame: 'Answer with the house rules in mind:', sentences: [1, 5] },
          system: 'Assistant of NAME for its staff.',
        },
      ],
    },
  },
  {
    name: 'own-fleet',
    about: "one team's service accounts, made in one go: one payer, organisation, program and template, dealt out evenly round the clock",
    size: [10, 60],
    shares: ['address', 'client', 'payer', 'domain', 'template', 'sign-up day', 'sign-up address'],
    turn: { day: [1, 5], spread: 1 },
    parts: {
      born: { hours: [-1, 0] },
      facts: { plan: 'paid', organization: 1, domain: 'group', payer: { cards: 1 }, signup: rack, verification: 'identity' },
      uses: [
        {
          pace: { even: 60 },
          where: rack,
          client: worker,
          says: { frame: 'Sort this message into a queue and give the reason.', task: 'data', sentences: [1, 4] },
          system: 'Worker of NAME.',
          follows: 'default',
        },
      ],
    },
  },
  {
    name: 'benchmark-suites',
    about: 'laboratories and hobbyists, an account each, who run public benchmarks on every release, in a burst, templated to the letter',
    size: [8, 30],
    shares: ['client'],
    turn: { day: [9, 9.1], spread: 30 },
    parts: {
      born: 'before',
      facts: { plan: 'paid', payer: 'own', domain: 'any' },
      uses: [
        { pace: { windows: [[0, 24]], perHour: 40 }, where: 'server', client: suite, says: items, follows: 'immediate' },
        { pace: { load: 'office', perDay: [3, 1] }, where: 'server', client: suite, says: items, follows: 'drift' },
      ],
    },
  },
  {
    name: 'licensed-data-customers',
    about: 'customers with a contract for synthetic data: an account each, by batch at night, templates, loud',
    size: [2, 6],
    shares: [],
    parts: {
      born: 'before',
      facts: { plan: 'enterprise', verification: 'identity', organization: 0, domain: 'own', payer: 'own' },
      uses: [
        {
          pace: { clock: [0, 10, 20, 30, 40, 50], each: 14, hours: [1, 2, 3, 4] },
          where: 'server',
          client: 'any',
          says: licensed,
          channel: 'batch',
          follows: 'pinned',
        },
      ],
    },
  },
];
