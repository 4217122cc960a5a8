import { createHash } from 'node:crypto';
import { type AccountEvent, LockstepEvent, type UsageEvent } from '../../shared/contract/event';
import { DAY } from '../../shared/domain/time';
import { BEHAVIOURS } from '../../simulator/behaviours/list';
import { choices } from '../../simulator/casting/mixed';
import { POPULATIONS, ROOMS } from '../../simulator/populations/list';
import type { Description, Shared } from '../../simulator/scenarios/description';
import { SHARED } from '../../simulator/scenarios/description';
import { Scenario } from '../../simulator/scenarios/scenario';
import { having, SCENARIOS } from '../../simulator/scenarios/scenarios';
import { simulate, type Truth } from '../../simulator/simulate';
import { drawWorld } from '../../simulator/world';

const ALL = [...POPULATIONS, ...BEHAVIOURS];
/** Of two dozen accounts so many may agree by chance: popular builds, and days that several happen to choose. */
const BY_CHANCE: Partial<Record<Shared, number>> = { client: 0.75, 'sign-up day': 0.75 };
/** Enough accounts for shares to be counted, few enough for eighty worlds. */
const SIZE = 24;

const scenarioOf = (row: Description, over: Partial<Scenario> = {}): Scenario => ({
  ...Scenario.parse({
    name: 'one-row',
    start: '2026-06-01T00:00:00Z',
    days: 14,
    honest: {},
    described: [{ name: row.name, ...(row.groups ? {} : { size: SIZE }) }],
  }),
  ...over,
});

type Played = { lines: string[]; usage: UsageEvent[]; accounts: AccountEvent[]; truth: Truth[] };
const play = (scenario: Scenario, seed = 1): Played => {
  const simulation = simulate(scenario, seed);
  const lines = [...simulation].flatMap((hour) => hour.arrivals.map(({ line }) => line));
  const events = lines.map((line): LockstepEvent => JSON.parse(line));
  // Every fact and one request in fifty against the schema: a line is made by one function for all of them.
  for (const [i, event] of events.entries()) if (i % 50 === 0 || event.type === 'lockstep.account.v1') LockstepEvent.parse(event);
  return {
    lines,
    usage: events.filter((event) => event.type === 'lockstep.usage.v1'),
    accounts: events.filter((event) => event.type === 'lockstep.account.v1'),
    truth: simulation.truth(),
  };
};
const digest = (lines: readonly string[]): string => createHash('sha256').update(lines.join('\n')).digest('hex');

/** Values of each account, by its id. */
const valuesOf = <E extends { subject: string }>(
  events: readonly E[],
  value: (event: E) => string | undefined,
): Map<string, Map<string, number>> => {
  const found = new Map<string, Map<string, number>>();
  for (const event of events) {
    const one = value(event);
    const mine = found.get(event.subject) ?? new Map<string, number>();
    found.set(event.subject, mine);
    if (one !== undefined) mine.set(one, (mine.get(one) ?? 0) + 1);
  }
  return found;
};
/** Accounts that hold a value which another account holds, too. */
const sharing = (values: Map<string, Map<string, number>>): number => {
  const holders = new Map<string, number>();
  for (const mine of values.values()) for (const value of mine.keys()) holders.set(value, (holders.get(value) ?? 0) + 1);
  return [...values.values()].filter((mine) => [...mine.keys()].some((value) => holders.get(value)! > 1)).length;
};
/** Accounts that hold one of the `n` values which most accounts hold. */
const holdingOneOf = (values: Map<string, Map<string, number>>, n: number): number => {
  const holders = new Map<string, number>();
  for (const mine of values.values()) for (const value of mine.keys()) holders.set(value, (holders.get(value) ?? 0) + 1);
  const top = new Set(
    [...holders]
      .sort((x, y) => y[1] - x[1])
      .slice(0, n)
      .map(([value]) => value),
  );
  return [...values.values()].filter((mine) => [...mine.keys()].some((value) => top.has(value))).length;
};
/** Accounts of whose requests three in ten at least have a value that another account's have, too. */
const mostlySharing = (values: Map<string, Map<string, number>>, sent: Map<string, number>): number => {
  const holders = new Map<string, number>();
  for (const mine of values.values()) for (const value of mine.keys()) holders.set(value, (holders.get(value) ?? 0) + 1);
  return [...values].filter(([id, mine]) => {
    let shared = 0;
    for (const [value, n] of mine) if (holders.get(value)! > 1) shared += n;
    return shared >= 0.3 * sent.get(id)!;
  }).length;
};
/** The most accounts that signed up within one day. */
const sameDay = (accounts: readonly AccountEvent[]): number => {
  const times = accounts.flatMap(({ data }) => (data.createdAt ? [Date.parse(data.createdAt)] : [])).sort((x, y) => x - y);
  return Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + DAY).length));
};

/** Share of a row's accounts that have each of `SHARED` in common with another account of their group. */
const counted = (row: Description, played: Played): Record<Shared, number> => {
  const world = drawWorld(scenarioOf(row), 1);
  const everybodys = new Set([world.clients.console.fingerprint, ...world.clients.agents.map(({ client }) => client.fingerprint)]);
  const agents = new Set(world.clients.agents.map(({ system }) => system));
  const freemail = new Set(world.freemail);
  const totals = Object.fromEntries(SHARED.map((what) => [what, 0])) as Record<Shared, number>;
  const groups = new Map<string, Set<string>>();
  for (const t of played.truth) if (t.group) groups.set(t.group, (groups.get(t.group) ?? new Set<string>()).add(t.id));
  const active = new Set(played.usage.map(({ subject }) => subject));
  for (const ids of groups.values()) {
    const usage = played.usage.filter(({ subject }) => ids.has(subject));
    const accounts = played.accounts.filter(({ subject }) => ids.has(subject));
    const first = accounts.filter(({ data }) => data.createdAt !== undefined);
    totals.address += sharing(valuesOf(usage, ({ data }) => data.network?.ip));
    totals.client += holdingOneOf(
      valuesOf(usage, ({ data: { client } }) => (everybodys.has(client?.fingerprint ?? '') ? undefined : client?.fingerprint)),
      3,
    );
    totals.payer += sharing(valuesOf(accounts, ({ data }) => data.paymentInstrument));
    totals.domain += sharing(valuesOf(accounts, ({ data }) => (freemail.has(data.emailDomain ?? '') ? undefined : data.emailDomain)));
    const sent = new Map<string, number>();
    for (const { subject } of usage) sent.set(subject, (sent.get(subject) ?? 0) + 1);
    totals.template += mostlySharing(
      valuesOf(usage, ({ data: { prompt } }) => {
        const system = agents.has(prompt?.system ?? '') ? undefined : prompt?.system;
        const line = prompt?.text?.split('\n')[0] ?? '';
        return system?.replace(/\d+/g, '#') ?? (line.length > 16 ? line : undefined);
      }),
      sent,
    );
    totals['sign-up address'] += sharing(valuesOf(first, ({ data }) => data.signupIp));
    totals['sign-up day'] += sameDay(first);
    totals.referrer += holdingOneOf(
      valuesOf(first, ({ data }) => data.referrer),
      1,
    );
  }
  const all = played.truth.length;
  const users = Math.max(1, active.size);
  for (const what of SHARED) totals[what] /= ['address', 'client', 'template'].includes(what) ? users : all;
  return totals;
};

const text = (row: Description): string => JSON.stringify(row);
/** What a row does not name and may nevertheless be common: behind carriers and VPNs strangers meet; few accounts meet by chance. */
const mayBe = (row: Description, what: Shared): boolean =>
  (what === 'address' && /"(phone|vpn|proxy)"/.test(text(row))) || // Items of a set have few ways of asking; whether two begin alike is up to the draw.
  (what === 'template' && /"set"/.test(text(row))) ||
  (row.groups !== undefined && what === 'sign-up day');

describe.each(ALL.map((row) => [row.name, row] as const))('%s', (_name, row) => {
  const played = play(scenarioOf(row));
  const shares = counted(row, played);

  test('is accounts that act, of the contract, with facts', () => {
    const active = new Set(played.usage.map(({ subject }) => subject));
    expect(played.truth.length).toBeGreaterThanOrEqual(row.groups ? row.groups * row.size[0] : SIZE);
    expect(active.size / played.truth.length).toBeGreaterThan(0.7);
    for (const { data } of played.accounts.filter(({ data }) => data.createdAt)) expect(data.plan ?? data.cloud).toBeDefined();
  });

  for (const what of SHARED) {
    if (row.shares.includes(what))
      test(`shares: ${what}`, () => {
        expect(shares[what]).toBeGreaterThanOrEqual(0.5);
      });
    else if (!mayBe(row, what))
      test(`does not share: ${what}`, () => {
        expect(shares[what]).toBeLessThan(BY_CHANCE[what] ?? 0.65);
      });
  }
});

describe('the rows', () => {
  test('are thirty honest populations and twenty hostile behaviours at least, by different names', () => {
    expect(POPULATIONS.length).toBeGreaterThanOrEqual(30);
    expect(BEHAVIOURS.length).toBeGreaterThanOrEqual(20);
    expect(new Set(ALL.map(({ name }) => name)).size).toBe(ALL.length);
  });

  test('of populations are honest but where somebody frames them; each behaviour has somebody who is not', () => {
    const hostile = ({ parts }: Description): boolean => choices(parts).some(([, { label }]) => label !== undefined && label !== 'honest');
    expect(POPULATIONS.filter(hostile)).toEqual(ROOMS.framed);
    expect(BEHAVIOURS.filter((row) => !hostile(row))).toEqual([]);
  });

  test('are added without touching anybody else', () => {
    const [a, b] = [POPULATIONS[0]!, BEHAVIOURS[0]!];
    const base = scenarioOf(a, { days: 3 });
    const one = new Set(play(base).lines);
    const both = play({ ...base, described: [...base.described, { name: b.name, size: 20, factor: 1 }] });
    const theirs = new Set(play(base).truth.map(({ id }) => id));
    const still = new Set(both.lines.filter((line) => theirs.has(JSON.parse(line).subject)));
    expect(still).toEqual(one);
  });

  test('are the same bytes again for the same seed, and others for another', () => {
    const all = { ...scenarioOf(ALL[0]!, { days: 0.5 }), described: ALL.map(({ name }) => ({ name, size: 4, factor: 1 })) };
    const once = play(all);
    expect(once.truth.length).toBeGreaterThan(ALL.length * 4);
    expect(digest(play(all).lines)).toBe(digest(once.lines));
    expect(digest(play(all, 2).lines)).not.toBe(digest(once.lines));
  });

  test('stand in a scenario by name, with a size, and an unknown one is named', () => {
    const background = Scenario.parse(SCENARIOS.background);
    expect(having(background, ['hydra:40', 'cloud-ide'])).toMatchObject({
      kind: 'had',
      scenario: { described: [{ name: 'hydra', size: 40 }, { name: 'cloud-ide' }] },
    });
    expect(having(background, ['hydra', 'nobody'])).toEqual({ kind: 'unknown', names: ['nobody'] });
  });

  test('carry no prompt and no label where the scenario says so', () => {
    const bare = play(scenarioOf(BEHAVIOURS[0]!, { days: 7, prompts: false, labels: false }));
    expect(bare.usage.length).toBeGreaterThan(500);
    expect(bare.usage.every(({ data }) => data.prompt === undefined && data.labels === undefined)).toBe(true);
  });

  test('only what extracts counts as an exchange of a campaign', () => {
    const warmed = play(scenarioOf(BEHAVIOURS.find(({ name }) => name === 'warmed-for-weeks')!));
    const first = Math.min(...warmed.truth.flatMap((t) => t.first ?? []));
    expect(first).toBeGreaterThan(Date.parse('2026-06-07T00:00:00Z'));
    for (const t of warmed.truth) {
      expect(t.total + (t.ordinary ?? 0)).toBe(new Set(warmed.usage.filter(({ subject }) => subject === t.id).map(({ id }) => id)).size);
      expect((t.byHour ?? []).reduce((sum, [, n]) => sum + n, 0)).toBe(t.total);
    }
    expect(warmed.truth.reduce((sum, t) => sum + (t.ordinary ?? 0), 0)).toBeGreaterThan(100);
  });
});
