import type { AccountData } from '../shared/contract/event';
import { DAY, HOUR, iso } from '../shared/domain/time';
import type { Actor } from './actor';
import { type Clients, drawClients } from './draws/clients';
import { Dice, token } from './draws/dice';
import { PARAMETERS } from './draws/parameters';
import { drawMap, hostingPool, type Map as NetworkMap, type Operator, type Origin, residentialPool } from './draws/places';
import type { Scenario } from './scenarios/scenario';
import { TOPICS, type Topic } from './text/words';

/** What all accounts of one world share: its networks, its clients, its releases. */
export type World = {
  readonly scenario: Scenario;
  readonly name: string;
  readonly epochHour: number;
  readonly hours: number;
  readonly map: NetworkMap;
  readonly clients: Clients;
  readonly freemail: readonly string[];
  readonly referrers: readonly string[];
  readonly issuers: readonly string[];
  /** Proxy networks that sell their exits to anyone: resellers, campaigns and some honest people alike. */
  readonly proxies: readonly (readonly Origin[])[];
  readonly releases: readonly { model: string; hour: number }[];
  readonly actors: Actor[];
};

export const drawWorld = (scenario: Scenario, seed: number): World => {
  const name = `${scenario.name}/${seed}`;
  const dice = new Dice(name);
  const map = drawMap(dice);
  return {
    scenario,
    name,
    epochHour: Math.floor(Date.parse(scenario.start) / HOUR),
    hours: Math.round(scenario.days * 24),
    map,
    clients: drawClients(dice, name),
    freemail: Array.from({ length: 5 }, (_, i) => `mail-${token(`${name}/mail/${i}`).slice(0, 4)}.example`),
    referrers: [
      'search',
      'docs',
      'friend',
      'blog',
      'video',
      ...Array.from({ length: 20 }, (_, i) => `site-${token(`${name}/site/${i}`).slice(0, 5)}`),
    ],
    issuers: Array.from({ length: PARAMETERS.issuers }, () => String(dice.whole(300_000, 699_999))),
    proxies: [
      [...residentialPool(dice, map, 900, 12), ...hostingPool(dice, map, 100, 4)],
      [...residentialPool(dice, map, 300, 6), ...hostingPool(dice, map, 300, 6)],
    ],
    releases: scenario.releases.map((release) => ({ model: release.model, hour: Math.round(release.day * 24) })),
    actors: [],
  };
};

/** A new account's name and dice, from its population and its place in it: independent of every other population. */
export const identity = (world: World, kind: string, ordinal: string | number): { id: string; dice: Dice } => {
  const path = `${world.name}/${kind}/${ordinal}`;
  return { id: `acct_${token(path)}`, dice: new Dice(path) };
};

/** Two issuers sell virtual cards by the run; honest people hold some of them, too. */
export const card = (world: World, dice: Dice, virtual = dice.is(PARAMETERS.virtualCards)): string =>
  `${virtual ? world.issuers[7 + dice.below(2)]! : world.issuers[dice.rank(world.issuers.length)]!}-${token(`${world.name}/card/${dice.next()}`)}`;

export const topics = (dice: Dice): readonly Topic[] => dice.some(TOPICS, dice.whole(1, 4));

/** The hour an honest account appears in: 0 for those that were there before. */
export const birth = (world: World, dice: Dice, newcomers: number = PARAMETERS.newcomers): number =>
  dice.is(newcomers) ? dice.next() * world.hours * 0.9 : 0;

export const createdAt = (world: World, dice: Dice, born: number): string =>
  iso(
    (world.epochHour + born) * HOUR -
      (born > 0 ? Math.floor(dice.exponential(5 * 60_000)) : Math.floor(dice.lognormal(PARAMETERS.age) * DAY)),
  );

/** An ordinary person's facts. `over` says what the population has otherwise; an explicit undefined leaves a field out. */
export const honestFacts = (
  world: World,
  dice: Dice,
  born: number,
  home: Operator,
  signup: Origin,
  over: AccountData = {},
): AccountData => {
  const plan = (['free', 'paid', 'enterprise'] as const)[dice.weighted([4, 5.6, 0.1])]!;
  const facts: AccountData = {
    createdAt: createdAt(world, dice, born),
    plan,
    verification: (['email', 'phone', 'identity'] as const)[dice.weighted([3, 6, 1])]!,
    emailDomain: dice.is(0.7)
      ? world.freemail[dice.rank(world.freemail.length)]!
      : `${token(`${world.name}/${dice.next()}`).slice(0, 8)}.example`,
    paymentInstrument: plan === 'free' ? undefined : card(world, dice),
    paymentCountry: plan === 'free' ? undefined : home.country,
    signupIp: signup.ip,
    signupFingerprint: world.clients.console.fingerprint,
    referrer: world.referrers[dice.rank(world.referrers.length)]!,
  };
  return { ...facts, ...over };
};

// ── which model a request names ──────────────────────────────────────────────────────────────────

/** How an account follows releases: of its own accord, with its client's default, at once, or as campaigns do; or never. */
export type Following = 'drift' | 'default' | 'immediate' | 'campaign' | 'pinned';

export const follower = (world: World, dice: Dice, following: Following): ((hour: number) => string) => {
  const { base, small, smallShare } = world.scenario.models;
  const moved = (since: number): number => {
    switch (following) {
      case 'drift':
        return 1 - 2 ** (-since / 24 / PARAMETERS.drift.halfDays);
      case 'default':
        return Math.min(0.97, since / PARAMETERS.drift.defaultHours);
      case 'immediate':
        return 0.98;
      case 'campaign':
        return Math.min(PARAMETERS.pivot.most, PARAMETERS.pivot.atOnce + since / PARAMETERS.pivot.hours);
      case 'pinned':
        return 0;
      default:
        return following satisfies never;
    }
  };
  return (hour) => {
    let model = dice.is(smallShare) ? small : base;
    for (const release of world.releases) if (hour >= release.hour && dice.is(moved(hour - release.hour))) model = release.model;
    return model;
  };
};
