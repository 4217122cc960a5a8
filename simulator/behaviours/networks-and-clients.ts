import type { Description } from '../scenarios/description';
import { exits, harvest, loot, REGISTERED, SEPARATE } from './parts';

/** Hides where requests come from, what sends them, and who pays. */

const turn = { day: [3, 6], spread: 12 } as const;
const clone = { build: 'clone' };
const collector = { build: 'collect-NAME' };
const library = { build: 'library' };
const bedrock = { build: 'aws-sdk' };
const vertex = { build: 'gcp-sdk' };
const own = exits();
const lanes = [exits(24, 1), exits(24, 1), exits(24, 1)] as const;
const thirdParty = loot({ set: ['tool-use', 'repair-code'], elicits: 0.25 });

export const NETWORKS_AND_CLIENTS: readonly Description[] = [
  {
    name: 'hydra',
    about: 'nothing hidden but the number: rented exits, six accounts a card, one client that calls itself a library',
    size: [60, 180],
    shares: ['address', 'client', 'payer'],
    turn,
    parts: {
      label: 'distillation',
      born: { hours: [-96, 0] },
      facts: REGISTERED,
      uses: [harvest({ where: own, client: clone, says: loot() })],
    },
  },
  {
    name: 'household-exits',
    about: 'another household of eight ISPs for each request; the rest as hydra',
    size: [60, 160],
    shares: ['client', 'payer'],
    turn,
    parts: {
      label: 'distillation',
      born: { hours: [-96, 0] },
      facts: REGISTERED,
      uses: [harvest({ where: 'households', client: clone, says: loot() })],
    },
  },
  {
    name: 'one-card-each',
    about: 'a virtual card for every account; the rest as hydra',
    size: [60, 160],
    shares: ['address', 'client'],
    turn,
    parts: {
      label: 'distillation',
      born: { hours: [-96, 0] },
      facts: SEPARATE,
      uses: [harvest({ where: own, client: collector, says: loot() })],
    },
  },
  {
    name: 'shared-proxy',
    about: 'the exits of a proxy network that others use, too, a common library, a card each',
    size: [60, 160],
    shares: ['address', 'client'],
    turn,
    parts: {
      label: 'distillation',
      born: { hours: [-96, 0] },
      facts: SEPARATE,
      uses: [harvest({ where: 'proxy', client: library, says: loot() })],
    },
  },
  {
    name: 'one-of-everything',
    about: 'a household, a card and a fingerprint for each account, on a human day',
    size: [60, 140],
    shares: [],
    turn: { day: [3, 5], spread: 60 },
    parts: {
      label: 'distillation',
      born: { hours: [-200, 0] },
      facts: { ...SEPARATE, payer: 'own', domain: 'any' },
      uses: [
        harvest({
          where: 'home',
          client: 'unique',
          says: loot({ wordings: 16 }),
          pace: { sit: 'person', perDay: [26, 0.2], weekend: 0.9 },
        }),
      ],
    },
  },
  {
    name: 'daily-fingerprints',
    about: "each account another client's name and fingerprint every day, rotating households, a card for two accounts",
    size: [50, 140],
    shares: ['payer'],
    turn,
    parts: {
      label: 'distillation',
      born: { hours: [-120, 0] },
      facts: { ...REGISTERED, payer: { per: 2 } },
      uses: [harvest({ where: 'households', client: 'daily', says: loot() })],
    },
  },
  {
    name: 'third-party-clouds',
    about: "accounts of two cloud platforms and the first-party API, each lane with the platform's own addresses and client",
    size: [60, 160],
    shares: ['address', 'client', 'payer'],
    turn,
    parts: [
      [
        1,
        {
          label: 'distillation',
          born: { hours: [-96, 0] },
          facts: REGISTERED,
          uses: [harvest({ where: lanes[0], client: bedrock, says: thirdParty, channel: 'bedrock' })],
        },
      ],
      [
        1,
        {
          label: 'distillation',
          born: { hours: [-96, 0] },
          facts: REGISTERED,
          uses: [harvest({ where: lanes[1], client: vertex, says: thirdParty, channel: 'vertex' })],
        },
      ],
      [
        1,
        {
          label: 'distillation',
          born: { hours: [-96, 0] },
          facts: REGISTERED,
          uses: [harvest({ where: lanes[2], client: library, says: thirdParty })],
        },
      ],
    ],
  },
];
