import type { Description, Pool, Use } from '../scenarios/description';

/** Something happens, and many accounts change on the same day for the same reason. */

const oldRack: Pool = { pool: 3, at: 'cloud' };
const newGateway: Pool = { pool: 4, at: 'cloud' };
const hosted: Pool = { pool: 16, at: 'cloud' };
const buyer: Pool = { pool: 2, at: 'isp' };
const bought: Pool = { pool: 2, at: 'isp' };
const router: Pool = { pool: 10, at: 'cloud' };
const app = { build: 'app-NAME' };
const gateway = { build: 'gateway-NAME' };
const corporate = { build: 'corp-NAME' };
const routerClient = { build: 'router-NAME' };
const agentBefore = { build: 'pilot-NAME' };
const agentAfter = { build: 'pilot-NAME' };
const office = (perDay: number): { sit: 'office'; perDay: [number, number]; weekend: number } => ({
  sit: 'office',
  perDay: [perDay, 0.8],
  weekend: 0.1,
});
const clerk: Use = {
  pace: office(10),
  where: bought,
  client: [
    [1, 'console'],
    [1, 'any'],
  ],
  says: [
    [1, 'chat'],
    [1, 'code'],
  ],
};

export const ONE_DAY: readonly Description[] = [
  {
    name: 'launch-day',
    about: "customers of a start-up that launches: each brings a key made that day, the product's client and prompt are one",
    size: [40, 140],
    shares: ['client', 'template', 'sign-up day', 'referrer'],
    turn: { day: [2, 9], spread: 30 },
    parts: {
      born: { hours: [0, 2] },
      facts: {
        plan: 'paid',
        payer: [
          [0.9, 'own'],
          [0.1, 'virtual'],
        ],
        referrer: 'group',
        signup: 'home',
      },
      uses: [
        {
          pace: { sit: 'person', perDay: [12, 1] },
          where: 'home',
          client: app,
          says: [
            [2, 'chat'],
            [1, 'product'],
          ],
          system: 'You are the assistant inside NAME. Be concrete. Offer the next step.',
        },
      ],
    },
  },
  {
    name: 'gateway-migration',
    about: "one customer's project accounts move behind a new gateway on one day; from then on it deals requests out in turn",
    size: [20, 70],
    shares: ['payer', 'domain', 'address', 'client'],
    turn: { day: [6, 11], spread: 6 },
    parts: {
      born: 'before',
      facts: { organization: 0.5, plan: 'paid', payer: { per: 4 }, domain: 'group' },
      uses: [
        {
          to: 0,
          pace: { load: 'office', perDay: [18, 0.7] },
          where: [
            [0.7, 'server'],
            [0.3, oldRack],
          ],
          client: 'any',
          says: 'product',
        },
        { from: 0, pace: { even: 18 }, where: newGateway, client: gateway, says: 'product', follows: 'default' },
      ],
    },
  },
  {
    name: 'merger',
    about: "two firms become one: on a Monday the bought one's accounts get the buyer's domain, card, line and client",
    size: [30, 90],
    shares: ['payer', 'domain', 'address', 'client'],
    turn: { day: [7, 11], spread: 9 },
    parts: [
      [
        1,
        {
          born: 'before',
          facts: { plan: 'paid', payer: { cards: 2 }, domain: 'group' },
          uses: [
            {
              ...clerk,
              where: [
                [0.8, buyer],
                [0.2, 'home'],
              ],
              client: corporate,
            },
          ],
        },
      ],
      [
        1,
        {
          born: 'before',
          facts: { plan: 'paid', payer: { per: 5 }, domain: { throwaway: 1 } },
          later: { payer: { cards: 2 }, domain: 'group' },
          uses: [
            { ...clerk, to: 0 },
            {
              ...clerk,
              from: 0,
              where: [
                [0.8, buyer],
                [0.2, 'home'],
              ],
              client: corporate,
            },
          ],
        },
      ],
    ],
  },
  {
    name: 'price-change',
    about: 'owners of programs who move to the cheap hours of the night and the small model on the day the price changes',
    size: [40, 120],
    shares: [],
    turn: { day: [5, 9], spread: 24 },
    parts: {
      born: 'before',
      facts: { plan: 'paid', payer: 'own' },
      uses: [
        { to: 0, pace: { load: 'office', perDay: [30, 0.9] }, where: 'server', client: 'any', says: 'product', follows: 'pinned' },
        {
          from: 0,
          pace: { clock: [0, 20, 40], each: 2.5, hours: [0, 1, 2, 3, 4] },
          where: 'server',
          client: 'any',
          says: 'product',
          channel: 'batch',
          follows: 'immediate',
        },
      ],
    },
  },
  {
    name: 'outage-elsewhere',
    about: "another provider is down for half a day: its users' router sends them here, many on accounts made that hour",
    size: [40, 140],
    shares: ['address', 'client', 'sign-up day'],
    turn: { day: [4, 10], spread: 3 },
    parts: [
      [
        2,
        {
          born: { hours: [-0.4, 0] },
          facts: { plan: 'paid', payer: 'own' },
          uses: [
            {
              pace: { windows: [[0, 11]], perHour: 7 },
              where: router,
              client: routerClient,
              says: [
                [1, 'product'],
                [1, 'code'],
              ],
            },
            { from: 11, pace: { sit: 'office', perDay: [1.5, 1] }, where: router, client: routerClient, says: 'code' },
          ],
        },
      ],
      [
        1,
        {
          born: 'before',
          facts: { plan: 'paid', payer: 'own' },
          uses: [
            { pace: { windows: [[0, 11]], perHour: 9 }, where: router, client: routerClient, says: 'product' },
            { pace: { load: 'office', perDay: [6, 1] }, where: router, client: routerClient, says: 'product' },
          ],
        },
      ],
    ],
  },
  {
    name: 'client-default',
    about: 'users of one editor plug-in, whose update changes build, prompt and model for all of them in a day',
    size: [50, 150],
    shares: ['client', 'template'],
    turn: { day: [4, 10], spread: 20 },
    parts: {
      facts: { plan: 'paid', payer: 'own' },
      uses: [
        {
          to: 0,
          pace: office(18),
          where: 'home',
          client: agentBefore,
          says: 'code',
          system: 'Complete the code. NAME.',
          tools: 3,
          follows: 'pinned',
        },
        {
          from: 0,
          pace: office(20),
          where: 'home',
          client: agentAfter,
          says: 'code',
          system: 'You are NAME. Plan, think through edge cases, then edit.',
          tools: 11,
          follows: 'immediate',
        },
      ],
    },
  },
  {
    name: 'hosted-gateway',
    about: 'strangers who move their old programs behind one hosted gateway in the week of its free offer',
    size: [30, 90],
    shares: ['address', 'client'],
    turn: { day: [3, 8], spread: 120 },
    parts: {
      born: 'before',
      facts: { plan: 'paid', payer: 'own' },
      uses: [
        { to: 0, pace: { load: 'office', perDay: [20, 0.9] }, where: 'server', client: 'any', says: 'product' },
        { from: 0, pace: { load: 'office', perDay: [20, 0.9] }, where: hosted, client: gateway, says: 'product' },
      ],
    },
  },
];
