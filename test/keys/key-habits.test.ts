import { memberOf } from '../../functions/detection/findings/assess';
import { keyElsewhereOf } from '../../functions/detection/findings/key-elsewhere';
import { newOriginOf } from '../../functions/detection/findings/new-origin';
import { Profile } from '../../functions/detection/profiles/profile';
import { readProfile, writeProfile } from '../../functions/detection/profiles/profile-codec';
import { unread } from '../../functions/detection/traits/account-traits';
import { foldRows } from '../../functions/features/fold';
import { readMessages } from '../../functions/ingest/read-messages';
import { Pipeline } from '../../local/pipeline';
import { withMode } from '../../shared/domain/policy/policy';
import { DAY, HOUR } from '../../shared/domain/time';
import { KeyUses, MOST_KEY_USES } from '../../shared/formats/bottom';
import { ByteReader, ByteWriter } from '../../shared/formats/bytes';
import { distinctEvents } from '../../shared/formats/distinct-events';
import { Features } from '../../shared/formats/features';
import { accountKey, sealedId } from '../../shared/identity/ids';
import { hashText, KeyedHasher } from '../../shared/identity/keyed-hash';
import { Scenario } from '../../simulator/scenarios/scenario';
import { simulate } from '../../simulator/simulate';
import { fc } from '../support/property';
import { RECOMMENDED } from '../support/worlds/enforcement-world';

const HOUR_0 = 494_000;

describe('which key was used with which client', () => {
  const pair = fc.record({ key: fc.nat(9), client: fc.nat(9), count: fc.integer({ min: 1, max: 3 }) });

  test('parts merge to the whole, in any order and cut as the whole is', () => {
    const reached = { cut: 0 };
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 120, size: 'max' }), fc.nat(119), (all, at) => {
        const of = (pairs: typeof all) => {
          const uses = new KeyUses();
          for (const { key, client, count } of pairs) uses.add(key, client, count);
          return uses;
        };
        const whole = of(all);
        const merged = new KeyUses();
        for (const part of [of(all.slice(at)), of(all.slice(0, at))]) {
          const out = new ByteWriter();
          part.encode(out);
          merged.absorb(new ByteReader(out.take()));
        }
        expect(merged.pairs).toEqual(whole.pairs);
        expect(of([...all].reverse()).pairs).toEqual(whole.pairs);
        expect(whole.pairs.every(({ key, client }) => key !== 0 && client !== 0)).toBe(true);
        if (whole.pairs.length === MOST_KEY_USES) reached.cut++;
      }),
    );
    expect(reached.cut).toBeGreaterThan(10);
  });

  /** Hours of an account: which key and client it used in each. */
  const profileOf = (
    hours: readonly (readonly [hour: number, ...uses: readonly [key: number, client: number, prefix: number][]])[],
  ): Profile => {
    const profile = new Profile(accountKey('a'), sealedId('s'), 0);
    for (const [hour, ...uses] of hours) {
      const features = new Features();
      const counts = { exchanges: uses.length, prevented: 0, first: 0, last: 1, gaps: 0, gapSum: 0, gapSquares: 0 };
      features.cells.push({ hour: HOUR_0 + hour, ...counts, minutesLow: 1, minutesHigh: 0 });
      for (const [key, client, prefix] of uses) {
        features.samples.keys.add(key, 1);
        features.samples.clients.add(client, 1);
        features.samples.prefixes.add(prefix, 1);
      }
      if (features.samples.keys.keys.length > 1) for (const [key, client] of uses) features.uses.add(key, client, 1);
      profile.absorb(features, HOUR_0);
    }
    return profile;
  };
  const every = (from: number, to: number, ...uses: [number, number, number][]) =>
    Array.from({ length: (to - from) / 6 }, (_, n) => [from + 6 * n, ...uses] as const);
  const [A, B, C] = [11, 22, 33];
  const [OLD, SERVER, THEIRS] = [100, 200, 300];
  const [HOME, RACK, AWAY] = [1_000, 2_000, 3_000];

  test.each<[string, Parameters<typeof profileOf>[0], 'none' | 'beside' | 'kept', number | undefined]>([
    ['one key, stolen', [...every(0, 96, [A, OLD, HOME]), ...every(96, 168, [A, OLD, HOME], [A, THEIRS, AWAY])], 'beside', A],
    [
      'one key of three, stolen',
      [
        ...every(0, 96, [A, OLD, HOME], [B, SERVER, RACK], [C, OLD, HOME]),
        ...every(96, 168, [A, OLD, HOME], [B, SERVER, RACK], [B, THEIRS, AWAY], [C, OLD, HOME]),
      ],
      'beside',
      B,
    ],
    [
      'one of two that take turns, so that no hour has both',
      [
        ...every(0, 96, [A, OLD, HOME]),
        ...every(1, 97, [B, SERVER, RACK]),
        ...every(98, 170, [A, OLD, HOME]),
        ...every(99, 171, [B, SERVER, RACK]),
        ...every(100, 172, [B, THEIRS, AWAY]),
      ].sort(([one], [other]) => one - other),
      'beside',
      B,
    ],
    [
      'every key, elsewhere: the account is taken',
      [
        ...every(0, 96, [A, OLD, HOME], [B, SERVER, RACK]),
        ...every(96, 168, [A, OLD, HOME], [B, SERVER, RACK], [A, THEIRS, AWAY], [B, THEIRS, AWAY]),
      ],
      'beside',
      undefined,
    ],
    [
      'a key made for a new build elsewhere: its owner put it there',
      [...every(0, 96, [A, OLD, HOME], [B, SERVER, RACK]), ...every(96, 168, [A, OLD, HOME], [B, SERVER, RACK], [C, THEIRS, AWAY])],
      'none',
      undefined,
    ],
    ['a move: the old origin ends', [...every(0, 96, [A, OLD, HOME]), ...every(96, 168, [A, THEIRS, AWAY])], 'none', undefined],
    ['nothing new', every(0, 168, [A, OLD, HOME], [B, SERVER, RACK]), 'none', undefined],
  ])('%s', (_, hours, origin, key) => {
    const profile = profileOf(hours);
    expect(newOriginOf(profile)).toBe(origin);
    expect(keyElsewhereOf(profile)).toBe(key === undefined ? undefined : hashText(key));
    // Who only reads sees why, and no hash of a key.
    const byFamily = { infrastructure: 5, payment: 0, registration: 0, timing: 0, content: 0 };
    const membership = { entry: unread(profile, 0), score: 15, byFamily, families: ['infrastructure' as const] };
    const member = memberOf(membership, 'hijacked-keys', undefined, 14, 0);
    expect(member.key).toBe(key === undefined ? undefined : hashText(key));
    expect(member.because).toHaveLength(key === undefined ? 1 : 2);
    if (key !== undefined) expect(member.because.join()).not.toContain(hashText(key));
    // What goes on from a checkpoint is what would have gone on without a stop.
    const out = new ByteWriter();
    writeProfile(out, profile);
    const read = readProfile(new ByteReader(out.take()));
    expect(keyElsewhereOf(read)).toBe(keyElsewhereOf(profile));
    expect(read.habits).toEqual(profile.habits);
  });

  test('of who has one key nothing is kept; of more pairs than are kept nobody is named until they are forgotten', () => {
    expect(profileOf(every(0, 96, [A, OLD, HOME])).habits).toBeUndefined();
    const many = Array.from({ length: MOST_KEY_USES + 1 }, (_, n): [number, number, number] => [A + (n % 2), 500 + n, HOME]);
    const stolen = every(96, 168, [A, OLD, HOME], [B, OLD, HOME], [A, THEIRS, AWAY]);
    const profile = profileOf([[0, ...many], ...every(6, 96, [A, OLD, HOME], [B, OLD, HOME]), ...stolen]);
    expect(profile.habits?.isCut).toBe(true);
    expect(keyElsewhereOf(profile)).toBeUndefined();
    profile.roll(HOUR_0 + 168, 7);
    expect(profile.habits?.isCut).toBe(false);
  });

  test('an hour that an older version folded says no pairs: nobody is named by it', () => {
    const profile = profileOf(every(0, 96, [A, OLD, HOME], [B, SERVER, RACK]));
    const features = new Features();
    features.cells.push({
      ...{ hour: HOUR_0 + 97, exchanges: 2, prevented: 0, first: 0, last: 1, gaps: 0, gapSum: 0, gapSquares: 0 },
      minutesLow: 1,
      minutesHigh: 0,
    });
    for (const key of [A, B]) features.samples.keys.add(key, 1);
    features.samples.clients.add(THEIRS, 2);
    profile.absorb(features, HOUR_0);
    expect(profile.habits?.isCut).toBe(true);
  });

  test('a fold writes pairs for an hour with several keys only, and only of what was served', () => {
    const hasher = new KeyedHasher('k'.repeat(64));
    const usage = (n: number, apiKey: string | undefined, status = 'ok') => ({
      specversion: '1.0',
      type: 'lockstep.usage.v1',
      source: 's',
      id: `e${n}`,
      time: new Date(HOUR_0 * HOUR + n * 1_000).toISOString(),
      subject: 'a',
      data: { model: 'm', inputTokens: 1, outputTokens: 1, status, apiKey, client: { userAgent: `x/${n % 2}` } },
    });
    const pairsOf = (events: object[]) => {
      const { events: parts } = readMessages([{ id: 'm', body: JSON.stringify(events) }], {
        now: HOUR_0 * HOUR + HOUR,
        hasher,
        segments: 1,
      });
      const [row] = foldRows(HOUR_0 * HOUR, [parts[0]!.columns], distinctEvents([parts[0]!.columns]).places);
      const features = new Features();
      features.absorb(new ByteReader(row!.features));
      return features.uses.pairs.map(({ count }) => count);
    };
    expect(pairsOf([1, 2, 3, 4].map((n) => usage(n, 'k')))).toEqual([]);
    expect(pairsOf([1, 2, 3, 4].map((n) => usage(n, n > 2 ? undefined : 'k')))).toEqual([]);
    expect(pairsOf([...[1, 3, 5].map((n) => usage(n, 'k')), ...[2, 4].map((n) => usage(n, 'l')), usage(6, 'k', 'blocked')]).sort()).toEqual(
      [2, 3],
    );
  });
});

test('populations: the stolen key of three is named, never another; where owners made a key for a new build nobody is', async () => {
  const scenario = Scenario.parse({
    name: 'keys',
    start: '2026-04-01T00:00:00Z',
    days: 12,
    honest: { people: 20 },
    described: [
      { name: 'leaked-keys-of-several', size: 16 },
      { name: 'leaked-keys', size: 12 },
      { name: 'new-build-and-key', size: 20 },
      { name: 'new-laptop', size: 20 },
    ],
    prompts: false,
  });
  const world = simulate(scenario, 5);
  const start = Date.parse(scenario.start);
  const pipeline = new Pipeline({
    policy: withMode(RECOMMENDED, 'observe', 'the test says so'),
    secret: 'k'.repeat(64),
    start,
    detectEvery: 400 * DAY,
  });
  for (const { arrivals } of world) {
    const last = arrivals.at(-1);
    if (!last) continue;
    pipeline.clock.advanceTo(last.at);
    expect((await pipeline.take([{ id: 'm', body: arrivals.map(({ line }) => line).join('\n') }])).rejected).toEqual([]);
  }
  // A plan names 200 hours at most.
  for (let times = 0; times < 2; times++) await pipeline.fold();
  await pipeline.detect();
  const key = (id: string, name?: string) =>
    hashText(pipeline.hasher.object('api-key', `key_${id.slice(9)}${name === undefined ? '' : `-${name}`}`));
  const named = (kind: string) =>
    world.truth().flatMap((truth) => {
      if (truth.kind !== kind) return [];
      const profile = pipeline.detection.population.profiles.get(pipeline.hasher.account(truth.id).key);
      return [{ id: truth.id, found: profile && keyElsewhereOf(profile) }];
    });
  for (const [kind, stolen] of [
    ['leaked-keys-of-several', 'ci'],
    ['leaked-keys', undefined],
  ] as const) {
    const all = named(kind);
    const found = all.filter(({ found }) => found !== undefined);
    expect(found.filter(({ id, found }) => found !== key(id, stolen))).toEqual([]);
    // The others have no new origin: their owners rest, or began in the same days.
    expect(found.length).toBeGreaterThanOrEqual(0.6 * all.length);
  }
  for (const kind of ['new-build-and-key', 'new-laptop']) expect(named(kind).filter(({ found }) => found !== undefined)).toEqual([]);
}, 120_000);
