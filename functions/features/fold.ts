import { createHash } from 'node:crypto';
import type { Tenancy } from '../../shared/domain/account';
import { isYoung } from '../../shared/domain/policy/risk-tier';
import { DAY, hourLabel } from '../../shared/domain/time';
import { ByteWriter } from '../../shared/formats/bytes';
import { distinctEvents, type Place } from '../../shared/formats/distinct-events';
import { Features } from '../../shared/formats/features';
import { type FactEntry, type FoldOutput, type FoldRow, writeFoldOutput } from '../../shared/formats/fold-output';
import { readSegment, type Segment, tenancyAt, timeOf } from '../../shared/formats/segment';
import { eventId } from '../../shared/formats/shown-event';
import { withoutAccounts } from '../../shared/formats/without-accounts';
import { type AccountKey, hash64 } from '../../shared/identity/ids';
import { inBatches } from '../../shared/in-batches';
import type { ObjectStore, Table } from '../../shared/ports';
import { ErasureStore } from '../../shared/stores/archive/erasure-store';
import { HourStore } from '../../shared/stores/archive/hour-store';
import { RiskTierStore } from '../../shared/stores/risk-tier-store';
import { aggregateHour } from './aggregate';
import type { FoldTask, SealedPlan } from './plan';

/** Raised when feature code changes its meaning: rows of an older code are then overwritten by a re-fold. */
export const CODE_EPOCH = 1;
const EPOCH = 1_000_000;

/** Small reads, each a round trip: one after the other, a function would mostly wait. */
const AT_ONCE = 16;
/** Cloud, tenant and who pays, the latter two with what is sealed of them. */
const TENANCY_FIELDS = 5;

type Release = FoldOutput['releases'][number];

export type FeatureRows = 'all' | 'risk' | 'none';
export type FoldPorts = {
  archive: ObjectStore;
  features: Table;
  /** Whose hour is also kept at hand in the table, besides the output segment that has everybody's (shared/domain/policy/risk-tier.ts). */
  rows: FeatureRows;
};
export type FoldResult = {
  task: FoldTask;
  output: string;
  events: number;
  duplicates: number;
  conflicts: number;
  accounts: number;
  /** Of the hour's accounts at hand; what is as it was is not written again. */
  pagesWritten: number;
};

/**
 * Folds one (hour, shard) from scratch: every event of the sealed chunks, duplicates dropped, aggregated, written whole
 * under the version. The output is a pure function of the set of events, so a crash, an overlap or a repetition at any
 * point changes nothing but who writes the same bytes last.
 */
export async function fold(task: FoldTask, ports: FoldPorts): Promise<FoldResult> {
  const erased = await new ErasureStore(ports.features).all();
  const sealed = await sealedSegments(task, ports.archive);
  // What was under way when it was erased (functions/features/erase.ts).
  const segments = erased.size === 0 ? sealed : sealed.map((one) => withoutAccounts(one, (account) => erased.get(account)?.at));
  const distinct = distinctEvents(segments);
  const rows = foldRows(task.hour, segments, distinct.places);
  const releases = distinctReleases(segments.flatMap((segment) => segment.dictionaries.releases));
  const key = `folds/${hourLabel(task.hour)}/${String(task.version).padStart(6, '0')}/${task.shard}-of-${task.shards}`;
  const output = writeFoldOutput({ rows, releases });
  await ports.archive.put(key, output);
  const fv = CODE_EPOCH * EPOCH + task.version;
  const atHand = await keepAtHand(task, fv, rows, ports);
  const result: FoldResult = {
    task,
    output: key,
    events: distinct.places.length,
    duplicates: distinct.duplicates,
    conflicts: distinct.conflicts,
    accounts: rows.length,
    pagesWritten: atHand?.written ?? 0,
  };
  await ports.features.put(
    {
      pk: `F#${hourLabel(task.hour)}`,
      sk: `S#${task.shard}`,
      shard: task.shard,
      version: task.version,
      output: key,
      digest: createHash('sha256').update(output).digest('hex').slice(0, 24),
      events: result.events,
      duplicates: result.duplicates,
      conflicts: result.conflicts,
      accounts: result.accounts,
      facts: rows.reduce((sum, { told }) => sum + told, 0),
      ...(atHand ? { pages: atHand.digests } : {}),
      expires: Math.floor((task.hour + 45 * DAY) / 1000),
    },
    { kind: 'at-most', attribute: 'version', value: task.version },
  );
  return result;
}

/**
 * Whether this version of the hour, or a later one, is folded already. A plan names every task that is not done, every few minutes: where
 * folds wait for longer than that, the queue holds a task many times, and doing each of them would make a flood of the first delay.
 */
export async function isFolded({ hour, version, shard }: FoldTask, features: Table): Promise<boolean> {
  const row = await features.get(`F#${hourLabel(hour)}`, `S#${shard}`);
  return row !== undefined && Number(row.version) >= version;
}

async function sealedSegments(task: FoldTask, archive: ObjectStore): Promise<Segment[]> {
  const bytes = await archive.get(task.plan);
  if (!bytes) throw new Error(`the sealed plan ${task.plan} is missing from the archive`);
  const sealed: SealedPlan = JSON.parse(Buffer.from(bytes).toString('utf8'));
  const wanted = sealed.entries.flatMap(({ key, places }) =>
    places.filter(({ segment }) => segment % task.shards === task.shard).map((place) => ({ key, place })),
  );
  const segments = new Map<(typeof wanted)[number], Segment>();
  await inBatches(wanted, AT_ONCE, async (one) => {
    const { key, place } = one;
    const frame = await archive.get(key, { start: place.start, end: place.end });
    if (!frame) throw new Error(`the chunk ${key} is listed and missing from the archive`);
    const segment = readSegment(frame);
    if (segment.rows !== place.rows) throw new Error(`the chunk ${key} has ${segment.rows} events where its manifest says ${place.rows}`);
    segments.set(one, segment);
  });
  return wanted.flatMap((one) => segments.get(one) ?? []);
}

/** `told`: how many of its facts came as events about the account, not with its requests. */
type FoldedRow = FoldRow & { told: number };

/** One row per account, in account order. */
export function foldRows(hour: number, segments: readonly Segment[], places: readonly Place[]): FoldedRow[] {
  type Group = { account: AccountKey; sealed: FoldRow['sealed']; events: Place[]; facts: FactEntry[] };
  const groups = new Map<AccountKey, Group>();
  const local = new Map<Segment, Group[]>();
  for (const segment of segments) {
    const { accounts, sealed, facts } = segment.dictionaries;
    const mine = accounts.map((account, index) => {
      let group = groups.get(account);
      if (!group) {
        group = { account, sealed: sealed[index]!, events: [], facts: [] };
        groups.set(account, group);
      }
      return group;
    });
    local.set(segment, mine);
    for (const patch of facts) mine[patch.account]?.facts.push({ at: patch.at, id: hash64(patch.id), facts: patch.facts });
  }
  let segment: Segment | undefined;
  let mine: Group[] = [];
  for (const place of places) {
    if (place.segment !== segment) {
      segment = place.segment;
      mine = local.get(segment) ?? [];
    }
    mine[place.segment.columns.account[place.row]!]!.events.push(place);
  }
  const withTenants = segments.some(({ dictionaries }) => dictionaries.tenancies !== undefined);
  const features = new Features();
  const out = new ByteWriter();
  const ordered = [...groups.values()].sort((a, b) => (a.account < b.account ? -1 : 1));
  return ordered.map(({ account, sealed, events, facts }) => {
    const told = distinctFacts(facts);
    if (events.length === 0) return { account, sealed, facts: told, told: told.length, features: new Uint8Array(0) };
    aggregateHour(features, hour, events);
    out.clear();
    features.encode(out);
    const all = withTenants ? [...told, ...tenancyFacts(events)] : told;
    return { account, sealed, facts: all, told: told.length, features: out.take() };
  });
}

/**
 * Whose tenant an account is by the events of its requests, which stand in (time, id) order: as many facts as it takes to say the latest
 * of each field, three at most.
 */
function tenancyFacts(events: readonly Place[]): FactEntry[] {
  const facts: FactEntry[] = [];
  const seen: Tenancy = {};
  for (let left = events.length - 1; left >= 0 && Object.keys(seen).length < TENANCY_FIELDS; left--) {
    const place = events[left]!;
    const given = tenancyAt(place.segment, place.row);
    if (!given) continue;
    const news = Object.entries(given).filter(([name]) => !(name in seen));
    if (news.length === 0) continue;
    Object.assign(seen, given);
    facts.push({ at: timeOf(place.segment, place.row), id: hash64(eventId(place)), facts: Object.fromEntries(news) });
  }
  return facts;
}

function distinctReleases(releases: readonly Release[]): Release[] {
  const told = new Map(releases.map((release) => [JSON.stringify([release.at, release.model]), release]));
  return [...told.values()].sort((a, b) => a.at - b.at || (a.model < b.model ? -1 : 1));
}

function distinctFacts(facts: FactEntry[]): FactEntry[] {
  if (facts.length < 2) return facts;
  const text = new Map(facts.map((entry) => [JSON.stringify([entry.at, entry.id, entry.facts]), entry]));
  return [...text.keys()].sort().map((name) => text.get(name)!);
}

async function keepAtHand(task: FoldTask, fv: number, rows: readonly FoldRow[], ports: FoldPorts) {
  if (ports.rows === 'none') return undefined;
  const active = rows.filter(({ features }) => features.length > 0);
  const tier = ports.rows === 'all' ? undefined : await new RiskTierStore(ports.archive).get();
  // Detection has not seen an account that signed up since its last run; its facts say so themselves.
  const isNew = ({ facts }: FoldRow): boolean => facts.some((entry) => isYoung(entry.facts.createdAt, task.hour));
  const before = await ports.features.get(`F#${hourLabel(task.hour)}`, `S#${task.shard}`);
  return new HourStore(ports).put(
    { ...task, fv },
    active,
    (row) => !tier || tier.has(row.account) || isNew(row),
    before?.pages instanceof Uint8Array ? before.pages : undefined,
  );
}
