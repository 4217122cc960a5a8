import { readPackedAccounts, writeAccountFile } from '../../../functions/detection/profiles/account-file';
import { FoldReader } from '../../../functions/detection/profiles/fold-reader';
import { readProfile } from '../../../functions/detection/profiles/profile-codec';
import { fold } from '../../../functions/features/fold';
import { plan } from '../../../functions/features/plan';
import { ingest } from '../../../functions/ingest/ingest';
import { DAY, HOUR, iso, MINUTE } from '../../../shared/domain/time';
import { ByteReader } from '../../../shared/formats/bytes';
import { KeyedHasher } from '../../../shared/identity/keyed-hash';
import { MemoryObjectStore } from '../../../shared/memory/memory-object-store';
import { MemoryTable } from '../../../shared/memory/memory-table';
import { SimulatedClock } from '../../../shared/memory/simulated-clock';
import { fc } from '../../support/property';
import { Reached } from '../../support/reached';

const START = Date.UTC(2026, 5, 1);
const hasher = new KeyedHasher('k'.repeat(64));

/** What happens between two calls of a reader. */
const happening = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('hours' as const), hours: fc.constantFrom(1, 2, 5, 30) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('late' as const, 'late fact' as const, 'few late' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('output damaged' as const, 'output gone' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('checkpoint cut' as const, 'checkpoint gone' as const) }) },
);
type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;
const call = fc.record({
  before: happening,
  isNew: fc.boolean(),
  /** Hours that there is time for. */
  time: fc.constantFrom(3, 40, 1_000, 1_000),
  segments: fc.constantFrom(1, 2, 8),
  keeps: fc.boolean(),
});

class World {
  readonly clock = new SimulatedClock(START);
  readonly archive = new MemoryObjectStore();
  readonly features = new MemoryTable(this.clock);
  private hour = 0;
  private sent = 0;

  constructor(private readonly shards: number) {}

  private event(at: number, of: 'usage' | 'account'): string {
    const n = this.sent++;
    const data =
      of === 'account'
        ? { plan: 'enterprise', paymentInstrument: `card ${n % 5}` }
        : { model: `atlas-${n < 40 ? 5 : 6}`, inputTokens: 1 + (n % 3), outputTokens: 2, network: { ip: `198.51.100.${n % 9}` } };
    const envelope = { specversion: '1.0', type: `lockstep.${of}.v1`, source: 'gateway', id: `e-${n}`, time: iso(at) };
    return JSON.stringify({ ...envelope, subject: `account-${(n * 7) % 23}`, data });
  }

  async happens(one: Happening): Promise<boolean> {
    const start = START + this.hour * HOUR;
    switch (one.kind) {
      case 'hours':
        for (let left = one.hours; left > 0; left--) {
          const at = START + this.hour++ * HOUR;
          const lines = Array.from({ length: 1 + (this.hour % 6) }, (_, i) => this.event(at + i * MINUTE, i === 4 ? 'account' : 'usage'));
          this.clock.advanceTo(at + HOUR - 1);
          await this.ingest(lines);
        }
        break;
      case 'late':
        await this.ingest(Array.from({ length: 30 }, (_, i) => this.event(Math.max(START, start - 4 * HOUR) + i, 'usage')));
        break;
      case 'late fact':
        await this.ingest([this.event(Math.max(START, start - 3 * HOUR), 'account')]);
        break;
      case 'few late':
        await this.ingest([this.event(Math.max(START, start - 5 * HOUR), 'usage')]);
        break;
      case 'output damaged':
      case 'output gone':
        return this.loses('folds/', one.kind === 'output gone');
      case 'checkpoint cut':
      case 'checkpoint gone':
        return this.loses('detection/accounts/', one.kind === 'checkpoint gone');
    }
    this.clock.advanceTo(START + this.hour * HOUR + 15 * MINUTE);
    await this.fold();
    return true;
  }

  /** The newest object under a prefix; whether there was one. */
  private async loses(prefix: string, whole: boolean): Promise<boolean> {
    const newest = (await this.keys(prefix)).at(-1);
    if (newest === undefined) return false;
    if (whole) await this.archive.delete(newest);
    else await this.archive.put(newest, (await this.archive.get(newest))!.slice(0, 20));
    return true;
  }

  async keys(prefix: string): Promise<string[]> {
    const keys: string[] = [];
    for await (const key of this.archive.list(prefix)) keys.push(key);
    return keys;
  }

  private async ingest(lines: string[]): Promise<void> {
    const { archive, features, clock, shards } = this;
    await ingest([{ id: `m-${this.sent}`, body: lines.join('\n') }], { archive, features, clock, hasher, segments: shards });
  }

  async fold(): Promise<void> {
    const { archive, features, clock, shards } = this;
    for (const task of await plan({ archive, features, clock, shards })) await fold(task, { archive, features, rows: 'none' });
  }

  reader(heldAtMost: number, segments: number): FoldReader {
    return new FoldReader(this, { packedAbove: 5, heldAtMost }, { segments });
  }

  /** With what was damaged folded again. */
  async readWhole(reader: FoldReader): Promise<void> {
    for (let turn = 0; turn < 20; turn++) {
      if ((await reader.catchUp(this.clock.now(), 14)) !== undefined && reader.damaged.length === 0) return;
      await this.fold();
    }
    throw new Error(`still damaged: ${reader.damaged.join(', ')}`);
  }

  /** What a reader holds, to the byte: as it keeps it. */
  async kept(reader: FoldReader): Promise<string> {
    if (reader.bySegment === undefined) return Buffer.from(writeAccountFile(reader.population.profiles.values())).toString('base64');
    await reader.checkpoint(true);
    const heads = await this.keys('detection/heads/');
    const profiles = [];
    const { segments } = JSON.parse(Buffer.from((await this.archive.get(heads.at(-1)!))!).toString('utf8'));
    for (const { key } of segments)
      for (const { packed } of await readPackedAccounts((await this.archive.get(key))!)) profiles.push(readProfile(new ByteReader(packed)));
    return Buffer.from(writeAccountFile(profiles)).toString('base64');
  }
}

test('a population kept by segment holds what one process holds that reads all in the end, to the byte: late and damaged, cut short, by new processes, in any number of segments', async () => {
  const reached = new Reached();
  await fc.assert(
    fc.asyncProperty(
      fc.array(call, { minLength: 5, maxLength: 14 }),
      fc.constantFrom(0, 0, 12),
      fc.constantFrom(1, 4),
      async (calls, heldAtMost, shards) => {
        const world = new World(shards);
        let reader: FoldReader | undefined;
        for (const { before, isNew, time, segments, keeps } of calls) {
          if (await world.happens(before)) reached.met(before.kind);
          if (isNew || !reader) reader = world.reader(heldAtMost, segments);
          let left = time;
          const digest = await reader.catchUp(world.clock.now(), 14, () => left-- > 0);
          if (digest === undefined) reached.met('no time');
          if (reader.damaged.length > 0) reached.met(`named: ${/folds|accounts/.exec(reader.damaged[0]!)?.[0]}`);
          if (reader.bySegment) reached.met(heldAtMost > 0 ? 'outgrew a process' : 'by segment');
          if (keeps) await reader.checkpoint(true);
          // What was damaged is folded again.
          await world.fold();
        }
        await world.happens({ kind: 'hours', hours: 1 });
        // Few late events wait for a day.
        world.clock.advanceTo(world.clock.now() + 2 * DAY);
        await world.fold();
        reader ??= world.reader(heldAtMost, 2);
        await world.readWhole(reader);
        const held = await world.kept(reader);
        for (const key of await world.keys('detection/')) await world.archive.delete(key);
        const fresh = world.reader(Number.POSITIVE_INFINITY, 1);
        await world.readWhole(fresh);
        expect(held).toBe(await world.kept(fresh));
        expect(reader.hours).toBe(fresh.hours);
      },
    ),
    { numRuns: 25 },
  );
  reached.atLeast({
    'by segment': 60,
    'outgrew a process': 30,
    'no time': 4,
    late: 3,
    'few late': 3,
    'late fact': 3,
    'named: folds': 3,
    'named: accounts': 15,
  });
}, 300_000);
