import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { answered, client, type Schemas } from '../../api';
import { useMe, useStatus } from '../../app';
import { brief, count, day, plural, relative, sentences, words } from '../../format';
import { CsvButton } from '../../parts/csv-button';
import { Empty, Loaded, Panel, Standing } from '../../parts/parts';
import { toast } from '../../parts/toasts';
import { useFilters } from '../../parts/use-filters';
import { useRowKeys, useRows } from '../../parts/use-rows';
import { type Column, VirtualTable } from '../../parts/virtual-table';

type Row = Schemas['FlaggedAccount'];
const CHOICES = {
  standing: ['active', 'watched', 'in-review', 'warned', 'challenged', 'limited', 'key-disabled', 'suspended'],
  classification: ['distillation', 'reselling', 'hijacked-keys', 'shared-origin', 'unclear'],
  plan: ['free', 'trial', 'paid', 'enterprise'],
  role: ['core', 'peripheral', 'suspected-victim', 'bystander'],
} as const;
const SORTS = [
  ['-detectedAt', 'newest'],
  ['detectedAt', 'oldest'],
  ['-score', 'highest score'],
  ['score', 'lowest score'],
  ['-updatedAt', 'last changed'],
  ['updatedAt', 'longest unchanged'],
] as const;
const FILTERS = { ...CHOICES, sort: SORTS.map(([sort]) => sort) } as const;
export function AccountsPage() {
  const [, go] = useLocation();
  const [chosen, choose] = useFilters(FILTERS);
  const filters = { sort: '-detectedAt' as const, ...chosen };
  const now = useStatus().data?.at;
  const page = (cursor: string | undefined) =>
    answered(client().GET('/v1/accounts', { params: { query: { ...filters, limit: 200, ...(cursor === undefined ? {} : { cursor }) } } }));
  const { query, rows, more, hasMore, waiting } = useRows(['accounts', filters], page, { staying: true });
  const open = (row: Row) => go(`/accounts/${row.account}`);
  const at = useRowKeys('Accounts', rows, (row) => row.account, open);
  const columns: Column<Row>[] = [
    {
      head: 'Account',
      width: '88px',
      cell: (row) => (
        <Link className="mono" href={`/accounts/${row.account}`} title={row.account}>
          {brief(row.account)}
        </Link>
      ),
    },
    { head: 'Standing', width: '100px', cell: (row) => <Standing is={row.standing} /> },
    {
      head: 'Campaign',
      width: '116px',
      cell: (row) =>
        row.campaign ? (
          <Link className="mono" href={`/campaigns/${row.campaign}`}>
            {row.campaign}
          </Link>
        ) : (
          '—'
        ),
    },
    { head: 'Role', width: '108px', cell: (row) => (row.role ? words(row.role) : '—') },
    { head: 'Plan', width: '60px', cell: (row) => row.plan ?? '—' },
    { head: 'Score', width: '58px', number: true, order: 'score', cell: (row) => row.score.toFixed(1) },
    { head: 'Exchanges', width: '80px', number: true, cell: (row) => count(row.exchanges) },
    { head: 'Because', width: 'minmax(190px, 1fr)', cell: (row) => <span title={row.because.join('\n')}>{row.because[0] ?? '—'}</span> },
    {
      head: 'Flagged',
      width: '80px',
      number: true,
      order: 'detectedAt',
      cell: (row) => (now ? relative(row.detectedAt, now) : day(row.detectedAt)),
    },
  ];
  const sortBy = (value: string) => choose('sort', value);
  return (
    <>
      <header>
        <div className="grow">
          <h1>Accounts</h1>
          <p className="lede">
            Every account that was flagged. An account that is not here was left alone; its page opens by id all the same.
          </p>
        </div>
      </header>
      <Panel title="Flagged accounts" flush end={<Find onFound={(account) => go(`/accounts/${account}`)} />}>
        <div className="filters">
          {(['standing', 'classification', 'role', 'plan'] as const).map((name) => (
            <label className="field" key={name}>
              <span>{words(name)}</span>
              <select value={filters[name] ?? ''} onChange={(event) => choose(name, event.target.value)}>
                <option value="">any</option>
                {CHOICES[name].map((value) => (
                  <option key={value}>{value}</option>
                ))}
              </select>
            </label>
          ))}
          <label className="field">
            <span>Sort by</span>
            <select value={filters.sort} onChange={(event) => sortBy(event.target.value)}>
              {SORTS.map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          </label>
        </div>
        <Loaded from={query}>
          {() =>
            rows.length === 0 && !hasMore ? (
              <Empty title="No accounts">Nothing matches these filters.</Empty>
            ) : (
              <VirtualTable
                label="Flagged accounts"
                rows={rows}
                columns={columns}
                keyOf={(row) => row.account}
                at={at}
                height={640}
                sort={filters.sort}
                waiting={waiting}
                onSort={sortBy}
                onOpen={open}
                onMore={more}
              />
            )
          }
        </Loaded>
        <div className="under">
          <span>{hasMore ? `${count(rows.length)} shown, more below` : `${plural(rows.length, 'account')}. End of list`}</span>
          <CsvButton
            name="accounts"
            rows={rows}
            page={page}
            columns={[
              ['account', (row) => row.account],
              ['standing', (row) => row.standing],
              ['campaign', (row) => row.campaign],
              ['classification', (row) => row.classification],
              ['role', (row) => row.role],
              ['plan', (row) => row.plan],
              ['score', (row) => row.score],
              ['exchanges', (row) => row.exchanges],
              ['detectedAt', (row) => row.detectedAt],
              ['because', (row) => sentences(row.because)],
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

const KEY = /^[A-Za-z0-9_-]{22}$/;

/** By key, or by the id that the provider uses: that one is hashed by the server and kept nowhere. */
function Find({ onFound }: { onFound: (account: string) => void }) {
  const [text, setText] = useState('');
  const me = useMe();
  const find = async () => {
    const id = text.trim();
    if (KEY.test(id)) return onFound(id);
    const { account } = await answered(client().POST('/v1/accounts/lookup', { body: { id } }));
    onFound(account);
  };
  if (me.data === undefined || me.data.role === 'viewer') return null;
  return (
    <form
      className="row"
      onSubmit={(event) => {
        event.preventDefault();
        find().catch((error: unknown) => toast(error instanceof Error ? error.message : String(error), 'danger'));
      }}
    >
      <label className="row">
        <span className="small soft">Find</span>
        <input required size={24} placeholder="account id or key" value={text} onChange={(event) => setText(event.target.value)} />
      </label>
      <button type="submit" className="button">
        Go
      </button>
    </form>
  );
}
