import type { AccountData } from '../../shared/contract/event';
import type { Actor, Said } from '../actor';
import { type Dice, token } from '../draws/dice';
import { DAY_PERSON, DAY_SHIFT } from '../draws/parameters';
import { anyHome, household, type Origin, pickOperator } from '../draws/places';
import { balanced, type Rhythm, sittings } from '../draws/rhythms';
import { asking, chatter, coder } from '../draws/voices';
import { paraphrased } from '../text/prose';
import { card, createdAt, follower, honestFacts, identity, type World } from '../world';
import { type Cell, drawCell } from './cell';
import { common, day } from './singles';

/** Distillation campaigns: a load balancer over accounts, and how it hides. */

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

/** When a member signs up and starts. `bannedAt`: the hour its predecessor was contained, where it answers a ban. */
const calendar = (cell: Cell, dice: Dice, life: number, bannedAt: number | undefined): { signup: number; from: number; to: number } => {
  const { plan, first, last } = cell;
  if (bannedAt !== undefined) {
    const from = bannedAt + dice.exponential(plan.replaceHours ?? 0);
    return { signup: dice.between(bannedAt, from), from, to: last };
  }
  const live = first + (plan.lifeDays ? life * plan.lifeDays * 24 : 0);
  const from = live + (life === 0 ? plan.staggerHours : 6) * dice.next();
  return {
    signup: Math.max(0, from - plan.signupDays * 24 * dice.next()),
    from,
    to: plan.lifeDays ? Math.min(last, live + plan.lifeDays * 24) : last,
  };
};

/** One account of a cell in its `life`th life. A replaced account keeps the tools, the exits and the prompts, and gets new facts. */
const recruit = (world: World, cell: Cell, slot: number, life: number, bannedAt?: number): Actor => {
  const { plan } = cell;
  const { id, dice } = identity(world, plan.name, `${cell.number}/${slot}/${life}`);
  const { signup, from, to } = calendar(cell, dice, life, bannedAt);
  const { facts, takeover } = registration(world, cell, dice, slot, life, signup);
  const tool = dice.pick(cell.tools);
  return {
    ...common(world, plan.name, id, dice, takeover ? Math.max(0, bannedAt ?? 0) : signup),
    label: 'distillation',
    campaign: plan.name,
    cell: cell.number,
    life,
    from,
    to,
    facts,
    later: takeover ? [{ hour: Math.max((bannedAt ?? 0) + 1, from - 24 * dice.next()), facts: takeover }] : [],
    rhythm: tempo(world, cell),
    origin: exitOf(cell, dice, slot),
    client: () => tool,
    say: speech(cell, dice),
    model: follower(world, dice, plan.pivot ? 'campaign' : 'drift'),
    tools: plan.client === 'agent' ? cell.agent.tools : 0,
    successor: plan.replaceHours === undefined ? undefined : (hour) => recruit(world, cell, slot, life + 1, hour),
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
