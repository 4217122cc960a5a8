import { type Agent, anyAgent, type Client, ownClient } from '../draws/clients';
import { Dice, token } from '../draws/dice';
import { PARAMETERS } from '../draws/parameters';
import { hostingPool, type Operator, type Origin } from '../draws/places';
import type { Campaign } from '../scenarios/scenario';
import { FAMILIES } from '../text/families';
import { type PromptSet, promptSet } from '../text/prompt-set';
import { Coined } from '../text/words';
import type { World } from '../world';

/** What one cell of a campaign works with. Cells share nothing but the operator's habits. */
export type Cell = {
  plan: Campaign;
  shared: Dice;
  number: number;
  first: number;
  last: number;
  exits: readonly Origin[];
  isps: readonly Operator[];
  tools: readonly Client[];
  agent: Agent;
  system: string | undefined;
  set: PromptSet;
  /** Prompts already sent, to be sent again by any member. */
  sent: string[];
  browser: string;
  cards: Map<string, string>;
  open: (hour: number) => boolean;
};

const TARGETS = ['write-code', 'repair-code', 'tool-use', 'sums', 'logic'];

const drawTools = (world: World, shared: Dice, plan: Campaign, agent: Agent): Client[] => {
  const common = world.clients.common;
  switch (plan.client) {
    case 'own':
      return [ownClient(shared, `${Coined(shared, 2).toLowerCase()}-collector`)];
    case 'clone': // says it is a library that many use; its TLS hand is its own
      return [{ userAgent: common[shared.below(8)]!.userAgent, fingerprint: ownClient(shared, 'clone').fingerprint }];
    case 'library':
      return [common[shared.below(6)]!];
    case 'agent':
      return [agent.client];
    case 'mixed':
      return shared.some(common.slice(0, 15), 4);
    default:
      return plan.client satisfies never;
  }
};

export const drawCell = (world: World, plan: Campaign, number: number): Cell => {
  const shared = new Dice(`${world.name}/campaign/${plan.name}/${number}`);
  const families = FAMILIES.filter((family) => (plan.families.length ? plan.families : TARGETS).includes(family.name));
  const agent = anyAgent(shared, world.clients);
  const first = Math.round(plan.startDay * 24);
  const pauses = Array.from({ length: Math.ceil(world.scenario.days / PARAMETERS.pause.everyDays) }, () => shared.below(world.hours));
  return {
    plan,
    shared,
    number,
    first,
    last: Math.min(world.hours, first + Math.round(plan.days * 24)),
    exits: plan.network === 'proxy' ? shared.pick(world.proxies) : hostingPool(shared, world.map, plan.exits, plan.exitOperators),
    isps: shared.some(world.map.isps, plan.isps),
    tools: drawTools(world, shared, plan, agent),
    agent,
    system:
      plan.client === 'agent'
        ? agent.system
        : plan.system
          ? `You are an expert. Answer completely and precisely. Session ${Coined(shared, 2)}.`
          : undefined,
    set: promptSet(shared, families, plan.wordings),
    sent: [],
    browser: token(`${world.name}/${plan.name}/${number}/browser`),
    cards: new Map(),
    open: (hour) => !pauses.some((pause) => hour >= pause && hour < pause + PARAMETERS.pause.hours),
  };
};
