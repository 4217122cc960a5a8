import { createHash } from 'node:crypto';
import { type AccountEvent, LockstepEvent, type UsageEvent } from '../../shared/contract/event';
import { HOUR } from '../../shared/domain/time';
import { evading } from '../../simulator/scenarios/evasions';
import { Scenario, type ScenarioInput, scaled } from '../../simulator/scenarios/scenario';
import { SCENARIOS, scenarioNamed } from '../../simulator/scenarios/scenarios';
import { simulate, type Truth } from '../../simulator/simulate';

const small = (over: Partial<ScenarioInput> = {}): Scenario =>
  Scenario.parse({
    name: 'small',
    start: '2026-04-18T00:00:00Z',
    days: 4,
    releases: [{ model: 'meridian-5', day: 2 }],
    honest: {
      people: 12,
      carrierPeople: 4,
      vpnPeople: 4,
      agentUsers: 8,
      apps: 2,
      automations: 3,
      harnesses: 1,
      synthetic: 1,
      offices: [5],
      classes: [6],
      agencies: [4],
      enterprises: [4],
      fleets: [4],
      niches: [4],
      cohorts: [4],
      resellers: [5],
      hijacked: [4],
    },
    campaigns: [{ name: 'plain', accounts: 12, startDay: 0.5, staggerHours: 1 }],
    ...over,
  });

type Played = { lines: string[]; usage: UsageEvent[]; accounts: AccountEvent[]; truth: Truth[]; of: (campaign: string) => Set<string> };
const play = (scenario: Scenario, seed = 1): Played => {
  const simulation = simulate(scenario, seed);
  const lines = [...simulation].flatMap((hour) => hour.arrivals.map((arrival) => arrival.line));
  const events = lines.map((line) => LockstepEvent.parse(JSON.parse(line)));
  const truth = simulation.truth();
  return {
    lines,
    usage: events.filter((event) => event.type === 'lockstep.usage.v1'),
    accounts: events.filter((event) => event.type === 'lockstep.account.v1'),
    truth,
    of: (campaign) => new Set(truth.filter((t) => t.campaign === campaign).map((t) => t.id)),
  };
};
const digest = (lines: readonly string[]): string => createHash('sha256').update(lines.join('\n')).digest('hex');

describe('the stream', () => {
  const played = play(small());

  test('every line is an event of the contract', () => {
    expect(played.lines.length).toBeGreaterThan(2_000);
    expect(played.accounts.length).toBeGreaterThanOrEqual(played.truth.length);
  });

  test('arrives in order, and no event later than five minutes after its time', () => {
    let before = 0;
    for (const hour of simulate(small(), 1))
      for (const { at, line } of hour.arrivals) {
        const time = Date.parse(JSON.parse(line).time);
        expect(at).toBeGreaterThanOrEqual(before);
        expect(at).toBeGreaterThanOrEqual(time);
        expect(at - time).toBeLessThan(5 * 60_000);
        expect(at).toBeGreaterThanOrEqual(hour.start);
        expect(at).toBeLessThan(hour.start + HOUR);
        before = at;
      }
  });

  test('is the same bytes again for the same seed, and other bytes for another', () => {
    expect(digest(play(small()).lines)).toBe(digest(played.lines));
    const twice = simulate(small(), 1);
    const once = [...twice].flatMap((hour) => hour.arrivals.map((arrival) => arrival.line));
    expect([...twice].flatMap((hour) => hour.arrivals.map((arrival) => arrival.line))).toEqual(once);
    expect(digest(play(small(), 2).lines)).not.toBe(digest(played.lines));
  });

  test('adding one population leaves the events of the others as they were', () => {
    const more = play(small({ honest: { ...small().honest, offices: [5, 9] } }));
    const old = new Set(played.truth.map((t) => t.id));
    const theirs = (lines: readonly string[]): string[] => [...new Set(lines.filter((line) => old.has(JSON.parse(line).subject)))].sort();
    expect(theirs(more.lines)).toEqual([...new Set(played.lines.filter((line) => !line.includes('release.v1')))].sort());
  });

  test('the truth counts what was sent, second deliveries apart', () => {
    const sent = new Map<string, Set<string>>();
    for (const event of played.usage) (sent.get(event.subject) ?? sent.set(event.subject, new Set()).get(event.subject)!).add(event.id);
    for (const t of played.truth) {
      expect(sent.get(t.id)?.size ?? 0).toBe(t.total);
      if (t.byHour) expect(t.byHour.reduce((sum, [, n]) => sum + n, 0)).toBe(t.total);
    }
  });

  test('no account is made after it is first heard of', () => {
    const made = played.accounts.filter(({ data }) => data.createdAt !== undefined);
    expect(made.length).toBeGreaterThanOrEqual(played.truth.length);
    for (const event of made) expect(event.data.createdAt! <= event.time).toBe(true);
  });

  test('every population of the scenario is there', () => {
    const kinds = new Map<string, number>();
    for (const t of played.truth) kinds.set(t.kind, (kinds.get(t.kind) ?? 0) + 1);
    expect(Object.fromEntries(kinds)).toEqual({
      ...{
        person: 12,
        'carrier-person': 4,
        'vpn-person': 4,
        'agent-user': 8,
        app: 2,
        'automation-user': 3,
        'eval-harness': 1,
        'synthetic-data': 1,
      },
      ...{
        office: 5,
        class: 6,
        agency: 4,
        'enterprise-seat': 4,
        fleet: 4,
        'niche-user': 4,
        'cohort-member': 4,
        reseller: 5,
        hijacked: 4,
        plain: 12,
      },
    });
  });

  test('prompts and labels stay out when the scenario says so', () => {
    const bare = play(small({ labels: false, prompts: false }));
    expect(bare.usage.length).toBeGreaterThan(2_000);
    expect(bare.usage.every((event) => event.data.prompt === undefined && event.data.labels === undefined)).toBe(true);
  });
});

describe('a campaign', () => {
  const hidden = (...evasions: Parameters<typeof evading>[1][]): Played =>
    play(small({ honest: { people: 3 }, campaigns: [evading({ accounts: 24, startDay: 0.5, staggerHours: 1 }, ...evasions)] }));
  const cardsOf = (p: Played, name: string): number => {
    const ids = p.of(name);
    return new Set(p.accounts.filter((event) => ids.has(event.subject)).map((event) => event.data.paymentInstrument)).size;
  };

  test('spreads its load: about 26 requests a day on every account', () => {
    const p = hidden();
    const totals = p.truth.filter((t) => t.campaign).map((t) => t.total);
    expect(totals).toHaveLength(24);
    for (const total of totals) expect(Math.abs(total - 26 * 3.4)).toBeLessThan(26);
  });

  test('six accounts share a card, unless each has its own', () => {
    expect(cardsOf(hidden(), 'plain')).toBe(4);
    expect(cardsOf(hidden('one-card-each'), 'one-card-each')).toBe(24);
  });

  test('half of its traffic names a new model within a day, and hardly any when it does not pivot', () => {
    const share = (p: Played, name: string): number => {
      const ids = p.of(name);
      const day = p.usage.filter((event) => ids.has(event.subject) && event.time >= '2026-04-20' && event.time < '2026-04-21');
      return day.filter((event) => event.data.model === 'meridian-5').length / day.length;
    };
    expect(share(hidden(), 'plain')).toBeGreaterThan(0.5);
    expect(share(hidden('no-pivot'), 'no-pivot')).toBeLessThan(0.1);
  });

  test('replaces its accounts: several lives, each of a few days', () => {
    const p = play(small({ days: 12, honest: {}, campaigns: [evading({ accounts: 6, startDay: 0.5 }, 'replacement')] }));
    expect(p.of('replacement').size).toBe(18);
    const lived = p.truth.flatMap(({ byHour = [] }) => (byHour.length > 0 ? [byHour.at(-1)![0] - byHour[0]![0]] : []));
    expect(lived).toHaveLength(18);
    for (const hours of lived) expect(hours).toBeLessThanOrEqual(96);
  });

  test('bought accounts are old, and change their card before the first request', () => {
    const p = hidden('aged-accounts');
    const ids = p.of('aged-accounts');
    expect(ids.size).toBe(24);
    for (const id of ids) {
      const facts = p.accounts.filter((event) => event.subject === id);
      expect(facts).toHaveLength(2);
      expect(Date.parse(facts[0]!.data.createdAt!)).toBeLessThan(Date.parse('2026-04-18T00:00:00Z'));
      expect(facts[1]!.data.paymentInstrument).toBeDefined();
      expect(facts[1]!.time <= p.usage.find((event) => event.subject === id)!.time).toBe(true);
    }
  });

  test('two ways to hide hold at once', () => {
    const name = 'residential-rotation+one-card-each';
    const p = hidden('residential-rotation', 'one-card-each');
    const ids = p.of(name);
    const exits = new Set(p.usage.filter((event) => ids.has(event.subject)).map((event) => event.data.network?.ip));
    expect(cardsOf(p, name)).toBe(24);
    expect(exits.size).toBeGreaterThan(1_500);
  });
});

test('every named scenario parses, and scales', () => {
  for (const name of Object.keys(SCENARIOS)) {
    const scenario = scenarioNamed(name)!;
    expect(Scenario.parse(scaled(scenario, 2)).honest.people).toBe(2 * scenario.honest.people);
  }
});

test('an operator that answers bans sends a new account for each that was contained', () => {
  const scenario = small({ honest: { people: 2 }, campaigns: [evading({ accounts: 10, startDay: 0.5, staggerHours: 1 }, 'answers-bans')] });
  const banned = new Set<string>();
  const simulation = simulate(scenario, 1, { contained: (id) => banned.has(id) });
  const seen = new Set<string>();
  for (const { start, arrivals } of simulation) {
    for (const { line } of arrivals) {
      const event = LockstepEvent.parse(JSON.parse(line));
      if (event.type === 'lockstep.usage.v1') expect(banned.has(event.subject)).toBe(false);
      seen.add(event.subject);
    }
    if (start === simulation.start + 36 * HOUR) for (const t of simulation.truth()) if (t.label === 'distillation') banned.add(t.id);
  }
  const members = simulation.truth().filter((t) => t.label === 'distillation');
  expect(members.map((t) => t.life).sort()).toEqual([...Array<number>(10).fill(0), ...Array<number>(10).fill(1)]);
  for (const t of members.filter((member) => member.life === 1)) {
    expect(seen.has(t.id)).toBe(true);
    expect(t.first ?? Infinity).toBeGreaterThan(simulation.start + 36 * HOUR);
  }
});
