import { HOUR } from '../shared/domain/time';
import type { Actor, Label, Usage } from './actor';
import { addDescribed } from './casting/cast';
import { Dice } from './draws/dice';
import { addCampaigns } from './groups/campaigns';
import { addAgentUsers, addPeople, addPrograms } from './groups/singles';
import { addStrangers } from './groups/strangers';
import { addTeams } from './groups/teams';
import { accountLine, clockFace, releaseLine, usageLine } from './lines';
import type { Scenario } from './scenarios/scenario';
import { drawWorld, type World } from './world';

/** One event as it arrives. `at`: ms since the epoch (a second delivery is later than the event's own time). */
export type Arrival = { readonly at: number; readonly line: string };
/** All arrivals of one hour, in order. `start`: ms since the epoch. */
export type Hour = { readonly start: number; readonly arrivals: readonly Arrival[] };

/** What an account really was. `first`: ms of its first request. `byHour` (distillation only): [hour after the start, requests]. */
export type Truth = {
  id: string;
  kind: string;
  group?: string;
  label: Label;
  campaign?: string;
  cell?: number;
  /** 0 for the first accounts, 1 for those that replaced them, and so on. */
  life?: number;
  /** Requests; of an account of a campaign those that extract. `first` and `byHour` are theirs, too. */
  total: number;
  /** Requests of an account of a campaign that are what anybody asks: warming, other customers. Absent: none. */
  ordinary?: number;
  first?: number;
  byHour?: [number, number][];
};

export type Simulation = Iterable<Hour> & {
  /** ms since the epoch, and length in hours. */
  readonly start: number;
  readonly hours: number;
  readonly accounts: number;
  /** The truth about every account, as far as the last iteration came. */
  truth(): Truth[];
};

const populate = (scenario: Scenario, seed: number): World => {
  const world = drawWorld(scenario, seed);
  for (const add of [addPeople, addAgentUsers, addPrograms, addTeams, addStrangers, addCampaigns, addDescribed]) add(world);
  world.actors.sort((x, y) => x.born - y.born || (x.id < y.id ? -1 : 1));
  return world;
};

/** What the provider does about accounts while the world goes on. Asked once an hour about each account of a campaign. */
export type Provider = { contained(id: string): boolean };
const NOBODY: Provider = { contained: () => false };

type Tally = { sent: number; total: number; first?: number; turn: number; byHour: [number, number][] };

/** The event stream of one world, hour by hour, in the order of arrival. */
class Stream {
  private readonly living: Actor[] = [];
  private readonly moments: number[] = [];
  private readonly due: { moment: number; use: Usage }[] = [];
  private readonly dice: Dice;
  private born = 0;
  private recruits: Actor[] = [];
  private late: Arrival[] = [];
  constructor(
    private readonly world: World,
    readonly tallies: Map<Actor, Tally>,
    private readonly provider: Provider,
  ) {
    this.dice = new Dice(`${world.name}/delivery`);
  }

  hour(hour: number): Hour {
    const start = (this.world.epochHour + hour) * HOUR;
    const time = clockFace(start);
    const due = this.late;
    this.late = [];
    for (const release of this.world.releases)
      if (release.hour === hour) due.push({ at: start, line: releaseLine(release.model, time(start)) });
    this.admit(hour, start, time, due);
    for (let i = this.living.length - 1; i >= 0; i--) {
      const actor = this.living[i]!;
      if (hour >= actor.to || this.isBanned(actor, hour)) {
        this.living[i] = this.living[this.living.length - 1]!;
        this.living.pop();
      } else {
        for (const change of actor.later ?? []) {
          const at = start + Math.floor((change.hour - hour) * HOUR);
          if (Math.floor(change.hour) === hour)
            due.push({ at, line: accountLine(actor, change.facts, `${actor.id}-facts-${hour}`, time(at)) });
        }
        if (hour + 1 > actor.from) this.act(actor, hour, start, time, due);
      }
    }
    due.sort((x, y) => x.at - y.at);
    while (due.length > 0 && due[due.length - 1]!.at >= start + HOUR) this.late.push(due.pop()!);
    return { start, arrivals: due };
  }

  /** Only an operator that answers looks; its next account is on its way from then on. */
  private isBanned(actor: Actor, hour: number): boolean {
    if (!actor.successor || !this.provider.contained(actor.id)) return false;
    const next = actor.successor(hour);
    if (next.from < next.to) this.recruits.push(next);
    return true;
  }

  /** New accounts tell their facts; those that were there before do so in the first minutes of the world. */
  private admit(hour: number, start: number, time: (at: number) => string, due: Arrival[]): void {
    const { actors } = this.world;
    const fresh = this.recruits.filter((actor) => actor.born < hour + 1);
    this.recruits = this.recruits.filter((actor) => actor.born >= hour + 1);
    for (; this.born < actors.length && actors[this.born]!.born < hour + 1; this.born++) fresh.push(actors[this.born]!);
    for (const actor of fresh) {
      const at = start + Math.floor(actor.born > 0 ? Math.max(0, actor.born - hour) * HOUR : actor.dice.next() * 60_000);
      this.living.push(actor);
      this.tallies.set(actor, { sent: 0, total: 0, turn: 0, byHour: [] });
      due.push({ at, line: accountLine(actor, actor.facts, `${actor.id}-facts`, time(at)) });
    }
  }

  private act(actor: Actor, hour: number, start: number, time: (at: number) => string, due: Arrival[]): void {
    const { moments, due: planned } = this;
    planned.length = 0;
    for (const use of actor.also ? [actor, ...actor.also] : [actor]) {
      moments.length = 0;
      use.rhythm(hour, actor.dice, moments);
      for (const moment of moments) planned.push({ moment, use });
    }
    if (planned.length === 0) return;
    planned.sort((x, y) => x.moment - y.moment);
    const tally = this.tallies.get(actor)!;
    const opens = (actor.from - hour) * HOUR;
    let wanted = 0;
    for (const { moment, use } of planned) {
      if (moment < opens) continue;
      const at = start + Math.floor(moment);
      if (!use.ordinary) {
        tally.first ??= at;
        tally.total++;
        wanted++;
      }
      const line = usageLine(this.world.scenario, actor, use, ++tally.sent, time(at), hour, tally.turn++ % 6);
      due.push({ at, line });
      if (this.dice.is(this.world.scenario.duplicates)) due.push({ at: at + 1 + this.dice.below(240_000), line });
    }
    if (actor.label === 'distillation' && wanted > 0) tally.byHour.push([hour, wanted]);
  }
}

const truthOf = (actor: Actor, tally: Tally | undefined): Truth => ({
  id: actor.id,
  kind: actor.kind,
  group: actor.group,
  label: actor.label,
  campaign: actor.campaign,
  cell: actor.cell,
  life: actor.life,
  total: tally?.total ?? 0,
  ordinary: tally && tally.sent > tally.total ? tally.sent - tally.total : undefined,
  first: tally?.first,
  byHour: actor.label === 'distillation' ? (tally?.byHour ?? []) : undefined,
});

/**
 * The world of `scenario` under `seed`. Iterating yields its hours, from the first to the last; doing so again yields the same bytes.
 * Memory holds the accounts and one hour of events. Operators that answer bans ask `provider`; without one nobody is banned.
 */
export const simulate = (scenario: Scenario, seed: number, provider: Provider = NOBODY): Simulation => {
  let world = populate(scenario, seed);
  let fresh = true;
  let tallies = new Map<Actor, Tally>();
  return {
    start: world.epochHour * HOUR,
    hours: world.hours,
    accounts: world.actors.length,
    truth: () => [...new Set([...world.actors, ...tallies.keys()])].map((actor) => truthOf(actor, tallies.get(actor))),
    *[Symbol.iterator]() {
      if (!fresh) world = populate(scenario, seed);
      fresh = false;
      tallies = new Map();
      const stream = new Stream(world, tallies, provider);
      for (let hour = 0; hour < world.hours; hour++) yield stream.hour(hour);
    },
  };
};
