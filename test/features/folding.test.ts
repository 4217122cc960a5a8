import { fold } from '../../functions/features/fold';
import { plan } from '../../functions/features/plan';
import { ingest } from '../../functions/ingest/ingest';
import { HOUR } from '../../shared/domain/time';
import { ByteReader, ByteWriter } from '../../shared/formats/bytes';
import { Features, SHAPE_BUCKETS, SUM } from '../../shared/formats/features';
import { readFoldOutput } from '../../shared/formats/fold-output';
import { KeyedHasher } from '../../shared/identity/keyed-hash';
import { MemoryObjectStore } from '../../shared/memory/memory-object-store';
import { MemoryTable } from '../../shared/memory/memory-table';
import { SimulatedClock } from '../../shared/memory/simulated-clock';
import { fc } from '../support/property';

const now = Date.UTC(2026, 5, 1, 12);
const FIRST = now - 4 * HOUR;
const hasher = new KeyedHasher('k'.repeat(64));

const isPrevented = (status: string): boolean => status === 'limited' || status === 'blocked';
type Event = { id: string; time: string; subject: string; type: string; data: object };
const line = (event: Event): string => JSON.stringify({ specversion: '1.0', source: 'gateway', ...event });

/** `batches`: what comes together becomes one chunk. Answers the fold outputs of all hours, in order, with what was dropped. */
async function folded(batches: readonly (readonly Event[])[], shards = 2) {
  const clock = new SimulatedClock(now);
  const features = new MemoryTable(clock);
  const ports = { archive: new MemoryObjectStore(), features, clock, segments: 4, shards, hasher, rows: 'all' as const };
  let accepted = 0;
  for (const [index, batch] of batches.entries()) {
    const result = await ingest([{ id: `m${index}`, body: batch.map(line).join('\n') }], ports);
    expect(result.rejected).toEqual([]);
    accepted += result.accepted;
  }
  const outputs = new Map<string, Uint8Array>();
  let events = 0;
  let duplicates = 0;
  let conflicts = 0;
  for (const task of await plan(ports)) {
    const result = await fold(task, ports);
    events += result.events;
    duplicates += result.duplicates;
    conflicts += result.conflicts;
    const bytes = await ports.archive.get(result.output);
    if (bytes) outputs.set(`${task.hour}/${task.shard}`, bytes);
  }
  return { outputs: [...outputs].sort(), accepted, events, duplicates, conflicts };
}

const offset = fc.integer({ min: 0, max: 2 * HOUR - 1 });
const subject = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const usage = fc
  .record({
    offset,
    subject,
    model: fc.constantFrom('atlas-5', 'atlas-6'),
    status: fc.constantFrom('ok', 'error', 'refused', 'limited', 'blocked'),
    inputTokens: fc.nat(100_000),
    outputTokens: fc.nat(100_000),
    ip: fc.option(fc.constantFrom('203.0.113.9', '203.0.113.10', '2001:db8::1'), { nil: undefined }),
    text: fc.option(fc.constantFrom('sort this list', 'explain step by step', 'grade the essay'), { nil: undefined }),
    task: fc.option(fc.constantFrom('coding', 'grading'), { nil: undefined }),
    cloud: fc.option(fc.constantFrom('bedrock', 'vertex'), { nil: undefined }),
    tenant: fc.option(fc.constantFrom('1111', '2222'), { nil: undefined }),
  })
  .map(({ offset, subject, model, status, inputTokens, outputTokens, ip, text, task, ...tenancy }) => ({
    type: 'lockstep.usage.v1',
    time: new Date(FIRST + offset).toISOString(),
    subject,
    data: {
      ...{ model, status, inputTokens, outputTokens, ...tenancy },
      ...{ network: { ip }, prompt: text && { text }, labels: { task, grading: task && 0.9 } },
    },
  }));
const facts = fc.record({ offset, subject, plan: fc.constantFrom('free', 'paid') }).map(({ offset, subject, plan }) => ({
  type: 'lockstep.account.v1',
  time: new Date(FIRST + offset).toISOString(),
  subject,
  data: { plan, paymentInstrument: `card of ${subject}` },
}));
const release = offset.map((at) => ({
  type: 'lockstep.release.v1',
  time: new Date(FIRST + at).toISOString(),
  subject: 'atlas-6',
  data: {},
}));
/** Distinct events: each has an id of its own. */
const traffic = fc
  .array(fc.oneof({ weight: 8, arbitrary: usage }, { weight: 1, arbitrary: facts }), { minLength: 1, maxLength: 40 })
  .map((events) => events.map((event, index) => ({ ...event, id: `e-${index}` })));

/** The events again: some twice, in another order, in chunks cut elsewhere. */
const again = (events: readonly Event[]) =>
  fc
    .tuple(
      fc.subarray([...events]).chain((twice) => fc.shuffledSubarray([...events, ...twice], { minLength: events.length + twice.length })),
      fc.array(fc.nat(events.length * 2), { maxLength: 5 }),
    )
    .map(([shuffled, cuts]) => {
      const at = [0, ...cuts.map((cut) => Math.min(cut, shuffled.length)), shuffled.length].sort((a, b) => a - b);
      return at
        .slice(1)
        .map((to, index) => shuffled.slice(at[index], to))
        .filter((batch) => batch.length > 0);
    });

describe('folding is a pure function of the set of events', () => {
  test('property: in any order, in any chunks, with any duplicates: the same bytes', async () => {
    await fc.assert(
      fc.asyncProperty(
        traffic.chain((events) => fc.tuple(fc.constant(events), again(events))),
        async ([events, batches]) => {
          const once = await folded([events]);
          const other = await folded(batches);
          expect(other.outputs).toEqual(once.outputs);
          expect(other.events).toBe(once.events);
          expect(other.conflicts).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('property: duplicates of usage events are counted, none is lost', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(usage, { minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 3 }), async (some, times) => {
        const events = some.map((event, index) => ({ ...event, id: `e-${index}` }));
        const { events: kept, duplicates, accepted } = await folded(Array.from({ length: times }, () => events));
        expect([kept, accepted]).toEqual([events.length, events.length * times]);
        // The very same message gives the very same chunk, which is stored once: then nothing is left to drop.
        expect(duplicates).toBe(0);
        const cut = await folded(events.flatMap((event) => [[event], [event, ...events]]));
        expect(cut.events).toBe(events.length);
        if (events.length > 1) expect(cut.duplicates).toBeGreaterThan(0);
      }),
      { numRuns: 20 },
    );
  });

  test('property: two events with one id and other content resolve the same in any order, and are counted', async () => {
    await fc.assert(
      fc.asyncProperty(usage, usage, fc.array(usage, { maxLength: 5 }), async (one, two, rest) => {
        const time = one.time;
        const pair = [
          { ...one, id: 'same' },
          { ...two, id: 'same', time, subject: one.subject },
        ] as const;
        // Of what was prevented nothing else is kept.
        const kept = ({ data }: { data: { status: string } }): object => (isPrevented(data.status) ? { status: data.status } : data);
        fc.pre(JSON.stringify(kept(pair[0])) !== JSON.stringify(kept(pair[1])));
        const others = rest.map((event, index) => ({ ...event, id: `e-${index}` }));
        const forward = await folded([[pair[0], ...others], [pair[1]]]);
        const backward = await folded([[pair[1]], [...others, pair[0]]]);
        const together = await folded([[pair[1], pair[0], ...others]]);
        expect(backward.outputs).toEqual(forward.outputs);
        expect(together.outputs).toEqual(forward.outputs);
        expect([forward.conflicts, backward.conflicts, together.conflicts]).toEqual([1, 1, 1]);
      }),
      { numRuns: 40 },
    );
  });

  test('property: of what was prevented nothing but id, account, time and status decides what comes out', async () => {
    let prevented = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(usage, usage), { minLength: 1, maxLength: 20 }), async (pairs) => {
        const events = pairs.map(([event], index) => ({ ...event, id: `e-${index}` }));
        const others = events.map((event, index) => {
          if (!isPrevented(event.data.status)) return event;
          prevented++;
          return { ...event, data: { ...pairs[index]![1].data, status: event.data.status } };
        });
        const one = await folded([events]);
        expect(await folded([others])).toEqual(one);
        // Told twice, in other words the second time: a duplicate, and no conflict.
        const twice = await folded([events, others.filter(({ data }) => isPrevented(data.status))].filter((batch) => batch.length > 0));
        expect([twice.outputs, twice.events, twice.conflicts]).toEqual([one.outputs, one.events, 0]);
      }),
      { numRuns: 40 },
    );
    expect(prevented).toBeGreaterThan(40);
  });

  test('property: a release told several times is told once', async () => {
    await fc.assert(
      fc.asyncProperty(release, async (event) => {
        const told = { ...event, id: 'r' };
        const { outputs } = await folded([[told], [told, told]], 1);
        expect(outputs.flatMap(([, bytes]) => readFoldOutput(bytes).releases)).toHaveLength(1);
      }),
      { numRuns: 10 },
    );
  });

  test('what our own action limited or blocked is counted apart and leaves no trace in what is judged', async () => {
    const event = (id: string, status: string): Event => ({
      id,
      type: 'lockstep.usage.v1',
      time: new Date(FIRST).toISOString(),
      subject: 'a',
      data: { model: 'atlas-5', status, inputTokens: 5, outputTokens: 7, network: { ip: '203.0.113.9' }, prompt: { text: 'sort this' } },
    });
    const { outputs } = await folded([[event('1', 'limited'), event('2', 'blocked')]], 1);
    const [row] = outputs.flatMap(([, bytes]) => readFoldOutput(bytes).rows);
    const features = new Features();
    features.absorb(new ByteReader(row?.features ?? new Uint8Array()));
    expect([features.prevented, features.exchanges]).toEqual([2, 0]);
    expect(features.sums[SUM.input]).toBe(0);
    expect(features.samples.ips.keys).toEqual([]);
    expect(features.words.models.size).toBe(0);
  });
});

const encoded = (features: Features): Uint8Array => {
  const out = new ByteWriter();
  features.encode(out);
  return out.take();
};
const part = fc.record({
  sums: fc.array(fc.tuple(fc.integer({ min: 0, max: 51 }), fc.nat(1_000_000)), { maxLength: 6 }),
  words: fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 9 })), { maxLength: 30 }),
  keys: fc.array(fc.tuple(fc.integer({ min: 1, max: 2 ** 48 }), fc.integer({ min: 1, max: 9 })), { maxLength: 40 }),
  exchanges: fc.nat(5),
});
const featuresOf = (value: typeof part extends fc.Arbitrary<infer T> ? T : never, hour: number): Features => {
  const features = new Features();
  for (const [index, sum] of value.sums) features.sums[index]! += sum;
  for (const [word, count] of value.words) features.word('tasks', `task-${String(word).padStart(2, '0')}`, count);
  for (const [key, count] of value.keys) features.samples.clients.add(key, count);
  const { exchanges } = value;
  const seen = exchanges > 0;
  features.cells.push({
    hour,
    exchanges,
    prevented: 1,
    first: seen ? 10 : -1,
    last: seen ? 20 : -1,
    gaps: seen ? 2 : 0,
    gapSum: seen ? 5 : 0,
    gapSquares: seen ? 13 : 0,
    minutesLow: seen ? 3 : 0,
    minutesHigh: 0,
  });
  return features;
};

describe('features merge over disjoint hours', () => {
  test('property: the codec gives back what it was given', () => {
    fc.assert(
      fc.property(part, (value) => {
        const bytes = encoded(featuresOf(value, 5));
        const back = new Features();
        back.absorb(new ByteReader(bytes));
        expect(encoded(back)).toEqual(bytes);
      }),
    );
  });
  test('property: in any order, and merged in pairs first or one by one', () => {
    const parts = fc.array(part, { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(
        parts.chain((values) =>
          fc.tuple(
            fc.constant(values),
            fc.shuffledSubarray(
              values.map((_, i) => i),
              { minLength: values.length },
            ),
          ),
        ),
        fc.nat(6),
        ([values, order], cut) => {
          const bytes = values.map((value, hour) => encoded(featuresOf(value, hour)));
          const merge = (pieces: readonly Uint8Array[]): Uint8Array => {
            const into = new Features();
            for (const piece of pieces) into.absorb(new ByteReader(piece));
            return encoded(into);
          };
          const whole = merge(bytes);
          const shuffled = order.map((index) => bytes[index]!);
          expect(merge(shuffled)).toEqual(whole);
          const at = Math.min(cut, shuffled.length);
          expect(merge([merge(shuffled.slice(0, at)), merge(shuffled.slice(at))])).toEqual(whole);
        },
      ),
    );
  });
  test('the same hour in both parts is a bug, and is said', () => {
    const features = new Features();
    const bytes = encoded(featuresOf({ sums: [], words: [], keys: [], exchanges: 1 }, 5));
    features.absorb(new ByteReader(bytes));
    expect(() => features.absorb(new ByteReader(bytes))).toThrow('hour 5 is in both parts');
  });
});

test.each([2 ** 31 - 2, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 2, 2 ** 32 - 1])(
  '%i tokens, the limit of an event or near it, count in the last bucket and nowhere else',
  async (tokens) => {
    const event = { id: 'large', time: new Date(FIRST).toISOString(), subject: 'a', type: 'lockstep.usage.v1' };
    const { outputs } = await folded([[{ ...event, data: { model: 'atlas-5', inputTokens: tokens, outputTokens: tokens } }]]);
    const rows = outputs.flatMap(([, bytes]) => readFoldOutput(bytes).rows);
    const features = new Features();
    features.absorb(new ByteReader(rows[0]?.features ?? new Uint8Array()));
    const { sums } = features;
    expect([...sums.slice(SUM.inputShape, SUM.inputShape + SHAPE_BUCKETS)]).toEqual([...Array(SHAPE_BUCKETS - 1).fill(0), 1]);
    expect([...sums.slice(SUM.outputShape, SUM.outputShape + SHAPE_BUCKETS)]).toEqual([...Array(SHAPE_BUCKETS - 1).fill(0), 1]);
    expect([sums[SUM.duration], sums[SUM.input], sums[SUM.ok]]).toEqual([0, tokens, 1]);
  },
);
