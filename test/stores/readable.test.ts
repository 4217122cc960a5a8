import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { NotReadable } from '../../shared/domain/checked';
import { AccessLog } from '../../shared/http/access-log';
import { campaignId, sealedId } from '../../shared/identity/ids';
import { MemoryObjectStore } from '../../shared/memory/memory-object-store';
import { MemoryTable } from '../../shared/memory/memory-table';
import { SimulatedClock } from '../../shared/memory/simulated-clock';
import { noteArrivals } from '../../shared/stores/archive/arrival-store';
import { KnownAccountStore } from '../../shared/stores/archive/known-account-store';
import { SightingStore } from '../../shared/stores/archive/sighting-store';
import { SummaryStore } from '../../shared/stores/archive/summary-store';
import { CampaignGraphStore } from '../../shared/stores/campaigns/campaign-graph-store';
import { CampaignStore } from '../../shared/stores/campaigns/campaign-store';
import { FlaggedStore } from '../../shared/stores/campaigns/flagged-store';
import { LabelStore } from '../../shared/stores/campaigns/label-store';
import { NoticeStore } from '../../shared/stores/cases/notice-store';
import { account, buildCampaign, T0 } from '../support/worlds/build-campaign';

/** A table and a bucket that remember whether anything was written. */
function watched() {
  const clock = new SimulatedClock(T0);
  const table = new MemoryTable(clock);
  const archive = new MemoryObjectStore();
  const written: string[] = [];
  const [put, putObject] = [table.put.bind(table), archive.put.bind(archive)];
  table.put = async (item, condition) => {
    written.push(`${item.pk}/${item.sk}`);
    return put(item, condition);
  };
  archive.put = async (key, bytes, options) => {
    written.push(key);
    return putObject(key, bytes, options);
  };
  return { table, archive, written };
}
type World = ReturnType<typeof watched>;

const NONE = Number.NaN;
/** As a defect would hand it over: the types say it cannot be. */
const broken = <T>(value: unknown): T => value as T;
const campaign = (over: object) => broken<Parameters<CampaignStore['save']>[0]>({ ...buildCampaign({ size: 3 }), ...over });
const summary = {
  account: account(1),
  at: T0,
  facts: {},
  exchanges: 1,
  prevented: 0,
  inputTokens: 1,
  outputTokens: 1,
  statuses: {},
  models: {},
  tasks: {},
  channels: {},
  languages: {},
  countries: {},
  distinct: {},
  hours: [],
};
const detected = { account: account(1), at: T0, score: 3, exchanges: 1, because: [] };

const REFUSED: [string, (world: World) => Promise<unknown>][] = [
  [
    'a campaign whose typicality is no number',
    ({ table, archive }) => new CampaignStore({ graph: table, archive }).save(campaign({ typicality: NONE })),
  ],
  [
    'a campaign of no class',
    ({ table, archive }) => new CampaignStore({ graph: table, archive }).save(campaign({ classification: 'hobby' })),
  ],
  [
    'a member without a score',
    ({ table, archive }) =>
      new CampaignStore({ graph: table, archive }).save(
        campaign({ members: [{ ...buildCampaign({ size: 1 }).members[0], score: Number.POSITIVE_INFINITY }] }),
      ),
  ],
  [
    'links that have no weight',
    ({ archive }) =>
      new CampaignGraphStore(archive).saveLinks(campaignId('C-1'), 1, broken([{ a: account(1), b: account(2), weight: NONE }])),
  ],
  [
    'hours that are no numbers',
    ({ archive }) => new CampaignGraphStore(archive).saveHours(campaignId('C-1'), 1, [{ account: account(1), hours: [[NONE, 1, 0]] }]),
  ],
  [
    'a flagged account whose score is infinite',
    ({ table }) => new FlaggedStore(table).detected({ ...detected, score: Number.NEGATIVE_INFINITY }),
  ],
  ['a flagged account of no standing', ({ table }) => new FlaggedStore(table).stands(account(1), broken('grounded'), T0)],
  ['a flagged account at no time', ({ table }) => new FlaggedStore(table).stands(account(1), 'watched', NONE)],
  [
    'facts whose time is no number',
    ({ table }) => new KnownAccountStore(table).put({ account: account(1), sealed: sealedId('s'), facts: { createdAt: NONE } }),
  ],
  [
    'facts of no plan',
    ({ table }) => new KnownAccountStore(table).put({ account: account(1), sealed: sealedId('s'), facts: { plan: broken('gold') } }),
  ],
  [
    'a summary whose tokens are no number',
    ({ table }) => new SummaryStore(table).put({ ...summary, inputTokens: NONE }, sealedId('sealed')),
  ],
  [
    'an access at no time',
    ({ table }) =>
      new AccessLog(table).write({ at: NONE, requestId: 'r', method: 'GET', route: '/', subjects: {}, status: 200, milliseconds: 1 }),
  ],
  [
    'an access without a status',
    ({ table }) =>
      new AccessLog(table).write({ at: T0, requestId: 'r', method: 'GET', route: '/', subjects: {}, status: 1.5, milliseconds: 1 }),
  ],
  [
    'a label from nowhere',
    ({ table }) =>
      new LabelStore(table).put(
        broken({ account: account(1), value: null, source: 'rumour', by: 'x', at: T0, because: '', judged: null, entry: 'e' }),
      ),
  ],
  ['a channel that failed at no time', ({ table }) => new NoticeStore(table).putChannel('mail', { lastAt: NONE, failing: null })],
  ['sources that were looked at never', ({ table }) => new NoticeStore(table).putSources(NONE, new Map())],
  [
    'a notice without a time',
    ({ table }) =>
      new NoticeStore(table).put(broken({ notice: { kind: 'case-waits', case: 'c', account: 'a', campaign: 'b' }, since: NONE, told: {} })),
  ],
  ['sightings that are no text', ({ table }) => new SightingStore(table).note(broken('o-1'), broken([7]))],
  [
    'arrivals that were not counted',
    ({ table }) =>
      noteArrivals(table, {
        arrivals: { litellm: { accepted: NONE, refused: {}, usage: 0, accounts: 0, latest: 0, fields: {} } },
        digest: 'd',
        now: T0,
      }),
  ],
];

describe('nothing is written that its reader would refuse', () => {
  test.each(REFUSED)('%s', async (_, write) => {
    const world = watched();
    await expect((async () => write(world))()).rejects.toThrow(/is not written: its reader would refuse|Invalid time value/);
    expect(world.written).toEqual([]);
  });

  test('what is refused is named by record and field, and never by its value', async () => {
    const { table } = watched();
    const secret = 'acct-of-somebody';
    const put = new KnownAccountStore(table).put({ account: account(1), sealed: sealedId('s'), facts: { plan: broken(secret) } });
    await expect(put).rejects.toThrow(NotReadable);
    await expect(put).rejects.toThrow('facts of account account-00001 is not written: its reader would refuse plan (invalid_value)');
  });

  /** They check what they write in a way of their own, or write nothing that a schema reads. */
  const OTHERWISE: Readonly<Record<string, string>> = {
    'ledger-store.ts': 'reads the entry and its state as a reader will before it puts them (test/stores/unreadable.test.ts)',
    'policy-store.ts': 'parses the policy before it keeps it',
    'standing-ledger.ts': 'writes through the ledger and the flagged accounts',
  };
  test('every store that reads with a schema checks with it what it writes', () => {
    const folder = join(__dirname, '..', '..', 'shared', 'stores');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    const reading = files.filter((file) => {
      const text = readFileSync(join(folder, file), 'utf8');
      return /\b[A-Z]\w*\.(safeParse|parse)\(/.test(text.replace(/\b(JSON|Date)\.parse\(/g, '')) && /\.put\(/.test(text);
    });
    expect(reading.length).toBeGreaterThan(7);
    const unchecked = reading.filter(
      (file) => !OTHERWISE[basename(file)] && !/from '(\.\.\/)+domain\/checked'/.test(readFileSync(join(folder, file), 'utf8')),
    );
    expect(unchecked).toEqual([]);
  });
});

describe('one row that cannot be read stops no other', () => {
  test('of the flagged accounts: it is left out of the list, and written again when detection says something of it', async () => {
    const { table } = watched();
    const store = new FlaggedStore(table);
    for (const n of [1, 2, 3]) await store.detected({ ...detected, account: account(n), at: T0 + n });
    const row = await table.get(`A#${account(2)}`, 'FLAGGED');
    await table.put({ ...row!, flagged: { account: account(2), score: 'high' } });
    const listed = async () => (await store.page({ order: 'detectedAt', limit: 10 })).accounts.map((one) => one.account);
    expect(await listed()).toEqual([account(3), account(1)]);
    await store.detected({ ...detected, account: account(2), at: T0 + 9 });
    expect((await listed()).sort()).toEqual([account(1), account(2), account(3)].sort());
  });

  test('of the access log', async () => {
    const { table } = watched();
    const log = new AccessLog(table);
    const entry = { at: T0, requestId: 'r-1', method: 'GET', route: '/', subjects: {}, status: 200, milliseconds: 1 };
    await log.write(entry);
    await table.put({ pk: 'ACCESS#2026-04-22', sk: '2026-04-22T00:00:00.000Z#r-2', entry: { at: 'then' } });
    expect((await log.page('2026-04-22', 10)).entries).toEqual([entry]);
  });
});
