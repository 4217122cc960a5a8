import { BEHAVIOURS } from '../behaviours/list';
import { POPULATIONS, ROOMS } from '../populations/list';
import type { Description } from './description';
import { EVASION_NAMES, type Evasion, evading } from './evasions';
import { Scenario, type ScenarioInput } from './scenario';

/** The named scenarios. Sizes are for one run on a laptop; `--scale` multiplies them. */

const everybody: ScenarioInput['honest'] = {
  people: 1_200,
  carrierPeople: 350,
  vpnPeople: 200,
  agentUsers: 900,
  apps: 90,
  automations: 60,
  harnesses: 4,
  synthetic: 2,
  offices: [25, 60, 110],
  classes: [28, 60],
  agencies: [9, 22],
  enterprises: [80],
  fleets: [12, 40],
  niches: [60],
  cohorts: [40],
  resellers: [90],
  hijacked: [25],
};

/** Ordinary accounts, most of them established, for the described groups to stand out from: the reference that detection compares with. */
const BACKGROUND: ScenarioInput['honest'] = { people: 850, carrierPeople: 120, vpnPeople: 90, agentUsers: 320, apps: 70 };

/** Described populations and behaviours among a background, at sizes that the seed draws. */
const among = (name: string, about: string, rows: readonly Description[]): ScenarioInput => ({
  name,
  about,
  start: '2026-06-01T00:00:00Z',
  days: 14,
  releases: [{ model: 'meridian-5', day: 9 }],
  honest: BACKGROUND,
  described: rows.map((row) => ({ name: row.name })),
});

/** Campaigns differ in size, or one cut by size would find them all and nobody else. */
const SIZES = [150, 70, 210, 110, 90, 240, 130, 60];

/** One campaign for each entry. */
const hides = (list: readonly (readonly Evasion[])[]): ScenarioInput['campaigns'] =>
  list.map((evasions, i) => evading({ accounts: SIZES[i % SIZES.length]! }, ...evasions));

/** One campaign for each action, alike but for how it hides. */
const ladder = (list: readonly (readonly Evasion[])[]): ScenarioInput['campaigns'] =>
  list.map((evasions) => evading({ accounts: 120 }, ...evasions));

const PAIRS: readonly (readonly Evasion[])[] = [
  ['residential-rotation', 'one-card-each'],
  ['residential-rotation', 'paraphrase'],
  ['one-card-each', 'timing-jitter'],
  ['one-card-each', 'paraphrase'],
  ['agent-mimic', 'human-hours'],
  ['common-library', 'residential-rotation'],
  ['filler', 'timing-jitter'],
  ['aged-accounts', 'proxy-network'],
  ['cells', 'slow-registration'],
  ['replacement', 'residential-rotation'],
  ['slow-drip', 'paraphrase'],
  ['programme-credits', 'residential-rotation'],
];

const FRAMED = ROOMS.framed!;

export const SCENARIOS: Readonly<Record<string, ScenarioInput>> = {
  demo: {
    name: 'demo',
    about: 'One campaign among honest accounts and look-alikes, 16 days, a release on day 11. What `npm run demo` plays.',
    start: '2026-04-18T00:00:00Z',
    days: 16,
    releases: [{ model: 'meridian-5', day: 11 }],
    honest: {
      people: 320,
      carrierPeople: 90,
      vpnPeople: 50,
      agentUsers: 150,
      apps: 14,
      automations: 16,
      harnesses: 2,
      synthetic: 1,
      offices: [18, 45],
      classes: [32],
      agencies: [12],
      enterprises: [30],
      fleets: [14],
      niches: [25],
      cohorts: [20],
      resellers: [30],
      hijacked: [12],
    },
    campaigns: [
      {
        name: 'harvest',
        accounts: 240,
        startDay: 5,
        perAccountDay: 26,
        network: 'mixed',
        exits: 60,
        cardsPer: 6,
        client: 'clone',
        timing: 'balanced',
        elicits: 0.3,
      },
    ],
  },
  gate: {
    name: 'gate',
    about:
      'The regression gate of `npm test`: small, quick, one plain campaign, one that rotates households and pays each account on its own, and a look-alike of most sorts.',
    start: '2026-04-18T00:00:00Z',
    days: 7,
    releases: [{ model: 'meridian-5', day: 5 }],
    honest: {
      people: 150,
      carrierPeople: 40,
      vpnPeople: 25,
      agentUsers: 110,
      apps: 10,
      automations: 8,
      harnesses: 1,
      synthetic: 1,
      offices: [30],
      classes: [28],
      agencies: [10],
      enterprises: [25],
      fleets: [10],
      niches: [15],
      cohorts: [15],
      resellers: [25],
      hijacked: [12],
    },
    campaigns: [
      { name: 'plain', accounts: 90, startDay: 3 },
      evading({ accounts: 60, startDay: 3 }, 'residential-rotation', 'one-card-each'),
    ],
  },
  june: {
    name: 'june',
    about: 'The disclosed campaign in small: 26 requests a day an account, attack from day 5, a release on day 12.',
    start: '2026-04-17T00:00:00Z',
    days: 21,
    releases: [{ model: 'meridian-5', day: 12 }],
    honest: everybody,
    campaigns: [{ name: 'hydra', accounts: 800, startDay: 5, days: 16, signupDays: 4 }],
  },
  calm: {
    name: 'calm',
    about: 'No campaign. Whoever is acted on is wronged.',
    start: '2026-03-02T00:00:00Z',
    days: 14,
    releases: [{ model: 'meridian-5', day: 6 }],
    honest: {
      ...everybody,
      classes: [24, 45, 80],
      agencies: [6, 14, 35],
      enterprises: [60, 220],
      fleets: [8, 30, 90],
      niches: [40, 150],
      cohorts: [30, 80],
      automations: 150,
      harnesses: 8,
      synthetic: 4,
    },
    campaigns: [],
  },
  evasion: {
    name: 'evasion',
    about: 'One campaign for each row of the evasion table, side by side.',
    start: '2026-05-04T00:00:00Z',
    days: 21,
    releases: [{ model: 'meridian-5', day: 12 }],
    honest: everybody,
    campaigns: hides(EVASION_NAMES.map((name) => [name])),
  },
  pairs: {
    name: 'pairs',
    about: 'Campaigns that pair two evasions.',
    start: '2026-05-04T00:00:00Z',
    days: 21,
    releases: [{ model: 'meridian-5', day: 12 }],
    honest: everybody,
    campaigns: hides(PAIRS),
  },
  replacing: {
    name: 'replacing',
    about: 'Operators who answer every ban, or replace every account after some days, by new accounts.',
    start: '2026-05-04T00:00:00Z',
    days: 14,
    honest: everybody,
    campaigns: hides([
      ['answers-bans'],
      ['answers-bans', 'residential-rotation'],
      ['answers-bans', 'residential-rotation', 'one-card-each'],
      ['replacement'],
    ]),
  },
  background: among('background', 'Ordinary people, developers and applications alone; `--with` adds rows.', []),
  'all-honest': among(
    'all-honest',
    'Every honest population that is described, but for the framed ones. Whoever is acted on is wronged.',
    POPULATIONS.filter((row) => !FRAMED.includes(row)),
  ),
  'all-framed': among('all-framed', 'Honest groups that somebody makes look linked, and those who do.', FRAMED),
  'all-hostile': among('all-hostile', 'Every hostile behaviour that is described, side by side.', BEHAVIOURS),
  spend: {
    name: 'spend',
    about: 'The same campaign ever better hidden, for the curve of what is found against what the attacker pays.',
    start: '2026-05-04T00:00:00Z',
    days: 14,
    releases: [{ model: 'meridian-5', day: 9 }],
    honest: everybody,
    campaigns: ladder([
      [],
      ['residential-rotation'],
      ['residential-rotation', 'one-card-each'],
      ['residential-rotation', 'one-card-each', 'aged-accounts'],
      ['residential-rotation', 'one-card-each', 'aged-accounts', 'paraphrase'],
      ['residential-rotation', 'one-card-each', 'aged-accounts', 'paraphrase', 'common-library'],
      ['residential-rotation', 'one-card-each', 'aged-accounts', 'paraphrase', 'common-library', 'human-hours'],
      ['residential-rotation', 'one-card-each', 'aged-accounts', 'paraphrase', 'common-library', 'human-hours', 'filler'],
    ]),
  },
};

/** A scenario with `rows` besides what it has: `name`, or `name:size`. Unknown names are the answer. */
export const having = (
  scenario: Scenario,
  rows: readonly string[],
): { kind: 'had'; scenario: Scenario } | { kind: 'unknown'; names: string[] } => {
  const all = new Set([...POPULATIONS, ...BEHAVIOURS].map(({ name }) => name));
  const asked = rows.map((row) => ({ name: row.split(':')[0]!, size: row.includes(':') ? Number(row.split(':')[1]) : undefined }));
  const names = asked.filter(({ name, size }) => !all.has(name) || (size !== undefined && !(Number.isInteger(size) && size > 0)));
  if (names.length > 0) return { kind: 'unknown', names: names.map(({ name }) => name) };
  return { kind: 'had', scenario: { ...scenario, described: [...scenario.described, ...asked.map((one) => ({ ...one, factor: 1 }))] } };
};

/** A parsed scenario by name, or `undefined`. */
export const scenarioNamed = (name: string): Scenario | undefined => {
  const input = SCENARIOS[name];
  return input && Scenario.parse(input);
};
