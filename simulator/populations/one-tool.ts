import type { Description, Pool, Use } from '../scenarios/description';

/** Strangers with the same program: its build, its prompt, sometimes its servers are theirs alike. */

const shop: Pool = { pool: 9, at: 'hoster', operators: 2 };
const flows: Pool = { pool: 12, at: 'cloud' };
const voice: Pool = { pool: 8, at: 'cloud' };
const cars: Pool = { pool: 24, at: 'carrier', operators: 2 };
const extension = { build: 'sidebar-NAME', versions: 2 };
const plugin = { build: 'wp-NAME', versions: 3 };
const flowRunner = { build: 'flow-NAME' };
const bot = { build: 'botkit-NAME' };
const reader = { build: 'reader-NAME', versions: 2 };
const skill = { build: 'skill-host' };
const dashboard = { build: 'dash-NAME', versions: 2 };
const freshAgent = { build: 'agent-NAME' };
const redactor = { build: 'dlp-proxy' };
const sdk = { build: 'library' };
const redactorPool: Pool = { pool: 14, at: 'cloud' };
const thinkingAloud: Use = {
  from: 0,
  pace: { sit: 'evening', perDay: [24, 0.8], weekend: 1.3 },
  where: [
    [0.9, 'home'],
    [0.1, 'vpn'],
  ],
  client: freshAgent,
  says: 'code',
  system: 'You are NAME. Write down your reasoning first, then exactly one action.',
  tools: 9,
  follows: 'default',
};

export const ONE_TOOL: readonly Description[] = [
  {
    name: 'browser-extension',
    about: 'people with one browser extension, each with a key of their own',
    size: [40, 120],
    shares: ['client', 'template'],
    parts: {
      facts: { plan: 'paid', payer: 'own' },
      uses: [
        {
          pace: { sit: 'person', perDay: [7, 0.9] },
          where: [
            [0.8, 'home'],
            [0.2, 'phone'],
          ],
          client: extension,
          says: 'chat',
          system: 'You help the reader of a web page inside the NAME sidebar. Answer about the selected text only.',
        },
      ],
    },
  },
  {
    name: 'site-plugin',
    about: 'shops and blogs with one plug-in, a key a site, many of them on the same shared hosts',
    size: [40, 130],
    shares: ['address', 'client', 'template'],
    parts: {
      facts: {
        plan: 'paid',
        payer: 'own',
        domain: [
          [0.7, 'own'],
          [0.3, 'freemail'],
        ],
        signup: 'home',
      },
      uses: [
        {
          pace: [
            { clock: [0, 30], each: 0.5, hours: [2, 3, 4], phase: true },
            { load: 'person', perDay: [6, 1] },
          ],
          where: [
            [0.6, { keeps: shop }],
            [0.4, 'server'],
          ],
          client: plugin,
          says: { frame: 'Write a meta description and three tags for this post of the NAME plug-in.', task: 'writing' },
          system: 'You are the writing assistant of the NAME plug-in.',
          follows: 'pinned',
        },
      ],
    },
  },
  {
    name: 'no-code-flows',
    about: "owners of flows on one automation service: its servers, its program, full hours, everybody's own purpose",
    size: [30, 90],
    shares: ['address', 'client'],
    parts: {
      facts: { plan: 'paid', payer: 'own' },
      uses: [
        {
          pace: { clock: [0], each: 1.2, hours: [0, 4, 6, 8, 10, 12, 14, 16, 20] },
          where: flows,
          client: flowRunner,
          says: 'product',
          follows: 'pinned',
        },
      ],
    },
  },
  {
    name: 'messenger-bots',
    about: 'hobbyists who run the same open-source messenger bot on servers of their own',
    size: [30, 100],
    shares: ['client', 'template'],
    parts: {
      facts: {
        plan: 'paid',
        payer: [
          [0.8, 'own'],
          [0.2, 'virtual'],
        ],
      },
      uses: [
        {
          pace: { load: 'evening', perDay: [25, 1], weekend: 1.2 },
          where: 'server',
          client: bot,
          says: 'chat',
          system: 'You are a friendly member of a chat room. Keep answers under three sentences. Never repeat yourself.',
        },
      ],
    },
  },
  {
    name: 'reading-aid',
    about: 'blind and dyslexic users of one accessibility app, which describes and simplifies all day; a foundation pays',
    size: [30, 90],
    shares: ['client', 'template', 'payer', 'domain'],
    parts: {
      born: 'mixed',
      facts: { plan: 'paid', payer: { cards: 2 }, domain: 'group', verification: 'none' },
      uses: [
        {
          pace: { sit: 'person', perDay: [16, 0.7], weekend: 1 },
          where: [
            [0.5, 'home'],
            [0.5, 'phone'],
          ],
          client: reader,
          says: { frame: 'Read this aloud in simple sentences:', sentences: [1, 4] },
          system: 'You are NAME. Describe and simplify. Never leave out a number.',
        },
      ],
    },
  },
  {
    name: 'voice-skill',
    about: 'developers of voice skills on one hosted platform: its addresses, its program, spoken questions',
    size: [25, 70],
    shares: ['address', 'client'],
    parts: {
      facts: { plan: 'paid', payer: 'own' },
      uses: [{ pace: { load: 'evening', perDay: [30, 0.9], weekend: 1.3 }, where: voice, client: skill, says: 'chat', follows: 'pinned' }],
    },
  },
  {
    name: 'car-fleet',
    about: "a car maker's assistant, an account a car: the maker pays, cars are delivered in batches and drive to work",
    size: [50, 150],
    shares: ['address', 'client', 'payer', 'domain', 'template', 'sign-up address'],
    parts: {
      born: 'drip',
      facts: { organization: 1, plan: 'paid', payer: { cards: 1 }, domain: 'group', verification: 'none', signup: cars },
      uses: [
        {
          pace: { sit: 'commute', perDay: [5, 0.7], weekend: 0.5 },
          where: cars,
          client: dashboard,
          says: 'chat',
          system: 'You are the voice of a NAME car. Be brief. Never distract the driver.',
          tools: 6,
        },
      ],
    },
  },
  {
    name: 'agent-first-week',
    about: 'users of an open agent in the week it is the news: its own prompt asks to think aloud, and some leave it running',
    size: [50, 150],
    shares: ['client', 'template', 'referrer'],
    turn: { day: [2, 7], spread: 60 },
    parts: [
      [3, { born: { hours: [-1, 0] }, facts: { plan: 'paid', payer: 'own', referrer: 'group' }, uses: [thinkingAloud] }],
      [
        1,
        {
          born: { hours: [-1, 0] },
          facts: { plan: 'paid', payer: 'own', referrer: 'group' },
          uses: [{ ...thinkingAloud, pace: { even: 40, jitter: 1 } }],
        },
      ],
      [
        1,
        {
          born: 'before',
          facts: { plan: 'paid', payer: 'own' },
          uses: [
            { pace: { sit: 'office', perDay: [8, 0.8] }, where: 'home', client: 'agent', says: 'code', to: 0, follows: 'default' },
            thinkingAloud,
          ],
        },
      ],
    ],
  },
  {
    name: 'sdk-default-prompt',
    about: 'newcomers who run the quick start of one SDK, example prompt and all, and then grow it into something of their own',
    size: [40, 120],
    shares: ['client', 'template'],
    parts: {
      born: 'drip',
      facts: {
        plan: 'trial',
        payer: [
          [0.5, 'none'],
          [0.5, 'own'],
        ],
      },
      uses: [
        {
          pace: { sit: 'person', perDay: [6, 1] },
          where: [
            [0.8, 'home'],
            [0.2, 'server'],
          ],
          client: sdk,
          says: [
            [1, { fixed: ['Write a haiku about the ocean.', 'What is the capital of France?', 'Hello, world', 'Tell me a joke.'] }],
            [2, 'product'],
            [1, 'code'],
          ],
          system: 'You are a helpful assistant.',
        },
      ],
    },
  },
  {
    name: 'redacting-gateway',
    about: 'departments of several firms whose gateway replaces what they ask by a placeholder before it leaves',
    size: [25, 80],
    shares: ['client', 'template', 'address'],
    parts: {
      facts: {
        plan: 'paid',
        payer: [
          [0.7, 'own'],
          [0.3, { cards: 5 }],
        ],
        domain: [
          [0.7, 'own'],
          [0.3, 'any'],
        ],
      },
      uses: [
        {
          pace: [{ sit: 'office', perDay: [14, 0.9], weekend: 0.1 }],
          where: redactorPool,
          client: redactor,
          says: { fixed: ['[redacted by policy]'] },
        },
      ],
    },
  },
];
