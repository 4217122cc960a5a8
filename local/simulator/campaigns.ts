import type { AccountData } from '../../shared/model/event';
import type { Actor, Said } from './actor';
import { type Agent, anyAgent, type Client, ownClient } from './clients';
import { Dice, token } from './dice';
import { DAY_PERSON, DAY_SHIFT, PARAMETERS } from './parameters';
import { anyHome, hostingPool, household, type Operator, type Origin, pickOperator } from './places';
import { balanced, type Rhythm, sittings } from './rhythms';
import type { Campaign } from './scenario';
import { asking, chatter, coder, common, day } from './singles';
import { FAMILIES, promptSet } from './text/families';
import { paraphrased } from './text/prose';
import { Coined } from './text/words';
import { card, createdAt, follower, honestFacts, identity, type World } from './world';

/** What one cell of a campaign works with. Cells share nothing but the operator's habits. */
type Cell = {
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
  set: ReturnType<typeof promptSet>;
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

const drawCell = (world: World, plan: Campaign, number: number): Cell => {
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

const speech = (cell: Cell, dice: Dice): ((turn: number) => Said) => {
  const { plan, set, sent, system } = cell;
  const extract = asking(dice, set, plan.elicits, plan.grading);
  const people = [chatter(dice), coder(dice, plan.client === 'agent' ? system : undefined)];
  return (turn) => {
    if (dice.is(plan.filler)) return dice.pick(people)(turn);
    const said = extract();
    if (sent.length > 0 && dice.is(plan.repeats)) return { ...said, system, text: dice.pick(sent) };
    const text = dice.is(plan.paraphrase) ? paraphrased(dice, said.text) : said.text;
    if (sent.length < 2_000) sent.push(text);
    return { ...said, system, text };
  };
};

const exitOf = (cell: Cell, dice: Dice, ordinal: number): ((hour: number) => Origin) => {
  const { plan, exits, isps } = cell;
  const home = household(dice, dice.pick(isps));
  const sticky = exits[ordinal % exits.length]!;
  const rented = (): Origin => (plan.sticky ? sticky : dice.pick(exits));
  switch (plan.network) {
    case 'hosting':
    case 'proxy':
      return rented;
    case 'residential':
      return (hour) => (plan.sticky ? home(hour) : anyHome(dice, dice.pick(isps)));
    case 'mixed':
      return (hour) => (dice.is(0.5) ? rented() : plan.sticky ? home(hour) : anyHome(dice, dice.pick(isps)));
    default:
      return plan.network satisfies never;
  }
};

const tempo = (world: World, cell: Cell): Rhythm => {
  const { plan, open } = cell;
  const gap = 24 / plan.perAccountDay;
  switch (plan.timing) {
    case 'balanced':
      return balanced(gap, 0.25, open);
    case 'jitter':
      return balanced(gap, 1, open);
    case 'human':
      return sittings(plan.perAccountDay, day(world, 8, DAY_PERSON, 0.9));
    case 'shift':
      return sittings(plan.perAccountDay, day(world, 8, DAY_SHIFT, 0.2));
    default:
      return plan.timing satisfies never;
  }
};

/** Facts at sign-up. A bought account keeps its first owner's facts until the takeover. */
const registration = (
  world: World,
  cell: Cell,
  dice: Dice,
  slot: number,
  life: number,
  born: number,
): { facts: AccountData; takeover?: AccountData } => {
  const { plan, shared } = cell;
  const isp = pickOperator(dice, cell.isps);
  const batch = `${life}/${plan.cardsPer ? Math.floor(slot / plan.cardsPer) : `${slot}`}`;
  const instrument = cell.cards.get(batch) ?? card(world, dice, plan.virtualCards);
  cell.cards.set(batch, instrument);
  const payment: AccountData = plan.program
    ? { plan: 'free', program: plan.program, paymentInstrument: undefined, paymentCountry: undefined }
    : { plan: 'paid', paymentInstrument: instrument, paymentCountry: isp.country };
  if (dice.is(plan.agedShare)) {
    const owner = pickOperator(dice, world.map.isps);
    return { facts: honestFacts(world, dice, 0, owner, anyHome(dice, owner)), takeover: payment };
  }
  const throwaway = `${token(`${cell.browser}/${dice.below(9)}`).slice(0, 7)}.example`;
  const own = plan.domains === 'throwaway' || (plan.domains === 'mixed' && dice.is(0.4));
  return {
    facts: {
      ...honestFacts(world, dice, born, isp, plan.signupShared ? cell.exits[shared.below(4)]! : anyHome(dice, isp)),
      ...payment,
      createdAt: createdAt(world, dice, Math.max(born, 0.01)),
      verification: dice.is(0.2) ? 'email' : 'phone',
      emailDomain: own ? throwaway : dice.pick(world.freemail),
      signupFingerprint: plan.signupShared ? cell.browser : world.clients.console.fingerprint,
      referrer: plan.signupShared ? 'direct' : world.referrers[dice.rank(world.referrers.length)]!,
    },
  };
};

/** One account of a cell in its `life`th life. A replaced account keeps the tools, the exits and the prompts, and gets new facts. */
const recruit = (world: World, cell: Cell, slot: number, life: number): Actor => {
  const { plan } = cell;
  const { id, dice } = identity(world, plan.name, `${cell.number}/${slot}/${life}`);
  const live = cell.first + (plan.lifeDays ? life * plan.lifeDays * 24 : 0);
  const from = live + (life === 0 ? plan.staggerHours * dice.next() : 6 * dice.next());
  const { facts, takeover } = registration(world, cell, dice, slot, life, Math.max(0, from - plan.signupDays * 24 * dice.next()));
  const born = takeover ? 0 : Date.parse(facts.createdAt!) / 3_600_000 - world.epochHour;
  const tool = dice.pick(cell.tools);
  return {
    ...common(world, plan.name, id, dice, Math.max(0, born)),
    label: 'distillation',
    campaign: plan.name,
    cell: cell.number,
    life,
    from,
    to: plan.lifeDays ? Math.min(cell.last, live + plan.lifeDays * 24) : cell.last,
    facts,
    later: takeover ? [{ hour: Math.max(1, from - 24 * dice.next()), facts: takeover }] : [],
    rhythm: tempo(world, cell),
    origin: exitOf(cell, dice, slot),
    client: () => tool,
    say: speech(cell, dice),
    model: follower(world, dice, plan.pivot ? 'campaign' : 'drift'),
    tools: plan.client === 'agent' ? cell.agent.tools : 0,
  };
};

export const addCampaigns = (world: World): void => {
  for (const plan of world.scenario.campaigns) {
    const perCell = Math.ceil(plan.accounts / plan.cells);
    for (let number = 0; number < plan.cells; number++) {
      const cell = drawCell(world, plan, number);
      const size = Math.min(perCell, plan.accounts - number * perCell);
      const lives = plan.lifeDays ? Math.ceil((cell.last - cell.first) / (plan.lifeDays * 24)) : 1;
      for (let life = 0; life < lives; life++) for (let slot = 0; slot < size; slot++) world.actors.push(recruit(world, cell, slot, life));
    }
  }
};
