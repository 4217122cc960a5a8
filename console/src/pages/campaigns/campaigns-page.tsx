import { Link, useLocation } from 'wouter';
import { answered, client, type Schemas } from '../../api';
import { useStatus } from '../../app';
import { bestGuess, compact, count, day, percent, plural, relative } from '../../format';
import { CsvButton } from '../../parts/csv-button';
import { Classification, Empty, Loaded, Panel } from '../../parts/parts';
import { Arrived } from '../../parts/steady';
import { useFilters } from '../../parts/use-filters';
import { useRowKeys, useRows, useSteady } from '../../parts/use-rows';
import { type Column, VirtualTable } from '../../parts/virtual-table';

type Row = Schemas['CampaignSummary'];
const SORTS = [
  ['-updatedAt', 'last changed'],
  ['updatedAt', 'longest unchanged'],
  ['-accounts', 'largest'],
  ['accounts', 'smallest'],
  ['-exchanges', 'most exchanges'],
  ['exchanges', 'fewest exchanges'],
  ['-detectedAt', 'newest'],
  ['detectedAt', 'oldest'],
] as const;
const CLASSIFICATIONS = ['distillation', 'reselling', 'hijacked-keys', 'shared-origin', 'unclear'] as const;
const CHOICES = { sort: SORTS.map(([sort]) => sort), classification: CLASSIFICATIONS, show: ['current', 'ended'] } as const;

export function CampaignsPage() {
  const [, go] = useLocation();
  const [{ sort = '-accounts', classification, show = 'current' }, choose] = useFilters(CHOICES);
  const status = useStatus().data;
  const now = status?.at;
  const page = (limit: number) => (cursor: string | undefined) =>
    answered(
      client().GET('/v1/campaigns', {
        params: {
          query: {
            sort,
            limit,
            ...(show === 'ended' ? { ended: 'true' as const } : {}),
            ...(classification === undefined ? {} : { classification }),
            ...(cursor === undefined ? {} : { cursor }),
          },
        },
      }),
    );
  const {
    query,
    rows: fresh,
    more,
    hasMore,
    waiting,
  } = useRows(['campaigns', sort, classification, show], page(100), { refetchInterval: 10_000, staying: true });
  const { rows, arrived, gone, renew } = useSteady(fresh, (row) => row.id, `${sort} ${classification} ${show}${waiting ? ' waiting' : ''}`);
  const open = (row: Row) => go(`/campaigns/${row.id}`);
  const at = useRowKeys('Campaigns', rows, (row) => row.id, open);
  const columns: Column<Row>[] = [
    {
      head: 'Campaign',
      width: 'minmax(120px, 1.4fr)',
      cell: (row) => (
        <Link className="mono" href={`/campaigns/${row.id}`}>
          {row.id}
        </Link>
      ),
    },
    { head: 'Classification', width: '130px', cell: (row) => <Classification is={row.classification} /> },
    { head: 'Accounts', width: '82px', number: true, order: 'accounts', cell: (row) => count(row.accounts) },
    {
      head: 'Probability',
      width: '190px',
      number: true,
      cell: (row) => (row.classification === 'unclear' ? bestGuess(row.probabilities) : percent(row.probability, 1)),
    },
    { head: 'Exchanges', width: '90px', number: true, order: 'exchanges', cell: (row) => compact(row.exchanges) },
    { head: 'Aimed at', width: 'minmax(110px, 1fr)', cell: (row) => topTargets(row.targets) },
    { head: 'First seen', width: '96px', number: true, cell: (row) => day(row.firstSeen) },
    {
      head: 'Changed',
      width: '88px',
      number: true,
      order: 'updatedAt',
      cell: (row) => (now ? relative(row.updatedAt, now) : day(row.updatedAt)),
    },
  ];
  const sortBy = (value: string) => choose('sort', value);
  // Of all classes the pipeline keeps the count.
  const total = classification || show === 'ended' ? undefined : status?.campaigns;
  return (
    <>
      <header>
        <div className="grow">
          <h1>Campaigns</h1>
          <p className="lede">Networks of accounts that keep their identity from run to run, whatever became of them.</p>
        </div>
      </header>
      <Panel title={show === 'ended' ? 'Ended campaigns' : 'Current campaigns'} flush>
        <div className="filters">
          <label className="field">
            <span>Show</span>
            <select value={show} onChange={(event) => choose('show', event.target.value)}>
              <option value="current">current ones</option>
              <option value="ended">ended: nobody of it seen for long</option>
            </select>
          </label>
          <label className="field">
            <span>Classification</span>
            <select value={classification ?? ''} onChange={(event) => choose('classification', event.target.value)}>
              <option value="">any</option>
              {CLASSIFICATIONS.map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          </label>
          <label className="field">
            <span>Sort by</span>
            <select value={sort} onChange={(event) => sortBy(event.target.value)}>
              {SORTS.map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          </label>
        </div>
        <Arrived arrived={arrived} gone={gone.size} what="campaign" onShow={renew} />
        <Loaded from={query}>
          {() =>
            rows.length === 0 ? (
              <Empty title="No campaigns">
                {show === 'ended' ? 'No campaign' : 'Detection has found no network'}
                {classification ? ` classified as ${classification}` : ''} {show === 'ended' ? 'has ended yet.' : 'yet.'}
              </Empty>
            ) : (
              <VirtualTable
                label="Campaigns"
                rows={rows}
                columns={columns}
                keyOf={(row) => row.id}
                at={at}
                height={640}
                sort={sort}
                waiting={waiting}
                onSort={sortBy}
                onOpen={open}
                onMore={more}
              />
            )
          }
        </Loaded>
        <div className="under">
          <span>
            {hasMore
              ? `${count(rows.length)}${total === undefined ? '' : ` of ${count(total)}`} shown, more below`
              : `${plural(rows.length, 'campaign')}, ${count(rows.reduce((sum, row) => sum + row.accounts, 0))} accounts. End of list`}
          </span>
          <CsvButton
            name={show === 'ended' ? 'campaigns-ended' : 'campaigns'}
            rows={rows}
            page={page(200)}
            columns={[
              ['campaign', (row) => row.id],
              ['classification', (row) => row.classification],
              ['probability', (row) => row.probability],
              ['accounts', (row) => row.accounts],
              ['exchanges', (row) => row.exchanges],
              ['firstSeen', (row) => row.firstSeen],
              ['lastSeen', (row) => row.lastSeen],
              ['detectedAt', (row) => row.detectedAt],
              ['families', (row) => row.families.join(' ')],
            ]}
          />
          <span className="row">
            <kbd>j</kbd> <kbd>k</kbd> move, <kbd>↵</kbd> opens
          </span>
        </div>
      </Panel>
    </>
  );
}

export const topTargets = (targets: Row['targets']): string =>
  Object.entries(targets)
    .sort(([, one], [, other]) => other - one)
    .slice(0, 2)
    .map(([name, share]) => `${name} ${percent(share)}`)
    .join(', ') || '—';
