import type { Description, Pool } from '../scenarios/description';

/** Old accounts that take up a new client at a new address, beside the old ones or in their place, because their owners want it. */

const workers: Pool = { pool: 24, at: 'cloud' };
const contractor: Pool = { pool: 1, at: 'isp' };
const relayed: Pool = { pool: 20, at: 'hoster', operators: 2 };
const platform: Pool = { pool: 16, at: 'cloud' };
const newBuild = { build: 'platform-NAME' };
const cloudAgent = { build: 'cloud-agent' };
const studio = { build: 'studio-NAME' };
const desktop = { build: 'relay-desktop' };

export const THEFT_LOOK_ALIKES: readonly Description[] = [
  {
    name: 'cloud-agent-users',
    about:
      "owners of old accounts who give their key to a hosted coding agent, which works from its maker's addresses while they go on at home",
    size: [30, 100],
    shares: ['address', 'client', 'template'],
    turn: { day: [3, 9], spread: 100 },
    parts: {
      born: 'before',
      facts: { plan: 'paid', payer: 'own' },
      uses: [
        {
          pace: { sit: 'office', perDay: [10, 0.8], weekend: 0.4 },
          where: 'home',
          client: [
            [2, 'agent'],
            [1, 'any'],
          ],
          says: 'code',
        },
        {
          from: 0,
          pace: { sit: 'flat', perDay: [24, 0.8], weekend: 1 },
          where: workers,
          client: cloudAgent,
          says: 'code',
          system: 'You work on a branch in a sandbox. Report when the tests pass.',
          tools: 12,
          follows: 'default',
        },
      ],
    },
  },
  {
    name: 'contractor-hand-over',
    about: 'shops that give their key to one contractor, who works on all of them from one office with one tool',
    size: [12, 40],
    shares: ['address', 'client'],
    turn: { day: [2, 7], spread: 150 },
    parts: {
      born: 'before',
      facts: { plan: 'paid', payer: 'own' },
      uses: [
        { pace: { load: 'person', perDay: [12, 0.9] }, where: 'server', client: 'any', says: 'product' },
        { from: 0, pace: { sit: 'office', perDay: [14, 0.6], zone: 'group' }, where: contractor, client: studio, says: 'code' },
      ],
    },
  },
  {
    name: 'new-build-and-key',
    about:
      "customers of one platform that moves all of them to its new build, at its own addresses, with a key made for it; the owners' other keys stay where they were, the replaced one ends",
    size: [20, 60],
    shares: ['address', 'client'],
    turn: { day: [3, 7], spread: 60 },
    parts: {
      born: 'before',
      facts: { plan: 'paid', payer: 'own' },
      uses: [
        { pace: { load: 'person', perDay: [12, 0.8] }, where: 'server', client: 'any', says: 'product' },
        { to: 0, pace: { load: 'person', perDay: [10, 0.8] }, where: 'server', client: 'another', says: 'product', key: 'app' },
        { from: 0, pace: { load: 'person', perDay: [10, 0.8] }, where: platform, client: newBuild, says: 'product', key: 'app-2' },
      ],
    },
  },
  {
    name: 'new-laptop',
    about: 'people who replace machine, client and town in one month, as some always do; they have nothing to do with each other',
    size: [30, 90],
    shares: [],
    turn: { day: [3, 6], spread: 150 },
    parts: {
      born: 'before',
      facts: { plan: 'paid', payer: 'own' },
      uses: [
        {
          to: 0,
          pace: { sit: 'person', perDay: [9, 0.9] },
          where: 'home',
          client: 'any',
          says: [
            [1, 'chat'],
            [1, 'code'],
          ],
        },
        {
          from: 0,
          pace: { sit: 'person', perDay: [10, 0.9] },
          where: [
            [0.7, 'vpn'],
            [0.3, 'phone'],
          ],
          client: 'another',
          says: [
            [1, 'chat'],
            [1, 'code'],
          ],
        },
      ],
    },
  },
  {
    name: 'relayed-desktop',
    about:
      'owners of old accounts abroad who install the same desktop client that relays through rented servers, in place of what they had',
    size: [20, 70],
    shares: ['address', 'client'],
    land: 'one',
    turn: { day: [3, 8], spread: 110 },
    parts: {
      born: 'before',
      facts: {
        plan: 'paid',
        payer: [
          [0.8, 'own'],
          [0.2, 'virtual'],
        ],
      },
      uses: [
        {
          to: 0,
          pace: { sit: 'evening', perDay: [9, 0.9] },
          where: [
            [0.5, 'home'],
            [0.5, 'vpn'],
          ],
          client: [
            [1, 'console'],
            [1, 'any'],
          ],
          says: 'chat',
        },
        { from: 0, pace: { sit: 'evening', perDay: [10, 0.9] }, where: relayed, client: desktop, says: 'chat' },
      ],
    },
  },
];
