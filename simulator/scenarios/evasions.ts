import type { z } from 'zod';
import type { Campaign } from './scenario';

type Change = Partial<z.input<typeof Campaign>>;

/** What each row of the evasion table changes in a campaign. Two are paired by applying both. */
export const EVASIONS = {
  'residential-rotation': { network: 'residential', isps: 8 },
  'proxy-network': { network: 'proxy' },
  'one-card-each': { cardsPer: 0 },
  'timing-jitter': { timing: 'jitter', staggerHours: 48 },
  'human-hours': { timing: 'human' },
  paraphrase: { paraphrase: 1, wordings: 30, repeats: 0, system: false },
  filler: { filler: 0.9, perAccountDay: 60 },
  'slow-registration': { signupDays: 21, staggerHours: 96 },
  'slow-drip': { perAccountDay: 7, staggerHours: 200 },
  cells: { cells: 4, exits: 16, exitOperators: 1, cardsPer: 5 },
  replacement: { lifeDays: 4, signupDays: 1 },
  'answers-bans': { replaceHours: 8 },
  'aged-accounts': { agedShare: 1 },
  'agent-mimic': { client: 'agent', system: false },
  'common-library': { client: 'library', system: false },
  'programme-credits': { program: 'education', cardsPer: 0, signupShared: true, domains: 'throwaway' },
  'no-pivot': { pivot: false },
} as const satisfies Record<string, Change>;
export type Evasion = keyof typeof EVASIONS;
export const EVASION_NAMES = Object.keys(EVASIONS).filter((name): name is Evasion => name in EVASIONS);

/** A campaign named for how it hides. Later evasions win where two change the same thing. */
export const evading = (base: Change & { accounts: number }, ...evasions: Evasion[]): z.input<typeof Campaign> => ({
  name: evasions.join('+') || 'plain',
  ...base,
  ...Object.assign({}, ...evasions.map((evasion): Change => EVASIONS[evasion])),
});
