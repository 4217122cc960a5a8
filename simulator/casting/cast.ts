import type { AccountData } from '../../shared/contract/event';
import { DAY, HOUR, iso } from '../../shared/domain/time';
import type { Actor, Said, Usage } from '../actor';
import { BEHAVIOURS } from '../behaviours/list';
import type { Agent } from '../draws/clients';
import type { Dice } from '../draws/dice';
import { household, type Operator, type Origin } from '../draws/places';
import { common } from '../groups/singles';
import { POPULATIONS } from '../populations/list';
import type { Born, Description, Facts, Part, Place, Use } from '../scenarios/description';
import { birth, createdAt, follower, honestFacts, identity, type World } from '../world';
import { factsOver } from './facts';
import { Group } from './group';
import { choices, oneOf, perCall } from './mixed';
import { Own } from './own';
import { pacing, type When } from './paces';
import { originsOf } from './places';
import { speech } from './voices';

/** Makes accounts of descriptions. */

type Member = { own: Own; ordinal: number; isp: Operator; turn: number; born: number };

/** The hour an account appears in; and its age then, in days, where the description says. */
const birthOf = (world: World, dice: Dice, born: Born, turn: number): { hour: number; createdAt?: string } => {
  const last = world.hours - 1;
  if (born === 'mixed') return { hour: birth(world, dice) };
  if (born === 'before') return { hour: 0 };
  if (born === 'drip') return { hour: 0.05 + dice.next() * (last - 0.05) * 0.95 };
  if ('hours' in born) {
    const hour = Math.min(last, turn + dice.between(...born.hours));
    return hour > 0 ? { hour } : { hour: 0, createdAt: iso(Math.floor((world.epochHour + hour) * HOUR)) };
  }
  return { hour: 0, createdAt: iso(world.epochHour * HOUR - Math.floor(dice.between(...born.days) * DAY)) };
};

const usageOf = (world: World, member: Member, group: Group, use: Use): Usage => {
  const { own, turn } = member;
  const { dice } = own;
  const from = use.from === undefined ? member.born : Math.max(member.born, turn + use.from);
  const to = use.to === undefined ? world.hours : Math.min(world.hours, turn + use.to);
  const when: When = { zones: { own: member.isp.zone, group: group.isp.zone }, turn, from, to };
  const choice = oneOf(dice, use.client);
  const agent: Agent | undefined = choice === 'agent' ? own.agent : undefined;
  const says = perCall(dice, use.says, (one) => speech(own, one, group.voice));
  const system = use.system?.replaceAll('NAME', group.voice.name).replaceAll('NUMBER', String(member.ordinal + 1)) ?? agent?.system;
  return {
    rhythm: pacing(world, dice, use.pace, when),
    origin: perCall(dice, use.where, (place) => originsOf(own, place, group.around)),
    client: group.clients.one(own, choice),
    say: (turn): Said => {
      const said = says(turn);
      return system === undefined ? said : { ...said, system };
    },
    model: follower(world, dice, use.follows ?? 'drift'),
    channel: use.channel ?? (choice === 'console' ? 'console' : 'api'),
    tools: use.tools ?? agent?.tools ?? 0,
    key: use.key,
    ordinary: use.ordinary,
  };
};

const actorOf = (world: World, description: Description, group: Group, part: Part, ordinal: number): Actor => {
  const { id, dice } = identity(world, description.name, `${group.number}/${ordinal}`);
  const isp = group.memberIsp(dice);
  const own = new Own(world, dice, household(dice, isp));
  const turn = group.turn + (description.turn?.spread ?? 0) * dice.next();
  const { hour: born, createdAt: created } = birthOf(world, dice, part.born ?? 'mixed', turn);
  const hostile = part.label !== undefined && part.label !== 'honest';
  const origin = (place: Place): Origin => originsOf(own, place, group.around)(born);
  const over = (facts: Facts): AccountData => factsOver(world, dice, facts, group.facts, { ordinal, isp, hostile, origin });
  const facts: AccountData = {
    ...honestFacts(world, dice, born, isp, own.home(0)),
    ...over(part.facts ?? {}),
    createdAt: created ?? createdAt(world, dice, born),
  };
  const [first, ...also] = part.uses.map((use) => usageOf(world, { own, ordinal, isp, turn, born }, group, use));
  if (!first) throw new Error(`${description.name}: a part without uses`);
  const campaign = part.label === 'distillation' ? description.name : undefined;
  return {
    ...common(world, part.kind ?? description.name, id, dice, born),
    ...first,
    label: part.label ?? 'honest',
    group: group.name,
    campaign,
    cell: campaign === undefined ? undefined : group.number,
    facts,
    later: part.later ? [{ hour: Math.max(born + 0.1, turn), facts: over(part.later) }] : [],
    also: also.length > 0 ? also : undefined,
  };
};

/** Adds one group of a description. `number` tells groups of one description apart. */
export const cast = (world: World, description: Description, size: number, number: number): void => {
  const group = new Group(world, description, number);
  // Who is of which sort is dealt, not drawn: a group of ten with a part of one in five has two of them.
  const all = choices(description.parts);
  const total = all.reduce((sum, [weight]) => sum + weight, 0);
  let next = 0;
  for (const [i, [weight, part]] of all.entries()) {
    const until = i === all.length - 1 ? size : Math.min(size, next + Math.max(1, Math.round((size * weight) / total)));
    for (; next < until; next++) world.actors.push(actorOf(world, description, group, part, next));
  }
};

/** The descriptions that the scenario names, at the sizes that it gives or at drawn ones. */
export const addDescribed = (world: World): void => {
  for (const { name, size, groups, factor } of world.scenario.described) {
    const description = POPULATIONS.find((one) => one.name === name) ?? BEHAVIOURS.find((one) => one.name === name);
    if (!description) throw new Error(`${name}: no population and no behaviour has this name`);
    for (let number = 0; number < (groups ?? description.groups ?? 1); number++) {
      const drawn = identity(world, name, `size ${number}`).dice.whole(...description.size);
      cast(world, description, Math.max(2, Math.round((size ?? drawn) * factor)), number);
    }
  }
};
