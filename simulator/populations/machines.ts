import type { Description, Pool } from '../scenarios/description';

/** Honest programs: flat days, even load, pools of addresses, cards in threes. None of it makes a student model. */

const robots: Pool = { pool: 12, at: 'cloud' };
const stations: Pool = { pool: 20, at: 'hoster', operators: 5 };
const enrichers: Pool = { pool: 16, at: 'cloud', operators: 2 };
const shards: Pool = { pool: 30, at: 'cloud', operators: 2 };
const reports: Pool = { pool: 4, at: 'cloud' };
const runners: Pool = { pool: 60, at: 'cloud' };
const tenants: Pool = { pool: 5, at: 'cloud' };
const scanners: Pool = { pool: 24, at: 'hoster', operators: 3 };
const robot = { build: 'robot-NAME' };
const probe = { build: 'uptime-NAME' };
const enricher = { build: 'enrich-NAME' };
const server = { build: 'shard-NAME' };
const reporter = { build: 'report-NAME' };
const runner = { build: 'review-action', versions: 2 };
const helpdesk = { build: 'helpdesk-NAME' };
const scanner = { build: 'moderate-NAME' };

export const MACHINES: readonly Description[] = [
  {
    name: 'nightly-reports',
    about: 'branches of a retailer whose server writes a report for each at the same hour of the night; cards in threes, no organisation',
    size: [20, 70],
    shares: ['address', 'client', 'payer', 'domain', 'template'],
    parts: {
      born: 'before',
      facts: { plan: 'paid', payer: { per: 3 }, domain: 'group', verification: 'email' },
      uses: [
        {
          pace: { clock: [10], each: 14, hours: [2] },
          where: reports,
          client: reporter,
          says: {
            frame: "Write the manager's report for this branch: sales, returns, one risk, one suggestion.",
            topics: ['trade', 'finance'],
          },
          system: 'Report writer of NAME.',
          follows: 'pinned',
        },
      ],
    },
  },
  {
    name: 'office-robots',
    about:
      "a shared service centre's software robots, an account each: round the clock, dealt out evenly, twelve addresses, cards in threes",
    size: [30, 100],
    shares: ['address', 'client', 'payer', 'domain', 'template', 'sign-up address'],
    parts: {
      born: 'drip',
      facts: { plan: 'paid', payer: { per: 3 }, domain: 'group', verification: 'email', signup: robots },
      uses: [
        {
          pace: { even: 45, jitter: 0.2 },
          where: robots,
          client: robot,
          says: { frame: 'Write the answer to this customer mail in the house style.', topics: ['support', 'trade', 'finance'] },
          system: 'Mail robot of NAME.',
          follows: 'default',
        },
      ],
    },
  },
  {
    name: 'probes',
    about: "an uptime service that asks each customer's key the same word every half hour from twenty places",
    size: [30, 100],
    shares: ['address', 'client', 'template'],
    parts: {
      facts: {
        plan: 'paid',
        payer: 'own',
        domain: [
          [0.8, 'own'],
          [0.2, 'freemail'],
        ],
        signup: 'home',
      },
      uses: [
        {
          pace: { even: 30, jitter: 0.05 },
          where: stations,
          client: probe,
          says: { fixed: ['Reply with OK.'] },
          system: 'Health check.',
          follows: 'immediate',
        },
        { pace: { load: 'office', perDay: [20, 1] }, where: 'server', client: 'any', says: 'product' },
      ],
    },
  },
  {
    name: 'batch-enrichment',
    about: "a data vendor's program that fills in customers' records, an account a customer: flat, even, templated, a pool of exits",
    size: [20, 80],
    shares: ['address', 'client', 'template', 'payer', 'domain', 'sign-up address'],
    parts: {
      born: 'drip',
      facts: {
        plan: 'paid',
        payer: { per: 4 },
        domain: [
          [0.5, 'group'],
          [0.5, 'own'],
        ],
        signup: enrichers,
      },
      uses: [
        {
          pace: { even: 60, jitter: 1 },
          where: enrichers,
          client: enricher,
          says: {
            frame: 'Extract industry, size, city and one sentence about what the company does. JSON.',
            topics: ['trade', 'hiring', 'cities'],
            task: 'data',
            sentences: [1, 3],
          },
          channel: 'batch',
          follows: 'drift',
        },
      ],
    },
  },
  {
    name: 'game-characters',
    about: "a game's servers, an account each: characters talk to players; new servers come with every crowd",
    size: [30, 110],
    shares: ['address', 'client', 'payer', 'domain', 'template', 'sign-up address'],
    parts: {
      born: 'drip',
      facts: { organization: 1, plan: 'paid', payer: { cards: 1 }, domain: 'group', verification: 'email', signup: shards },
      uses: [
        {
          pace: { load: 'evening', perDay: [70, 0.4], weekend: 1.4, burst: 2 },
          where: shards,
          client: server,
          says: [
            [3, 'chat'],
            [1, { set: ['converse'], wordings: 6 }],
          ],
          system: 'You play character NUMBER of NAME. Stay in the role. Two sentences.',
          follows: 'default',
        },
      ],
    },
  },
  {
    name: 'review-jobs',
    about:
      "strangers' repositories with one review action: jobs on shared runners, office hours and nightly builds, a prompt that asks for steps",
    size: [30, 110],
    shares: ['address', 'client', 'template'],
    parts: {
      facts: { plan: 'paid', payer: 'own' },
      uses: [
        {
          pace: [
            { sit: 'office', perDay: [9, 0.9], weekend: 0.2 },
            { clock: [5], each: 3, hours: [1], phase: true },
          ],
          where: runners,
          client: runner,
          says: { set: ['repair-code'], wordings: 3, elicits: 0.4 },
          system: 'Review the pull request. Think about each hunk before you comment.',
          tools: 2,
          follows: 'pinned',
        },
      ],
    },
  },
  {
    name: 'tenant-accounts',
    about: "a help desk product with an account a tenant: the vendor pays, its servers, its prompt; each tenant's own day",
    size: [25, 100],
    shares: ['address', 'client', 'payer', 'domain', 'template', 'sign-up address'],
    parts: {
      facts: { organization: 1, plan: 'paid', payer: { cards: 2 }, domain: 'group', verification: 'email', signup: tenants },
      uses: [
        {
          pace: { load: 'office', perDay: [16, 1], weekend: 0.3 },
          where: tenants,
          client: helpdesk,
          says: { frame: 'Draft a reply to the ticket.', topics: ['support'] },
          system: 'Support copilot of NAME for tenant NUMBER. Friendly, short.',
          follows: 'pinned',
        },
      ],
    },
  },
  {
    name: 'moderation-queue',
    about: "a forum network's moderation: accounts by forum, grades from 0 to 1 by rubric, flat, even, rented addresses",
    size: [15, 60],
    shares: ['address', 'client', 'payer', 'template', 'domain'],
    parts: {
      born: 'before',
      facts: { plan: 'paid', payer: { per: 3 }, domain: 'group' },
      uses: [
        {
          pace: { even: 90, jitter: 1 },
          where: scanners,
          client: scanner,
          says: { frame: 'Rate this post from 0 to 1 for insult, threat and spam. JSON.', task: 'data', sentences: [1, 3], grading: 0.5 },
          system: 'Moderation of NAME.',
          follows: 'pinned',
        },
      ],
    },
  },
];
