import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { answered, client, type Schemas } from '../api';
import { useStatus } from '../app';
import { compact, count, KIND_NAMES, moment, percent, relative, words } from '../format';
import { useCaseCommands } from '../parts/case-commands';
import { Empty, Figures, Loaded, Panel, Progress } from '../parts/parts';
import { useRowKeys, useRows } from '../parts/use-rows';

type Row = Schemas['QueueEntry'];

/** What waits for people comes first; then what is under way. */
export function QueuePage() {
  const [, go] = useLocation();
  const [state, setState] = useState<'open' | 'closed'>('open');
  const { query, rows, more, hasMore } = useRows(
    ['cases', state],
    (cursor) =>
      answered(client().GET('/v1/cases', { params: { query: { state, limit: 50, ...(cursor === undefined ? {} : { cursor }) } } })),
    { refetchInterval: 5_000 },
  );
  const status = useStatus();
  const open = (row: Row) => go(`/campaigns/${row.campaign}`);
  const [marked, setMarked] = useState<Row | undefined>();
  const commands = useCaseCommands(marked);
  const at = useRowKeys('Queue', rows, open, commands.keys, 0);
  const under = rows[at];
  if (under !== marked) setMarked(under);
  const waiting = rows.filter((row) => row.progress === 'awaiting-approval' || row.progress === 'stopped').length;
  return (
    <>
      <header>
        <div className="grow">
          <h1>Queue</h1>
          <p className="lede">
            What waits for people comes first. Nothing here touches anybody until the policy’s approvals are in; everything here can be
            undone.
          </p>
        </div>
      </header>
      <div className="stack">
        <Figures
          items={[
            ['waiting for people', count(waiting)],
            [state === 'open' ? 'open cases' : 'closed cases', `${count(rows.length)}${hasMore ? '+' : ''}`],
            ['campaigns', status.data ? count(status.data.campaigns) : '…'],
            ['member accounts', status.data ? compact(status.data.accounts) : '…'],
            ['last detection run', status.data ? (status.data.lastRun ? relative(status.data.lastRun, status.data.at) : 'never') : '…'],
          ]}
        />
        <Panel
          title="Cases"
          flush
          end={
            <fieldset className="segmented">
              <legend className="visually-hidden">Which cases</legend>
              {(['open', 'closed'] as const).map((one) => (
                <button key={one} type="button" aria-pressed={state === one} onClick={() => setState(one)}>
                  {one}
                </button>
              ))}
            </fieldset>
          }
        >
          <Loaded from={query}>
            {() =>
              rows.length === 0 ? (
                <Empty title={state === 'open' ? 'Nothing is open' : 'Nothing is closed yet'}>
                  {state === 'open' ? 'Campaigns that call for action appear here as cases. ' : ''}
                  <Link href="/campaigns">See all campaigns</Link>
                </Empty>
              ) : (
                <ol className="cases">
                  {rows.map((row, index) => (
                    <CaseRow
                      key={row.id}
                      row={row}
                      here={index === at}
                      now={status.data?.at}
                      buttons={commands.buttons(row, index === at)}
                    />
                  ))}
                </ol>
              )
            }
          </Loaded>
          <div className="under">
            {hasMore ? (
              <button type="button" className="button tiny" onClick={more}>
                More
              </button>
            ) : (
              <span>That is all.</span>
            )}
            <span className="row">
              <kbd>j</kbd> <kbd>k</kbd> move, <kbd>↵</kbd> opens, <kbd>a</kbd> approve, <kbd>r</kbd> reject, <kbd>u</kbd> undo
            </span>
          </div>
        </Panel>
      </div>
      {commands.dialog}
    </>
  );
}

function CaseRow({ row, here, now, buttons }: { row: Row; here: boolean; now: string | undefined; buttons: React.ReactNode }) {
  const { summary } = row;
  return (
    <li className={`case ${here ? 'at' : ''}`} aria-current={here ? 'true' : undefined}>
      <div>
        <Progress is={row.progress} />
      </div>
      <div className="stack" style={{ gap: 3 }}>
        <h3>
          <Link href={`/campaigns/${row.campaign}`}>
            {KIND_NAMES[row.kind]}: {words(row.rung)} {count(row.size)} {row.size === 1 ? 'account' : 'accounts'}
          </Link>
        </h3>
        <p>{row.because[row.because.length - 1]}</p>
        <div className="facts">
          <span className="mono">{row.id}</span>
          {summary ? (
            <span>
              {percent(summary.probability, 1)} {words(row.kind)} on {summary.families.length} families
            </span>
          ) : null}
          {summary ? <span>{compact(summary.exchanges)} exchanges so far</span> : null}
          {row.forPeople > 0 ? <span>{count(row.forPeople)} protected, left to people</span> : null}
          {row.approversNeeded > 0 ? (
            <span>
              {row.approvals.length} of {row.approversNeeded} approvals
              {row.approvals.length > 0 ? ` (${row.approvals.map((approval) => approval.by ?? 'a person').join(', ')})` : ''}
            </span>
          ) : null}
          {row.until ? (
            <span>
              {untilWords(row.progress)} {now ? relative(row.until, now) : moment(row.until)}
            </span>
          ) : null}
        </div>
      </div>
      <div className="end">{buttons}</div>
    </li>
  );
}

/** What `until` means, by where the case is. */
export function untilWords(progress: Row['progress']): string {
  switch (progress) {
    case 'held':
      return 'hold ends';
    case 'awaiting-approval':
      return 'lapses';
    case 'watching':
      return 'next stage';
    case 'contained':
      return 'expires';
    case 'containing':
    case 'undoing':
      return 'next step';
    case 'stopped':
    case 'undone':
    case 'rejected':
    case 'lapsed':
    case 'withdrawn':
    case 'expired':
      return '';
    default:
      return progress satisfies never;
  }
}
