import type { Description, Part, Pool, Use } from '../scenarios/description';
import { exits, harvest, loot, ORDINARY, REGISTERED, SEPARATE } from './parts';

/** Hides who the accounts are: old, bought, warmed, replaced, on credits. */

const collector = { build: 'collect-NAME' };
const second = { build: 'collect-NAME' };
const third = { build: 'collect-NAME' };
const library = { build: 'library' };
const clone = { build: 'clone' };
const bought = exits(50, 2);
const boughtYoung = exits(40, 2);
const rotated = exits(40, 2);
const credits: Pool = { pool: 4, at: 'hoster' };
const creditExits = exits(40, 2);
const slow = exits(60, 3);
const replacing = exits(50, 2);
const loots = { warmed: loot({ wordings: 10 }), reborn: loot({ wordings: 8 }), replaced: loot() };

const tenantExits = exits(50, 2);
const tenantLoot = loot();
const fourth = { build: 'collect-NAME' };
const rented = (channel: string): Use => harvest({ where: tenantExits, client: fourth, says: tenantLoot, channel });

const era = (from: number, to: number, where: Pool, client: typeof collector): Part => ({
  label: 'distillation',
  born: { hours: [from - 20, from] },
  facts: REGISTERED,
  uses: [harvest({ from, to, where, client, says: loots.reborn })],
});

export const ACCOUNTS: readonly Description[] = [
  {
    name: 'through-tenants',
    about:
      'two accounts in three are tenants of another cloud, eight on a billing account; the others are registered with us, six on a virtual card; one tool and its exits for all',
    size: [60, 150],
    shares: ['address', 'client', 'sign-up day'],
    turn: { day: [3, 6], spread: 12 },
    parts: [
      [
        2,
        { label: 'distillation', born: { hours: [-40, 0] }, facts: { tenant: { cloud: 'bedrock', billed: 8 } }, uses: [rented('bedrock')] },
      ],
      [1, { label: 'distillation', born: { hours: [-40, 0] }, facts: REGISTERED, uses: [rented('api')] }],
    ],
  },
  {
    name: 'warmed-for-weeks',
    about: 'accounts that chatted like anybody for weeks, at home; then they extract from households, with a card each',
    size: [50, 120],
    shares: ['client'],
    turn: { day: [7, 9], spread: 24 },
    parts: {
      label: 'distillation',
      born: { days: [15, 45] },
      facts: SEPARATE,
      uses: [{ ...ORDINARY, to: 0 }, harvest({ where: 'households', client: library, says: loots.warmed, pace: { even: 26, jitter: 1 } })],
    },
  },
  {
    name: 'bought-old',
    about: 'accounts of a year and more, bought from many owners: the owner stops, another card comes, extraction begins from rented exits',
    size: [40, 120],
    shares: ['address', 'client', 'payer'],
    turn: { day: [4, 7], spread: 40 },
    parts: {
      label: 'distillation',
      born: { days: [300, 1500] },
      facts: { plan: 'paid', payer: 'own' },
      later: { payer: { per: 5 } },
      uses: [{ ...ORDINARY, to: -8 }, harvest({ where: bought, client: collector, says: loot() })],
    },
  },
  {
    name: 'bought-young',
    about: 'accounts of a few weeks, bought ready made with their own cards and phone numbers, hardly used before',
    size: [40, 120],
    shares: ['address', 'client'],
    turn: { day: [3, 6], spread: 30 },
    parts: {
      label: 'distillation',
      born: { days: [8, 40] },
      facts: SEPARATE,
      uses: [
        { ...ORDINARY, pace: { sit: 'person', perDay: [0.5, 1] }, to: 0 },
        harvest({ where: boughtYoung, client: library, says: loot() }),
      ],
    },
  },
  {
    name: 'bought-key-rotated',
    about: 'bought accounts whose key is rotated three days later, as after a theft: the new key goes on as the old one did',
    size: [30, 90],
    shares: ['address', 'client'],
    turn: { day: [3, 6], spread: 30 },
    parts: {
      label: 'distillation',
      born: { days: [200, 900] },
      facts: { plan: 'paid', payer: 'own' },
      uses: [
        { ...ORDINARY, to: 0 },
        harvest({ to: 72, where: rotated, client: clone, says: loot() }),
        harvest({ from: 84, where: rotated, client: clone, says: loot(), key: '2' }),
      ],
    },
  },
  {
    name: 'bought-beside-its-owner',
    about: 'accounts whose owners let somebody in and work on; their keys are rotated three days later, and both go on with the new ones',
    size: [30, 90],
    shares: ['address', 'client'],
    turn: { day: [3, 5], spread: 30 },
    parts: {
      label: 'distillation',
      born: { days: [200, 900] },
      facts: { plan: 'paid', payer: 'own' },
      uses: [
        { ...ORDINARY, to: 72 },
        { ...ORDINARY, from: 84, key: '2' },
        harvest({ to: 72, where: rotated, client: clone, says: loot() }),
        harvest({ from: 84, where: rotated, client: clone, says: loot(), key: '2' }),
      ],
    },
  },
  {
    name: 'programme-credits',
    about: 'education credits instead of cards, signed up through a few addresses with one automated browser, throwaway domains',
    size: [50, 150],
    shares: ['address', 'sign-up address', 'domain', 'client'],
    turn: { day: [3, 6], spread: 12 },
    parts: {
      label: 'distillation',
      born: { hours: [-60, 0] },
      facts: {
        plan: 'free',
        program: 'education',
        payer: 'none',
        verification: 'email',
        domain: { throwaway: 9 },
        signup: credits,
        browser: 'group',
        referrer: 'none',
      },
      uses: [harvest({ where: creditExits, client: clone, says: loot() })],
    },
  },
  {
    name: 'under-one-domain',
    about:
      'every account under a domain that the operator registered, six on a card: open about whom to call, and a machine deals out the load',
    size: [30, 100],
    shares: ['address', 'domain', 'client', 'payer', 'sign-up day'],
    turn: { day: [2, 5], spread: 6 },
    parts: {
      label: 'distillation',
      born: { hours: [-40, 0] },
      facts: { ...REGISTERED, domain: 'group' },
      uses: [harvest({ where: exits(40, 2), client: collector, says: loot({ elicits: 0.6 }) })],
    },
  },
  {
    name: 'slow-registration',
    about: 'accounts that sign up over weeks and begin when they are a few days old',
    size: [60, 150],
    shares: ['address', 'client', 'payer'],
    turn: { day: [1, 2], spread: 230 },
    parts: {
      label: 'distillation',
      born: { hours: [-90, -20] },
      facts: REGISTERED,
      uses: [harvest({ where: slow, client: collector, says: loot() })],
    },
  },
  {
    name: 'replaced-every-four-days',
    about: 'each account lives four days and is followed by another; exits, tool and prompts stay',
    size: [60, 150],
    shares: ['address', 'client', 'payer'],
    turn: { day: [2, 3], spread: 3 },
    parts: [0, 96, 192].map((from): readonly [number, Part] => [
      1,
      {
        label: 'distillation',
        born: { hours: [from - 20, from] },
        facts: REGISTERED,
        uses: [harvest({ from, to: from + 96, where: replacing, client: collector, says: loots.replaced })],
      },
    ]),
  },
  {
    name: 'reborn-all-new',
    about: 'every four days everything is new at once: accounts, cards, exits, client. The data set stays',
    size: [60, 140],
    shares: ['address', 'client', 'payer'],
    turn: { day: [2, 3], spread: 3 },
    parts: [
      [1, era(0, 96, exits(30, 1), collector)],
      [1, era(100, 196, exits(30, 1), second)],
      [1, era(200, 400, exits(30, 1), third)],
    ],
  },
  {
    name: 'pause-then-all-new',
    about: 'five days of extraction, four of silence, then other accounts, exits, client, cards and data set',
    size: [60, 140],
    shares: ['address', 'client', 'payer'],
    turn: { day: [1, 2], spread: 8 },
    parts: [
      [
        1,
        {
          label: 'distillation',
          born: { hours: [-40, 0] },
          facts: REGISTERED,
          uses: [harvest({ to: 120, where: exits(40, 2), client: clone, says: loot() })],
        },
      ],
      [
        1,
        {
          label: 'distillation',
          born: { hours: [190, 215] },
          facts: SEPARATE,
          uses: [harvest({ from: 216, where: exits(40, 2), client: third, says: loot({ set: ['tool-use', 'extract', 'tables'] }) })],
        },
      ],
    ],
  },
];
