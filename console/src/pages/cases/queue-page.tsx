import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { answered, client, type Schemas } from '../../api';
import { useMe, useStatus } from '../../app';
import { CLASSIFICATION_NAMES, compact, count, doing, listed, moment, percent, plural, readable, relative, words } from '../../format';
import { useCaseCommands } from '../../parts/commands/case-commands';
import { OpenByHand } from '../../parts/commands/choose';
import { CsvButton } from '../../parts/csv-button';
import { Empty, Figures, Loaded, Panel, Progress } from '../../parts/parts';
import { Arrived } from '../../parts/steady';
import { useFilters } from '../../parts/use-filters';
import { useRowKeys, useRows, useSteady } from '../../parts/use-rows';

type Row = Schemas['QueueEntry'];
const CHOICES = { state: ['open', 'closed'] } as const;

/** A case of a campaign is decided on the campaign's page; one that a person opened has a page of its own. */
const pageOf = (row: Pick<Row, 'byHand' | 'campaign' | 'id'>): string => (row.byHand ? `/cases/${row.id}` : `/campaigns/${row.campaign}`);

/** What waits for people comes first; then what is under way. */
export function QueuePage() {
  const [, go] = useLocation();
  const [{ state = 'open' }, choose] = useFilters(CHOICES);
  const page = (limit: number) => (cursor: string | undefined) =>
    answered(client().GET('/v1/cases', { params: { query: { state, limit, ...(cursor === undefined ? {} : { cursor }) } } }));
  const list = useRows(['cases', state], page(50), { refetchInterval: 5_000 });
  const { query, more, hasMore } = list;
  const { rows, arrived, gone, renew } = useSteady(list.rows, (row) => row.id, state);
  const status = useStatus();
  const me = useMe();
  const [opening, setOpening] = useState(false);
  const open = (row: Row) => go(pageOf(row));
  const [marked, setMarked] = useState<Row | undefined>();
  const commands = useCaseCommands(marked);
  const at = useRowKeys('Queue', rows, (row) => row.id, open, commands.keys, 0);
  const under = rows[at];
  const live = under && !gone.has(under.id) ? under : undefined;
  if (live !== marked) setMarked(live);
  const waiting = rows.filter((row) => !gone.has(row.id) && waits(row)).length;
  return (
    <>
      <header>
        <div className="grow">
          <h1>Queue</h1>
          <p className="lede">
            What waits for people comes first. Nobody is touched until enough people approve, and everything can be undone.
          </p>
        </div>
        {me.data && me.data.role !== 'viewer' ? (
          <button type="button" className="button" onClick={() => setOpening(true)}>
            Open a case by hand
          </button>
        ) : null}
      </header>
      <div className="stack">
        <Figures
          items={[
            ['waiting for people', count(waiting)],
            [state === 'open' ? 'open cases' : 'closed cases', `${count(rows.length)}${hasMore ? '+' : ''}`],
            ['campaigns', status.data ? count(status.data.campaigns) : '…'],
            ['member accounts', status.data ? compact(status.data.accounts) : '…'],
            [
              'last detection run',
              status.data ? (
                <Link key="run" href="/health">
                  {status.data.lastRun ? relative(status.data.lastRun, status.data.at) : 'none yet'}
                </Link>
              ) : (
                '…'
              ),
            ],
          ]}
        />
        <Panel
          title="Cases"
          flush
          end={
            <fieldset className="segmented">
              <legend className="visually-hidden">Which cases</legend>
              {CHOICES.state.map((one) => (
                <button key={one} type="button" aria-pressed={state === one} onClick={() => choose('state', one)}>
                  {one}
                </button>
              ))}
            </fieldset>
          }
        >
          <Arrived arrived={arrived} gone={gone.size} what="case" onShow={renew} />
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
                      gone={gone.has(row.id)}
                      now={status.data?.at}
                      buttons={gone.has(row.id) ? null : commands.buttons(row, index === at)}
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
              <span>{plural(rows.length, 'case')}. End of list</span>
            )}
            <CsvButton
              name="cases"
              rows={rows}
              page={page(200)}
              columns={[
                ['case', (row) => row.id],
                ['campaign', (row) => row.campaign],
                ['classification', (row) => row.classification],
                ['rule', (row) => row.rule],
                ['action', (row) => row.action],
                ['progress', (row) => row.progress],
                ['accounts', (row) => row.size],
                ['forPeople', (row) => row.forPeople],
                ['approvals', (row) => row.approvals.length],
                ['approversNeeded', (row) => row.approversNeeded],
                ['assignee', (row) => row.assignee],
                ['openedAt', (row) => row.openedAt],
              ]}
            />
            <span className="row">
              <kbd>j</kbd> <kbd>k</kbd> move, <kbd>↵</kbd> opens, <kbd>a</kbd> approve, <kbd>r</kbd> reject, <kbd>u</kbd> undo
            </span>
          </div>
        </Panel>
      </div>
      {commands.dialog}
      {opening ? <OpenByHand onClose={() => setOpening(false)} /> : null}
    </>
  );
}

const waits = (row: Row): boolean =>
  row.progress === 'awaiting-approval' || row.progress === 'stopped' || (row.undoRequests.length > 0 && row.undoneAt === null);

type CaseRowProps = { row: Row; here: boolean; gone: boolean; now: string | undefined; buttons: React.ReactNode };
function CaseRow({ row, here, gone, now, buttons }: CaseRowProps) {
  const { summary } = row;
  return (
    <li className={`case ${here ? 'at' : ''} ${gone ? 'gone' : ''}`} aria-current={here ? 'true' : undefined}>
      <div>
        <Progress is={row.progress} />
      </div>
      <div className="stack" style={{ gap: 3 }}>
        <h3>
          <Link href={pageOf(row)}>
            {row.byHand ? 'Opened by hand' : CLASSIFICATION_NAMES[row.classification]}:{' '}
            {doing(row.action, row.size, row.keys.length).replace(/^./, (letter) => letter.toLowerCase())}
          </Link>
        </h3>
        <p>{gone ? 'No longer in this list: somebody decided, or it moved on.' : nowDoing(row)}</p>
        <div className="facts">
          <span className="mono">{row.id}</span>
          {summary ? (
            <span>
              {percent(summary.probability, 1)} {words(row.classification)}, on {listed(summary.families)}
            </span>
          ) : null}
          {row.assignee ? <span>{row.assignee} works on it</span> : null}
          {summary ? <span>{compact(summary.exchanges)} requests so far</span> : null}
          {row.forPeople > 0 ? <span>{plural(row.forPeople, 'protected account')}, only people may act</span> : null}
          {row.approversNeeded > 0 && row.containedAt === null ? (
            <span>
              {row.approvals.length} of {plural(row.approversNeeded, 'approver')}
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

/** What is going on in a case, to a person who reads it for the first time. */
export function nowDoing(row: Row): string {
  const last = readable(row.because.at(-1) ?? '');
  const sentence = last === '' ? '' : ` ${last.charAt(0).toUpperCase()}${last.slice(1)}.`;
  if (row.undoRequests.length > 0 && row.undoneAt === null)
    return `${row.undoRequests[0]?.by ?? 'A person'} asked for an undo: it takes another person.`;
  switch (row.progress) {
    case 'held':
      return 'Waiting: random delay so the operator cannot time us.';
    case 'awaiting-approval': {
      const left = Math.max(row.approversNeeded - row.approvals.length, 1);
      return row.byHand && !row.mayApprove && row.approvals.length === 0
        ? `Waiting for another person than ${row.openedBy ?? 'who opened it'} to approve.`
        : `Waiting for ${plural(left, row.approvals.length > 0 ? 'more approval' : 'approval')}.${sentence}`;
    }
    case 'watching':
      return `Stage ${(row.stage ?? 0) + 1} is done; its effects are watched before the next.${sentence}`;
    case 'stopped':
      return `Stopped until people decide.${sentence}`;
    case 'containing':
    case 'contained':
    case 'undoing':
    case 'undone':
    case 'rejected':
    case 'lapsed':
    case 'withdrawn':
    case 'expired':
      return sentence.trim();
    default:
      return row.progress satisfies never;
  }
}

/** What `until` means, by where the case is. */
export function untilWords(progress: Row['progress']): string {
  switch (progress) {
    case 'held':
      return 'delay ends';
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
