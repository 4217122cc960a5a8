import type { Description, Pool } from '../scenarios/description';

/** Strangers, or colleagues, whom a gateway sees behind the same addresses. They do not hide it, and ask what each of them needs. */

const ide: Pool = { pool: 60, at: 'cloud' };
const desks: Pool = { pool: 2, at: 'isp' };
const cabin: Pool = { pool: 5, at: 'vpn' };
const dish: Pool = { pool: 3, at: 'vpn' };
const mission: Pool = { pool: 6, at: 'hoster', operators: 2 };
const library: Pool = { pool: 2, at: 'isp' };
const farm: Pool = { pool: 12, at: 'hoster' };
const mast: Pool = { pool: 30, at: 'carrier' };
const filter: Pool = { pool: 36, at: 'cloud', operators: 2 };
const dormitory: Pool = { pool: 1, at: 'isp' };
const kiosk = { build: 'kiosk-browser' };
const thinClient = { build: 'thin-client' };

export const SHARED_EGRESS: readonly Description[] = [
  {
    name: 'cloud-ide',
    about: "developers in one provider's cloud development environments",
    size: [40, 120],
    shares: ['address'],
    parts: {
      facts: { plan: 'paid', payer: 'own', signup: 'home' },
      uses: [
        {
          pace: { sit: 'office', perDay: [14, 0.9] },
          where: [
            [0.85, ide],
            [0.15, 'home'],
          ],
          client: [
            [3, 'agent'],
            [2, 'any'],
          ],
          says: 'code',
          follows: 'default',
        },
      ],
    },
  },
  {
    name: 'co-working',
    about: 'freelancers of every trade on the Wi-Fi of a co-working space',
    size: [20, 60],
    shares: ['address'],
    land: 'one',
    parts: {
      facts: {
        signup: [
          [0.3, desks],
          [0.7, 'home'],
        ],
      },
      uses: [
        {
          pace: { sit: 'office', perDay: [9, 0.9] },
          where: [
            [0.7, desks],
            [0.2, 'home'],
            [0.1, 'phone'],
          ],
          client: [
            [2, 'console'],
            [2, 'any'],
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
    name: 'in-flight-wifi',
    about: 'passengers of one airline: an hour or three on its satellite addresses, otherwise at home',
    size: [30, 90],
    shares: ['address'],
    turn: { day: [1, 12], spread: 40 },
    parts: {
      born: 'before',
      uses: [
        {
          pace: { windows: [[0, 3]], perHour: 5 },
          where: cabin,
          client: [
            [3, 'console'],
            [1, 'any'],
          ],
          says: 'chat',
        },
        {
          pace: { sit: 'person', perDay: [5, 0.8] },
          where: 'home',
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
    name: 'field-offices',
    about: 'aid workers of several organisations behind the satellite dishes of a remote place',
    size: [15, 40],
    shares: ['address', 'sign-up address'],
    parts: {
      facts: {
        domain: [
          [0.4, 'group'],
          [0.6, 'any'],
        ],
        signup: [
          [0.5, dish],
          [0.5, 'home'],
        ],
      },
      uses: [
        {
          pace: { sit: 'person', perDay: [7, 0.8], zone: 'group', weekend: 0.8 },
          where: [
            [0.9, dish],
            [0.1, 'phone'],
          ],
          client: [
            [3, 'console'],
            [2, 'any'],
          ],
          says: 'chat',
        },
      ],
    },
  },
  {
    name: 'embassy-proxy',
    about: "a foreign ministry's staff in many countries behind the proxies of its capital",
    size: [20, 70],
    shares: ['address', 'domain', 'sign-up address'],
    parts: {
      facts: {
        organization: 0.5,
        domain: [
          [0.8, 'group'],
          [0.2, 'any'],
        ],
        signup: mission,
        payer: [
          [0.5, 'own'],
          [0.5, 'none'],
        ],
      },
      uses: [
        {
          pace: { sit: 'office', perDay: [8, 0.8], weekend: 0.1 },
          where: mission,
          client: [
            [4, 'console'],
            [1, 'any'],
          ],
          says: 'chat',
        },
      ],
    },
  },
  {
    name: 'university-library',
    about: 'readers at the terminals of a library: free accounts made on the spot',
    size: [30, 90],
    shares: ['address', 'client', 'sign-up address'],
    land: 'one',
    parts: {
      born: 'drip',
      facts: { plan: 'free', payer: 'none', verification: 'email', signup: library },
      uses: [
        {
          pace: { sit: 'office', perDay: [5, 0.9], weekend: 0.5 },
          where: [
            [0.85, library],
            [0.15, 'home'],
          ],
          client: kiosk,
          says: { people: { elicits: 0.12 } },
          channel: 'console',
        },
      ],
    },
  },
  {
    name: 'remote-desktop-farm',
    about: 'clerks of a service company who work on virtual desktops: one image, one browser, rented addresses',
    size: [30, 100],
    shares: ['address', 'client', 'payer', 'domain', 'sign-up address'],
    parts: {
      facts: { plan: 'paid', payer: { per: 3 }, domain: 'group', signup: farm },
      uses: [
        {
          pace: { sit: 'shift', perDay: [18, 0.5], zone: 'group', weekend: 0.1 },
          where: farm,
          client: thinClient,
          says: 'chat',
          channel: 'console',
        },
      ],
    },
  },
  {
    name: 'one-carrier',
    about: 'prepaid phones of one mobile carrier in one country',
    size: [60, 150],
    shares: ['address', 'sign-up address'],
    land: 'one',
    parts: {
      born: 'drip',
      facts: {
        plan: 'free',
        payer: [
          [0.8, 'none'],
          [0.2, 'issuer'],
        ],
        verification: 'phone',
        domain: 'freemail',
        signup: mast,
      },
      uses: [{ pace: { sit: 'evening', perDay: [4, 0.9] }, where: mast, client: 'console', says: 'chat' }],
    },
  },
  {
    name: 'web-gateway',
    about: "employees of many firms behind one security vendor's gateway, which picks another exit for each request",
    size: [50, 140],
    shares: ['address'],
    parts: {
      facts: {
        domain: [
          [0.7, 'own'],
          [0.3, 'any'],
        ],
      },
      uses: [
        {
          pace: { sit: 'office', perDay: [11, 0.9], weekend: 0.1 },
          where: filter,
          client: [
            [2, 'console'],
            [2, 'any'],
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
    name: 'dormitory',
    about: 'students of one hall of residence: one address, evenings, free accounts, essays and problem sets',
    size: [25, 80],
    shares: ['address', 'sign-up address'],
    land: 'one',
    parts: {
      facts: {
        plan: 'free',
        payer: [
          [0.8, 'none'],
          [0.2, 'own'],
        ],
        signup: dormitory,
        domain: [
          [0.4, 'group'],
          [0.6, 'any'],
        ],
      },
      uses: [
        {
          pace: { sit: 'evening', perDay: [7, 0.9], zone: 'group' },
          where: [
            [0.85, dormitory],
            [0.15, 'phone'],
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
];
