import type { AccountData } from '../../shared/model/event';
import type { Actor } from './actor';
import { anyAgent, anyClient, type Client, ownClient } from './clients';
import { type Dice, token } from './dice';
import { DAY_OFFICE, DAY_PERSON, PARAMETERS } from './parameters';
import { anyHome, fixedAddress, hostingPool, household, type Operator, type Origin, pickOperator } from './places';
import { balanced, sittings, steady } from './rhythms';
import { chatter, coder, common, day, product, server } from './singles';
import { exercise } from './text/prose';
import { Coined } from './text/words';
import { birth, card, createdAt, follower, honestFacts, identity, type World } from './world';

/** Groups that share something and are no campaign. */

const { rates } = PARAMETERS;
type Member = { dice: Dice; born: number; isp: Operator; home: (hour: number) => Origin; ordinal: number };
type Behaviour = Pick<Actor, 'facts' | 'rhythm' | 'say'> & Partial<Actor>;

/** Adds one group for each entry of `sizes`. `found` draws what the group shares and answers how each member lives. */
const groups = (
  world: World,
  kind: string,
  sizes: readonly number[],
  found: (dice: Dice, name: string, size: number) => (member: Member) => Behaviour,
  newcomers = PARAMETERS.newcomers,
): void => {
  sizes.forEach((size, g) => {
    const shared = identity(world, kind, g);
    const name = `${kind}-${g}`;
    const live = found(shared.dice, name, size);
    for (let ordinal = 0; ordinal < size; ordinal++) {
      const { id, dice } = identity(world, kind, `${g}/${ordinal}`);
      const isp = pickOperator(dice, world.map.isps);
      const home = household(dice, isp);
      const born = birth(world, dice, newcomers);
      const client = anyClient(dice, world.clients);
      const lives = live({ dice, born, isp, home, ordinal });
      world.actors.push({
        ...common(world, kind, id, dice, lives.born ?? born),
        group: name,
        origin: home,
        client: () => client,
        model: follower(world, dice, 'drift'),
        from: lives.born ?? born,
        ...lives,
      });
    }
  });
};

const mostly =
  (dice: Dice, share: number, here: Origin, elsewhere: (hour: number) => Origin): ((hour: number) => Origin) =>
  (hour) =>
    dice.is(share) ? here : elsewhere(hour);

const offices = (world: World): void =>
  groups(world, 'office', world.scenario.honest.offices, (shared) => {
    const isp = pickOperator(shared, world.map.isps);
    const line = fixedAddress(shared, isp);
    return ({ dice, born, home }) => ({
      facts: honestFacts(world, dice, born, isp, dice.is(0.5) ? line : home(0)),
      rhythm: sittings(dice.lognormal(rates.office), day(world, isp.zone, DAY_OFFICE, 0.1)),
      origin: mostly(dice, 0.85, line, home),
      say: dice.is(0.5) ? chatter(dice) : coder(dice),
    });
  });

const classes = (world: World): void =>
  groups(world, 'class', world.scenario.honest.classes, (shared) => {
    const isp = pickOperator(shared, world.map.isps);
    const campus = fixedAddress(shared, isp);
    const exercises = Array.from({ length: 14 }, () => exercise(shared));
    const domain = `campus-${token(`${shared.next()}`).slice(0, 6)}.example`;
    const firstDay = shared.whole(1, Math.max(1, Math.floor(world.scenario.days) - 4));
    const lesson = firstDay * 24 + 13 - isp.zone;
    const inClass = (hour: number): boolean => (hour >= lesson && hour < lesson + 3) || (hour >= lesson + 48 && hour < lesson + 51);
    const tool = anyClient(shared, world.clients);
    return ({ dice, home }) => ({
      born: lesson + dice.next() * 0.6,
      facts: honestFacts(world, dice, lesson + 0.3, isp, campus, {
        plan: 'free',
        program: 'education',
        verification: 'email',
        emailDomain: domain,
        paymentInstrument: undefined,
        paymentCountry: undefined,
        referrer: 'course',
      }),
      rhythm: steady((hour) => (inClass(hour) ? PARAMETERS.classHour : 0.1)),
      origin: mostly(dice, 0.85, campus, home),
      client: () => (dice.is(0.6) ? world.clients.console : tool),
      say: () => ({ text: dice.pick(exercises), task: 'coding' }),
    });
  });

const agencies = (world: World): void =>
  groups(world, 'agency', world.scenario.honest.agencies, (shared) => {
    const isp = pickOperator(shared, world.map.isps);
    const line = fixedAddress(shared, isp);
    const paid = card(world, shared);
    const emailDomain = `agency-${token(`${shared.next()}`).slice(0, 6)}.example`;
    return ({ dice, born, home }) => ({
      facts: honestFacts(world, dice, born, isp, line, { plan: 'paid', paymentInstrument: paid, paymentCountry: isp.country, emailDomain }),
      rhythm: sittings(dice.lognormal(rates.agency), day(world, isp.zone, DAY_OFFICE, 0.15)),
      origin: mostly(dice, 0.7, line, home),
      say: chatter(dice),
    });
  });

/** One customer with many accounts: the facts that say so. */
const corporate = (world: World, shared: Dice, country: string): AccountData => {
  const domain = `corp-${token(`${shared.next()}`).slice(0, 6)}.example`;
  return {
    plan: 'enterprise',
    verification: 'identity',
    organization: domain,
    emailDomain: domain,
    paymentInstrument: card(world, shared),
    paymentCountry: country,
  };
};

const enterprises = (world: World): void =>
  groups(world, 'enterprise-seat', world.scenario.honest.enterprises, (shared) => {
    const { operator, address } = server(world, shared);
    const isp = pickOperator(shared, world.map.isps);
    const facts = corporate(world, shared, isp.country);
    const tool = anyClient(shared, world.clients);
    const say = product(shared, Coined(shared, 3));
    return ({ dice, born }) => ({
      facts: honestFacts(world, dice, born, operator, address, facts),
      rhythm: sittings(dice.lognormal(rates.enterpriseSeat), day(world, isp.zone, DAY_OFFICE, 0.05)),
      origin: () => address,
      client: () => tool,
      say,
    });
  });

const fleets = (world: World): void =>
  groups(world, 'fleet', world.scenario.honest.fleets, (shared, name) => {
    const servers = Array.from({ length: 4 }, () => server(world, shared).address);
    const { operator, address } = server(world, shared);
    const facts = { ...corporate(world, shared, operator.country), plan: 'paid' as const };
    const tool = shared.is(0.5) ? ownClient(shared, `${name}-worker`) : anyClient(shared, world.clients);
    const say = product(shared, Coined(shared, 3));
    const perDay = shared.lognormal(rates.fleetAccount);
    const created = shared.next() * world.hours * 0.4;
    return ({ dice }) => ({
      born: created,
      facts: { ...honestFacts(world, dice, created, operator, address, facts), createdAt: createdAt(world, dice, created) },
      rhythm: balanced(24 / perDay, 0.3, () => true),
      origin: () => dice.pick(servers),
      client: () => tool,
      say,
      model: follower(world, dice, 'default'),
    });
  });

const niches = (world: World): void =>
  groups(world, 'niche-user', world.scenario.honest.niches, (shared) => {
    const launch = shared.between(0.1, 0.6) * world.hours;
    const agent = {
      ...anyAgent(shared, world.clients),
      client: ownClient(shared, Coined(shared, 3).toLowerCase()),
      system: `You are ${Coined(shared, 2)}, a small assistant for developers. Be brief.`,
    };
    const referrer = `launch-${token(`${shared.next()}`).slice(0, 5)}`;
    return ({ dice, isp, home }) => {
      const born = Math.min(world.hours - 1, launch + dice.exponential(40));
      return {
        born,
        facts: honestFacts(world, dice, born, isp, home(0), { referrer }),
        rhythm: sittings(dice.lognormal(rates.nicheUser), day(world, isp.zone, dice.is(0.5) ? DAY_OFFICE : DAY_PERSON, 0.6)),
        client: () => agent.client,
        say: coder(dice, agent.system),
        tools: agent.tools,
        model: follower(world, dice, 'default'),
      };
    };
  });

const cohorts = (world: World): void =>
  groups(world, 'cohort-member', world.scenario.honest.cohorts, (shared) => {
    const opening = shared.between(0.05, 0.5) * world.hours;
    const referrer = `programme-${token(`${shared.next()}`).slice(0, 5)}`;
    return ({ dice, isp, home }) => {
      const born = Math.min(world.hours - 1, opening + dice.next() * 96);
      return {
        born,
        facts: honestFacts(world, dice, born, isp, home(0), {
          plan: 'free',
          program: 'startup',
          referrer,
          paymentInstrument: undefined,
          paymentCountry: undefined,
        }),
        rhythm: sittings(dice.lognormal(rates.cohortMember), day(world, isp.zone, DAY_OFFICE, 0.5)),
        say: dice.is(0.5) ? product(dice, Coined(dice, 3)) : coder(dice),
      };
    };
  });

const resellers = (world: World): void =>
  groups(world, 'reseller', world.scenario.honest.resellers, (shared, _name, size) => {
    const exits = shared.is(0.5) ? shared.pick(world.proxies) : hostingPool(shared, world.map, 30, 2);
    const relay: Client = shared.is(0.5) ? ownClient(shared, 'relay') : anyClient(shared, world.clients);
    const cards = Array.from({ length: Math.max(1, Math.round(size / PARAMETERS.resellerCardShare)) }, () => card(world, shared, true));
    const zone = shared.pick([-5, 1, 5, 8]);
    return ({ dice, isp, home, ordinal }) => {
      const born = dice.next() * world.hours * 0.5;
      const customers = Array.from({ length: 5 }, () => (dice.is(0.55) ? chatter(dice) : coder(dice)));
      return {
        label: 'reselling',
        born,
        facts: honestFacts(world, dice, born, isp, home(0), {
          plan: 'paid',
          paymentInstrument: cards[ordinal % cards.length],
          verification: 'phone',
          emailDomain: dice.pick(world.freemail),
        }),
        rhythm: sittings(dice.lognormal(rates.resold), day(world, zone, DAY_PERSON, 1)),
        origin: () => dice.pick(exits),
        client: () => relay,
        say: (turn) => dice.pick(customers)(turn),
      };
    };
  });

const hijacked = (world: World): void =>
  groups(
    world,
    'hijacked',
    world.scenario.honest.hijacked,
    (shared) => {
      const exits = hostingPool(shared, world.map, 12, 1);
      const stolen = shared.between(0.3, 0.6) * world.hours;
      const tool = anyClient(shared, world.clients);
      const { perHour, exitShare } = PARAMETERS.hijack;
      return ({ dice, born, isp, home }) => {
        const own = sittings(dice.lognormal(rates.owner), day(world, isp.zone, DAY_PERSON, 0.6));
        const theirs = steady(() => perHour);
        const mine = anyClient(dice, world.clients);
        const thieves = new Set(exits.map((exit) => exit.ip));
        return {
          label: 'hijacked',
          facts: honestFacts(world, dice, born, isp, anyHome(dice, isp), {
            plan: 'paid',
            paymentInstrument: card(world, dice),
            paymentCountry: isp.country,
          }),
          rhythm: (hour, d, into) => {
            own(hour, d, into);
            if (hour > stolen) theirs(hour, d, into);
          },
          origin: (hour) => (hour > stolen && dice.is(exitShare) ? dice.pick(exits) : home(hour)),
          client: (origin) => (thieves.has(origin.ip) ? tool : mine),
          say: chatter(dice),
        };
      };
    },
    0,
  );

export const addGroups = (world: World): void => {
  for (const add of [offices, classes, agencies, enterprises, fleets, niches, cohorts, resellers, hijacked]) add(world);
};
