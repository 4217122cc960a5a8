import { z } from 'zod';
import { PROGRAMS } from '../../shared/contract/event';

const count = z.int().min(0).default(0);
const share = z.number().min(0).max(1);
/** One entry a group: how many accounts it has. */
const sizes = z.array(z.int().min(1)).default([]);

/** How many of each honest (or at least not distilling) population: `domain.md`'s rows and a few more. */
export const Populations = z.object({
  people: count.describe('persons on the web console, at home'),
  carrierPeople: count.describe('persons mostly behind a mobile carrier NAT: a few addresses for thousands'),
  vpnPeople: count.describe('persons mostly behind a consumer VPN or a proxy network'),
  agentUsers: count.describe(
    'developers on a popular coding agent: one system prompt, one client, a default model that moves for everybody',
  ),
  apps: count.describe('applications: own template or the popular retrieval one, some flat round the clock, some on hosters'),
  automations: count.describe("users of one automation platform: the platform's exits and client, jobs at full hours, own payers"),
  harnesses: count.describe('evaluation harnesses: benchmark items in a burst at each release'),
  synthetic: count.describe('permitted synthetic-data customers: one account, batch, templated, enterprise contract'),
  offices: sizes.describe('offices and campuses behind one address; nothing else in common'),
  classes: sizes.describe(
    'classes and hackathons: campus address, sign-up burst, programme credits, the same exercises on the same afternoons',
  ),
  agencies: sizes.describe('agencies: one payer and domain for many accounts'),
  enterprises: sizes.describe('enterprise seats on one internal tool: one template, exit, payer, domain'),
  fleets: sizes.describe('teams that run service accounts: one payer and organization, balanced round the clock, narrow'),
  niches: sizes.describe(
    'users of a newly released niche client: one rare build, sign-ups in one week from one referrer, otherwise strangers',
  ),
  cohorts: sizes.describe('programme cohorts: credits, one referrer, one sign-up week, own products'),
  resellers: sizes.describe('resellers of access: pooled accounts behind proxies that serve ordinary people'),
  hijacked: sizes.describe('old accounts whose key is also used by thieves, who share exits and a client'),
});

/** A distillation campaign. What an evasion changes is in evasions.ts. */
export const Campaign = z.object({
  name: z.string().min(1),
  accounts: z.int().min(1).describe('accounts at the same time, over all cells'),
  startDay: z.number().default(5),
  days: z.number().default(999).describe('the end of the world at the latest'),
  perAccountDay: z.number().default(26).describe('requests a day an account; 26 in the June 2026 disclosure'),
  network: z
    .enum(['hosting', 'residential', 'mixed', 'proxy'])
    .default('hosting')
    .describe('own rented exits; households of a few ISPs; half and half; a proxy network that others use, too'),
  exits: z.int().default(120).describe('rented exits a cell'),
  exitOperators: z.int().default(3),
  isps: z.int().default(8).describe('ISPs whose households are rented'),
  sticky: z.boolean().default(false).describe('each account keeps one exit'),
  cardsPer: z.int().min(0).default(6).describe('accounts paid with one card; 0: a card of its own for each'),
  virtualCards: z.boolean().default(true).describe('cards of the two issuers that sell them by the run'),
  client: z
    .enum(['own', 'clone', 'library', 'agent', 'mixed'])
    .default('clone')
    .describe('a tool that says so; one that calls itself a library; a common library; a popular agent; several libraries'),
  timing: z.enum(['balanced', 'jitter', 'human', 'shift']).default('balanced'),
  staggerHours: z.number().default(12).describe('the accounts start within so many hours'),
  signupDays: z.number().default(4).describe('signed up within so many days before the start'),
  signupShared: z.boolean().default(false).describe('signed up through a few of the own exits and with one automated browser'),
  domains: z.enum(['freemail', 'throwaway', 'mixed']).default('mixed'),
  agedShare: share.default(0).describe('share of accounts bought from others: years old, own facts, another card at the takeover'),
  program: z.enum(PROGRAMS).optional().describe('abused programme: credits instead of cards'),
  families: z.array(z.string()).default([]).describe('families of families.ts; empty: coding, agentic and reasoning ones'),
  wordings: z.int().default(12).describe('ways of asking in the prompt set'),
  repeats: share.default(0.02).describe('share of prompts that were sent before by some member, to the letter'),
  system: z.boolean().default(true).describe('one own system prompt'),
  elicits: share.default(0.3),
  grading: share.default(0.08),
  paraphrase: share.default(0).describe('share of prompts reworded'),
  filler: share.default(0).describe("share of ordinary people's and developers' requests among the own"),
  cells: z.int().min(1).default(1).describe('parts with nothing in common but the operator'),
  lifeDays: z.number().optional().describe('each account is dropped after so many days and replaced by a new one'),
  replaceHours: z
    .number()
    .positive()
    .optional()
    .describe('answers a ban with a new account after about so many hours; needs somebody who bans: the second argument of `simulate`'),
  pivot: z.boolean().default(true).describe('moves to a new model within a day'),
});
export type Campaign = z.infer<typeof Campaign>;

export const Scenario = z.object({
  name: z.string().min(1),
  about: z.string().default(''),
  start: z.iso.datetime(),
  days: z.number().positive(),
  models: z
    .object({ base: z.string(), small: z.string(), smallShare: share })
    .default({ base: 'meridian-4', small: 'meridian-4-small', smallShare: 0.15 }),
  releases: z.array(z.object({ model: z.string(), day: z.number() })).default([]),
  honest: Populations,
  campaigns: z.array(Campaign).default([]),
  described: z
    .array(
      z.object({
        name: z.string().describe('a row of populations/ or behaviours/'),
        size: z.int().min(1).optional().describe("accounts of one group; drawn by the seed within the row's bounds otherwise"),
        groups: z.int().min(1).optional(),
        factor: z.number().positive().default(1).describe('times the drawn size'),
      }),
    )
    .default([]),
  duplicates: share.default(0.002).describe('events delivered twice, the second time up to four minutes later'),
  labels: z.boolean().default(true).describe("the provider's own classifiers speak"),
  prompts: z.boolean().default(true).describe('prompt text is sent'),
});
export type Scenario = z.infer<typeof Scenario>;
export type ScenarioInput = z.input<typeof Scenario>;

/** The same world with `factor` times the accounts: single accounts multiplied, groups repeated (at least once each). */
export const scaled = (scenario: Scenario, factor: number): Scenario => {
  const many = (n: number): number => Math.round(n * factor);
  const copies = (list: number[]): number[] => Array.from({ length: Math.max(1, Math.round(factor)) }, () => list).flat();
  const h = scenario.honest;
  return {
    ...scenario,
    honest: {
      people: many(h.people),
      carrierPeople: many(h.carrierPeople),
      vpnPeople: many(h.vpnPeople),
      agentUsers: many(h.agentUsers),
      apps: many(h.apps),
      automations: many(h.automations),
      harnesses: many(h.harnesses),
      synthetic: many(h.synthetic),
      offices: copies(h.offices),
      classes: copies(h.classes),
      agencies: copies(h.agencies),
      enterprises: copies(h.enterprises),
      fleets: copies(h.fleets),
      niches: copies(h.niches),
      cohorts: copies(h.cohorts),
      resellers: copies(h.resellers),
      hijacked: copies(h.hijacked),
    },
    campaigns: scenario.campaigns.map((campaign) => ({ ...campaign, accounts: Math.max(1, many(campaign.accounts)) })),
    // A group at a tenth of its size is another population: never below half.
    described: scenario.described.map((one) => ({ ...one, factor: one.factor * Math.max(0.5, factor) })),
  };
};
