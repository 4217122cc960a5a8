import type { Actor } from '../actor';
import { anyAgent, anyClient, type Client } from '../draws/clients';
import type { Dice } from '../draws/dice';
import { DAY_OFFICE, DAY_PERSON, PARAMETERS } from '../draws/parameters';
import { anyHome, carrierExit, fixedAddress, household, type Operator, type Origin, pickOperator, vpnExit } from '../draws/places';
import { arrivals, balanced, clockwork, type Day, roundTheClock, sittings, steady } from '../draws/rhythms';
import { asking, chatter, coder, product } from '../draws/voices';
import { FAMILIES } from '../text/families';
import { promptSet } from '../text/prompt-set';
import { Coined } from '../text/words';
import { birth, card, follower, honestFacts, identity, type World } from '../world';

/** Honest accounts that belong to no group. */

const { rates } = PARAMETERS;
export const day = (world: World, zone: number, shape: readonly number[], weekend: number): Day => ({
  epochHour: world.epochHour,
  zone,
  shape,
  weekend,
});

type Common = Pick<Actor, 'id' | 'kind' | 'label' | 'dice' | 'born' | 'from' | 'to' | 'channel' | 'tools'>;
/** The fields that most actors have alike. */
export const common = (world: World, kind: string, id: string, dice: Dice, born: number): Common => ({
  id,
  kind,
  label: 'honest',
  dice,
  born,
  from: born,
  to: world.hours,
  channel: 'api',
  tools: 0,
});

type Abroad = (dice: Dice, home: Operator) => (hour: number, atHome: Origin) => Origin;
/** A person: where they are besides at home is what tells the three populations apart. */
const persons = (world: World, kind: string, count: number, abroad: Abroad): void => {
  for (let i = 0; i < count; i++) {
    const { id, dice } = identity(world, kind, i);
    const isp = pickOperator(dice, world.map.isps);
    const home = household(dice, isp);
    const away = abroad(dice, isp);
    const born = birth(world, dice);
    const console = dice.is(0.75);
    const client = console ? world.clients.console : anyClient(dice, world.clients);
    world.actors.push({
      ...common(world, kind, id, dice, born),
      channel: console ? 'console' : 'api',
      facts: honestFacts(world, dice, born, isp, away(0, home(0))),
      rhythm: sittings(dice.lognormal(rates.person), day(world, isp.zone, DAY_PERSON, 0.7)),
      origin: (hour) => away(hour, home(hour)),
      client: () => client,
      say: chatter(dice),
      model: follower(world, dice, 'drift'),
    });
  }
};

export const addPeople = (world: World): void => {
  persons(world, 'person', world.scenario.honest.people, () => (_hour, atHome) => atHome);
  persons(world, 'carrier-person', world.scenario.honest.carrierPeople, (dice) => {
    const carrier = pickOperator(dice, world.map.carriers);
    return (_hour, atHome) => (dice.is(0.75) ? carrierExit(dice, carrier) : atHome);
  });
  persons(world, 'vpn-person', world.scenario.honest.vpnPeople, (dice) => {
    const proxy = dice.is(0.2) ? dice.pick(world.proxies) : undefined;
    const vpn = pickOperator(dice, world.map.vpns);
    return (_hour, atHome) => (dice.is(0.3) ? atHome : proxy ? dice.pick(proxy) : vpnExit(dice, vpn));
  });
};

export const addAgentUsers = (world: World): void => {
  for (let i = 0; i < world.scenario.honest.agentUsers; i++) {
    const { id, dice } = identity(world, 'agent-user', i);
    const isp = pickOperator(dice, world.map.isps);
    const home = household(dice, isp);
    const server = dice.is(0.06) ? fixedAddress(dice, pickOperator(dice, world.map.hosters)) : undefined;
    const agent = anyAgent(dice, world.clients);
    const born = birth(world, dice);
    world.actors.push({
      ...common(world, 'agent-user', id, dice, born),
      facts: honestFacts(world, dice, born, isp, home(0), {
        plan: 'paid',
        paymentInstrument: card(world, dice),
        paymentCountry: isp.country,
      }),
      rhythm: sittings(dice.lognormal(rates.agentUser), day(world, isp.zone, DAY_OFFICE, 0.35)),
      origin: (hour) => server ?? home(hour),
      client: () => agent.client,
      say: coder(dice, agent.system),
      model: follower(world, dice, 'default'),
      tools: agent.tools,
    });
  }
};

/** Rented or cloud: where programs run. */
export const server = (world: World, dice: Dice): { operator: Operator; address: Origin } => {
  const operator = dice.is(PARAMETERS.hostedServers) ? pickOperator(dice, world.map.hosters) : pickOperator(dice, world.map.clouds);
  return { operator, address: fixedAddress(dice, operator) };
};

/** An account that a program uses from one server. */
const program = (
  world: World,
  kind: string,
  i: number,
  rest: (dice: Dice) => Partial<Actor> & Pick<Actor, 'rhythm' | 'say'>,
  over: (dice: Dice) => Actor['facts'] = () => ({}),
): void => {
  const { id, dice } = identity(world, kind, i);
  const { operator, address } = server(world, dice);
  const born = birth(world, dice, 0.15);
  const client: Client = anyClient(dice, world.clients);
  const office = pickOperator(dice, world.map.isps);
  const facts = honestFacts(world, dice, born, office, anyHome(dice, office), {
    plan: 'paid',
    paymentInstrument: card(world, dice),
    paymentCountry: operator.country,
    ...over(dice),
  });
  world.actors.push({
    ...common(world, kind, id, dice, born),
    facts,
    origin: () => address,
    client: () => client,
    model: follower(world, dice, dice.is(0.5) ? 'pinned' : 'drift'),
    ...rest(dice),
  });
};

export const addPrograms = (world: World): void => {
  const { honest } = world.scenario;
  for (let i = 0; i < honest.apps; i++)
    program(world, 'app', i, (dice) => {
      const perDay = dice.lognormal(rates.app);
      const flat = dice.is(PARAMETERS.flatApps);
      const steadyGap = flat && dice.is(0.3);
      const hours = flat ? roundTheClock(world.epochHour) : day(world, dice.whole(-8, 9), DAY_OFFICE, 0.4);
      return {
        rhythm: steadyGap
          ? balanced(24 / perDay, 0.2, () => true)
          : arrivals(perDay, hours, dice.between(PARAMETERS.appBurst.low, PARAMETERS.appBurst.high)),
        say: product(dice, Coined(dice, 3)),
      };
    });
  for (let i = 0; i < honest.harnesses; i++)
    program(world, 'eval-harness', i, (dice) => {
      const set = promptSet(dice, FAMILIES, 10);
      const { perHour, hours, otherwise } = PARAMETERS.harness;
      const burst = (hour: number): boolean => world.releases.some((release) => hour >= release.hour && hour < release.hour + hours);
      return {
        rhythm: steady((hour) => (burst(hour) ? perHour : otherwise)),
        say: asking(dice, set, 0.2, 0.1),
        model: follower(world, dice, 'immediate'),
      };
    });
  for (let i = 0; i < honest.synthetic; i++)
    program(
      world,
      'synthetic-data',
      i,
      (dice) => {
        const set = promptSet(dice, FAMILIES, 5);
        const start = dice.below(24);
        return {
          rhythm: steady((hour) => ((hour + start) % 24 < PARAMETERS.synthetic.hours ? PARAMETERS.synthetic.perHour : 0)),
          say: asking(dice, set, 0.3, 0.2),
          channel: 'batch',
        };
      },
      (dice) => ({ plan: 'enterprise', verification: 'identity', organization: `org-${Coined(dice, 3)}` }),
    );
  addAutomations(world);
};

/** Strangers on one automation platform: its exits, its client and its full hours are theirs alike. */
const addAutomations = (world: World): void => {
  const shared = identity(world, 'automation', 'platform').dice;
  const exits = Array.from({ length: 12 }, () => fixedAddress(shared, world.map.clouds[0]!));
  const client = anyClient(shared, world.clients);
  for (let i = 0; i < world.scenario.honest.automations; i++)
    program(world, 'automation-user', i, (dice) => {
      const every = dice.pick([1, 2, 3, 6, 12, 24]);
      const phase = dice.below(every);
      const each = (dice.lognormal(rates.automation) / 24) * every;
      return {
        rhythm: clockwork([dice.pick([0, 0, 0, 15, 30])], each, (hour) => (hour + phase) % every === 0),
        say: product(dice, Coined(dice, 3)),
        origin: () => dice.pick(exits),
        client: () => client,
      };
    });
};
