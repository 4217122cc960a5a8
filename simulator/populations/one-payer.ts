import type { Description, Pool, Use } from '../scenarios/description';

/** One card, desk, issuer or promotion behind many accounts that otherwise have little to do with each other. */

const studio: Pool = { pool: 1, at: 'isp' };
const fund: Pool = { pool: 1, at: 'isp' };
const firm: Pool = { pool: 2, at: 'isp' };
const kioskMast: Pool = { pool: 30, at: 'carrier' };
const desk: Pool = { pool: 2, at: 'hoster' };
const anyUse: Use = {
  pace: { sit: 'person', perDay: [6, 1] },
  where: [
    [0.85, 'home'],
    [0.15, 'phone'],
  ],
  client: [
    [3, 'console'],
    [1, 'any'],
    [1, 'agent'],
  ],
  says: [
    [2, 'chat'],
    [1, 'code'],
  ],
};

/** Products of a cloud's customers, which leave it through its own addresses. */
const cloudUse: Use = {
  pace: { load: 'person', perDay: [25, 0.9] },
  where: { pool: 60, at: 'cloud' },
  client: 'any',
  says: 'product',
  channel: 'bedrock',
};

export const ONE_PAYER: readonly Description[] = [
  {
    name: 'cloud-tenants',
    about:
      'customers of another cloud that sells the models: tenants, five on the billing account of one reseller, whose products leave through that cloud; we are told nothing else of them',
    size: [20, 60],
    shares: ['address'],
    parts: { facts: { tenant: { cloud: 'bedrock', billed: 5 } }, uses: [cloudUse] },
  },
  {
    name: 'client-accounts',
    about: "an agency that opens an account for each of its clients and pays them all; half of the clients' people log in from elsewhere",
    size: [10, 45],
    shares: ['payer', 'sign-up address', 'address', 'template'],
    parts: {
      facts: {
        plan: 'paid',
        payer: { cards: 1 },
        domain: [
          [0.4, 'group'],
          [0.6, 'own'],
        ],
        signup: studio,
      },
      uses: [
        {
          pace: { sit: 'office', perDay: [12, 0.8], weekend: 0.1 },
          where: [
            [0.5, studio],
            [0.5, 'home'],
          ],
          client: [
            [2, 'console'],
            [1, 'any'],
          ],
          says: [
            [2, 'chat'],
            [1, { frame: 'Write an advertisement of forty words for this.', topics: ['trade', 'travel', 'kitchen'] }],
          ],
        },
      ],
    },
  },
  {
    name: 'families',
    about: 'households of three to six: one card of the parents, one line, homework and chat',
    size: [3, 6],
    groups: 12,
    shares: ['payer', 'address', 'sign-up address'],
    parts: {
      facts: { plan: 'paid', payer: { cards: 1 }, domain: 'freemail', signup: studio },
      uses: [
        {
          pace: { sit: 'evening', perDay: [4, 0.9], weekend: 1.2, zone: 'group' },
          where: [
            [0.8, studio],
            [0.2, 'phone'],
          ],
          client: [
            [3, 'console'],
            [1, 'any'],
          ],
          says: [
            [2, 'chat'],
            [1, { people: { elicits: 0.3 } }],
          ],
        },
      ],
    },
  },
  {
    name: 'charity',
    about: "a charity whose one card pays for volunteers' own accounts in many places",
    size: [12, 50],
    shares: ['payer'],
    parts: {
      facts: {
        plan: 'paid',
        payer: { cards: 1 },
        domain: 'freemail',
        verification: 'email',
        signup: [
          [0.2, fund],
          [0.8, 'home'],
        ],
      },
      uses: [anyUse],
    },
  },
  {
    name: 'gift-cards',
    about: 'people who were given cards of one issuer for the holidays and sign up within some days',
    size: [40, 120],
    shares: [],
    turn: { day: [1, 8], spread: 90 },
    parts: { born: { hours: [0, 12] }, facts: { plan: 'paid', payer: 'issuer', domain: 'freemail', signup: 'home' }, uses: [anyUse] },
  },
  {
    name: 'cards-in-threes',
    about: 'a firm without an organisation in its facts: a company card for three people each, its domain, its office',
    size: [20, 60],
    shares: ['payer', 'domain', 'address'],
    parts: {
      facts: {
        plan: 'paid',
        payer: { per: 3 },
        domain: 'group',
        signup: [
          [0.5, firm],
          [0.5, 'home'],
        ],
      },
      uses: [
        {
          pace: { sit: 'office', perDay: [12, 0.8], weekend: 0.1, zone: 'group' },
          where: [
            [0.7, firm],
            [0.3, 'home'],
          ],
          client: [
            [2, 'agent'],
            [2, 'any'],
            [1, 'console'],
          ],
          says: [
            [1, 'chat'],
            [2, 'code'],
          ],
          follows: 'default',
        },
      ],
    },
  },
  {
    name: 'prepaid-vouchers',
    about: 'people without bank cards who buy vouchers of one issuer at kiosks of one country, on phones of one carrier',
    size: [40, 120],
    shares: ['address'],
    land: 'one',
    parts: {
      born: 'drip',
      facts: {
        plan: 'paid',
        payer: 'issuer',
        domain: 'freemail',
        verification: 'phone',
        signup: [
          [0.5, kioskMast],
          [0.5, 'home'],
        ],
      },
      uses: [
        {
          pace: { sit: 'evening', perDay: [6, 0.9] },
          where: [
            [0.7, kioskMast],
            [0.3, 'home'],
          ],
          client: [
            [3, 'console'],
            [1, 'any'],
          ],
          says: 'chat',
        },
      ],
    },
  },
  {
    name: 'resold-top-ups',
    about: 'people whose cards are not taken: a desk signs them up and pays from a few cards; own agents, own VPNs',
    size: [25, 90],
    shares: ['payer', 'sign-up address'],
    land: 'one',
    parts: {
      born: 'drip',
      facts: { plan: 'paid', payer: { cards: 6 }, domain: 'freemail', verification: 'phone', signup: desk, referrer: 'none' },
      uses: [
        {
          pace: { sit: 'person', perDay: [16, 0.8], weekend: 0.8 },
          where: [
            [0.85, 'vpn'],
            [0.15, 'home'],
          ],
          client: [
            [3, 'agent'],
            [1, 'console'],
          ],
          says: [
            [2, 'code'],
            [1, 'chat'],
          ],
          follows: 'default',
        },
      ],
    },
  },
  {
    name: 'trial-codes',
    about: 'people who redeem trial codes of one promotion, most within two days of the newsletter',
    size: [50, 160],
    shares: ['referrer', 'sign-up day'],
    turn: { day: [2, 9], spread: 20 },
    parts: {
      born: { hours: [0, 3] },
      facts: {
        plan: 'trial',
        payer: [
          [0.8, 'none'],
          [0.2, 'virtual'],
        ],
        domain: 'freemail',
        verification: 'email',
        referrer: 'group',
        signup: 'home',
      },
      uses: [{ ...anyUse, pace: { sit: 'person', perDay: [5, 1] } }],
    },
  },
];
