import { anyAgent, anyClient, type Client, ownClient } from '../draws/clients';
import { token } from '../draws/dice';
import { DAY_OFFICE, DAY_PERSON, PARAMETERS } from '../draws/parameters';
import { anyHome, hostingPool } from '../draws/places';
import { sittings, steady } from '../draws/rhythms';
import { chatter, coder, product } from '../draws/voices';
import { Coined } from '../text/words';
import { card, follower, honestFacts, type World } from '../world';
import { groups } from './group';
import { day } from './singles';

/** Strangers who came by the same door, or whose accounts somebody else uses. */

const { rates } = PARAMETERS;

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

export const addStrangers = (world: World): void => {
  for (const add of [niches, cohorts, resellers, hijacked]) add(world);
};
