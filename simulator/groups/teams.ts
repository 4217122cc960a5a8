import type { AccountData } from '../../shared/contract/event';
import { anyClient, ownClient } from '../draws/clients';
import { type Dice, token } from '../draws/dice';
import { DAY_OFFICE, PARAMETERS } from '../draws/parameters';
import { fixedAddress, type Origin, pickOperator } from '../draws/places';
import { balanced, sittings, steady } from '../draws/rhythms';
import { chatter, coder, product } from '../draws/voices';
import { exercise } from '../text/prose';
import { Coined } from '../text/words';
import { card, createdAt, follower, honestFacts, type World } from '../world';
import { groups } from './group';
import { day, server } from './singles';

/** People and programs of one place or one payer, who are no campaign. */

const { rates } = PARAMETERS;

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
    return ({ dice, home }) => {
      const born = lesson + dice.next() * 0.6;
      return {
        born,
        facts: honestFacts(world, dice, born, isp, campus, {
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
      };
    };
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

export const addTeams = (world: World): void => {
  for (const add of [offices, classes, agencies, enterprises, fleets]) add(world);
};
