import type { Description, Pool, Use } from '../scenarios/description';
import { exits, loot, REGISTERED } from './parts';

/** Hostile, and no distillation: access that is resold, keys that are stolen. A suspension would hit the wrong people or for the wrong reason. */

const relay = { build: 'relay-NAME' };
const library = { build: 'library' };
const resold = exits(30, 2);
const loot1: Pool = exits(12, 1);
const loot2: Pool = exits(20, 2);
const loot3: Pool = exits(14, 1);
const owner: Use = {
  pace: { sit: 'person', perDay: [8, 0.8] },
  where: 'home',
  client: [
    [1, 'console'],
    [2, 'any'],
  ],
  says: [
    [2, 'chat'],
    [1, 'product'],
  ],
};
/** A server of the owner's, with a key of its own. */
const service: Use = { pace: { load: 'person', perDay: [10, 0.6] }, where: 'server', client: 'any', says: 'product' };
const customers: Use = {
  pace: { sit: 'person', perDay: [55, 0.4], weekend: 1, zone: 'group' },
  where: resold,
  client: relay,
  says: [
    [3, 'chat'],
    [2, 'code'],
  ],
};

export const NOT_DISTILLING: readonly Description[] = [
  {
    name: 'resale',
    about: 'access resold through one relay on rented exits; eleven accounts a card; a human day, everything is asked',
    size: [30, 110],
    shares: ['address', 'client', 'payer'],
    turn: { day: [1, 4], spread: 60 },
    parts: {
      label: 'reselling',
      born: { hours: [-20, 0] },
      facts: { ...REGISTERED, payer: { per: 11 }, domain: 'freemail' },
      uses: [customers],
    },
  },
  {
    name: 'resale-by-household',
    about: 'access resold through households with a common library, a virtual card each',
    size: [30, 90],
    shares: ['client'],
    turn: { day: [1, 4], spread: 90 },
    parts: {
      label: 'reselling',
      born: { hours: [-20, 0] },
      facts: { ...REGISTERED, payer: 'virtual', domain: 'freemail' },
      uses: [{ ...customers, where: 'households', client: library }],
    },
  },
  {
    name: 'leaked-keys',
    about: "keys found in public code: a gang's exits and client beside the owners', who go on",
    size: [12, 40],
    shares: ['address', 'client'],
    turn: { day: [4, 8], spread: 12 },
    parts: {
      label: 'hijacked',
      born: 'before',
      facts: { plan: 'paid', payer: 'own' },
      uses: [
        owner,
        {
          from: 0,
          pace: { even: 90, jitter: 1 },
          where: loot1,
          client: library,
          says: [
            [2, 'chat'],
            [1, 'code'],
          ],
        },
      ],
    },
  },
  {
    name: 'leaked-keys-of-several',
    about:
      'accounts with three keys, of which one is found in public code: a gang works with it beside its owner, who goes on with all three',
    size: [15, 40],
    shares: ['address', 'client'],
    turn: { day: [4, 8], spread: 12 },
    parts: {
      label: 'hijacked',
      born: 'before',
      facts: { plan: 'paid', payer: 'own' },
      uses: [
        owner,
        { ...service, key: 'ci' },
        { ...service, key: 'shop' },
        {
          from: 0,
          pace: { even: 90, jitter: 1 },
          where: loot3,
          client: library,
          key: 'ci',
          says: [
            [2, 'chat'],
            [1, 'code'],
          ],
        },
      ],
    },
  },
  {
    name: 'leaked-keys-quiet',
    about: 'the same at a few requests a day, through households, so that the bill does not show it',
    size: [12, 40],
    shares: ['client'],
    turn: { day: [3, 7], spread: 60 },
    parts: {
      label: 'hijacked',
      born: 'before',
      facts: { plan: 'paid', payer: 'own' },
      uses: [
        owner,
        {
          from: 0,
          pace: { even: 9, jitter: 1 },
          where: 'households',
          client: relay,
          says: [
            [2, 'chat'],
            [1, 'code'],
          ],
        },
      ],
    },
  },
  {
    name: 'leaked-keys-that-extract',
    about: 'stolen keys with which a data set is extracted: the accounts are still their owners’, who need a new key and no ban',
    size: [15, 50],
    shares: ['address', 'client'],
    turn: { day: [3, 7], spread: 12 },
    parts: {
      label: 'hijacked',
      born: 'before',
      facts: { plan: 'paid', payer: 'own' },
      uses: [owner, { from: 0, pace: { even: 60, jitter: 0.25 }, where: loot2, client: relay, says: loot(), follows: 'campaign' }],
    },
  },
];
