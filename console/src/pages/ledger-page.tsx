import { useState } from 'react';
import { Link } from 'wouter';
import { answered, client, type Schemas } from '../api';
import { brief, day, moment } from '../format';
import { Empty, Loaded, Panel } from '../parts/parts';
import { useRows } from '../parts/use-rows';

type Entry = Schemas['LedgerEntry'];
const ABOUT = [
  'workflow',
  'everything',
  'account',
  'case',
  'decision',
  'exoneration',
  'policy',
  'rule',
  'kill-switch',
  'appeal',
  'operator',
] as const;
const NAMES: Partial<Record<(typeof ABOUT)[number], string>> = { workflow: 'everything but single accounts' };

export function LedgerPage() {
  const [about, setAbout] = useState<(typeof ABOUT)[number]>('workflow');
  const { query, rows, more, hasMore } = useRows(
    ['ledger', about],
    (cursor) =>
      answered(client().GET('/v1/ledger', { params: { query: { about, limit: 200, ...(cursor === undefined ? {} : { cursor }) } } })),
    { refetchInterval: 10_000 },
  );
  const days = [...new Set(rows.map((entry) => entry.at.slice(0, 10)))];
  return (
    <>
      <header>
        <div className="grow">
          <h1>Ledger</h1>
          <p className="lede">
            Every action by anyone: people, policy, clock, provider and the persons concerned. Append-only and hash-chained by subject; an
            entry is the act, not a note about it.
          </p>
        </div>
        <label className="field">
          <span>About</span>
          <select value={about} onChange={(event) => setAbout(ABOUT.find((one) => one === event.target.value) ?? 'workflow')}>
            {ABOUT.map((one) => (
              <option key={one} value={one}>
                {NAMES[one] ?? one}
              </option>
            ))}
          </select>
        </label>
      </header>
      <Loaded from={query}>
        {() =>
          rows.length === 0 ? (
            <Panel title="Nothing yet" flush>
              <Empty title="No entries">{hasMore ? 'None among the entries loaded so far.' : 'Nobody has done anything yet.'}</Empty>
            </Panel>
          ) : (
            <div className="stack">
              {days.map((date) => (
                <Panel key={date} title={day(date)} flush>
                  <Entries entries={rows.filter((entry) => entry.at.startsWith(date))} />
                </Panel>
              ))}
            </div>
          )
        }
      </Loaded>
      {hasMore ? (
        <p style={{ paddingTop: 12 }}>
          <button type="button" className="button" onClick={more} disabled={query.isFetchingNextPage}>
            Older entries
          </button>
        </p>
      ) : null}
    </>
  );
}

export const Entries = ({ entries, narrow = false }: { entries: readonly Entry[]; narrow?: boolean }) => (
  <ul className={`entries ${narrow ? 'narrow' : ''}`}>
    {entries.map((entry) => (
      <li key={entry.hash}>
        <time className="small soft nowrap" dateTime={entry.at} title={`entry ${entry.sequence}, hash ${entry.hash}`}>
          {moment(entry.at)}
        </time>
        <Who actor={entry.actor} />
        {narrow ? null : <Subject of={entry.subject} />}
        <span>
          <span className="what">{entry.what}</span>
          {entry.because.length > 0 ? <span className="soft">: {entry.because.join('; ')}</span> : null}
        </span>
      </li>
    ))}
  </ul>
);

function Who({ actor }: { actor: Entry['actor'] }) {
  switch (actor.kind) {
    case 'person':
      return (
        <span>
          {actor.id ?? 'a person'} <span className="small soft">{actor.role}</span>
        </span>
      );
    case 'policy':
      return (
        <span>
          rule <span className="mono">{actor.id}</span>
        </span>
      );
    case 'clock':
    case 'provider':
      return <span className="soft">{actor.kind}</span>;
    case 'appellant':
      return <span>person concerned</span>;
    default:
      return actor.kind satisfies never;
  }
}

function Subject({ of }: { of: Entry['subject'] }) {
  switch (of.kind) {
    case 'account':
      return (
        <span>
          account{' '}
          <Link className="mono" href={`/accounts/${of.id}`} title={of.id}>
            {brief(of.id)}
          </Link>
        </span>
      );
    case 'case':
      return (
        <span>
          case{' '}
          <Link className="mono" href={`/campaigns/${of.id.replace(/\.\d+$/, '')}`}>
            {of.id}
          </Link>
        </span>
      );
    case 'decision':
      return (
        <span>
          decision{' '}
          <Link className="mono" href={`/campaigns/${of.id}`}>
            {of.id}
          </Link>
        </span>
      );
    case 'exoneration':
    case 'rule':
    case 'kill-switch':
    case 'policy':
    case 'appeal':
    case 'operator':
    case 'other':
      return (
        <span>
          {of.kind} <span className="mono">{of.id}</span>
        </span>
      );
    default:
      return of.kind satisfies never;
  }
}
