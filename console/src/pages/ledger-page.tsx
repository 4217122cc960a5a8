import { Link, useSearchParams } from 'wouter';
import { answered, client, type Schemas } from '../api';
import { useMe, useStatus } from '../app';
import { brief, day, moment, plural, readable, sentences, words } from '../format';
import { CsvButton } from '../parts/csv-button';
import { Empty, Loaded, Panel } from '../parts/parts';
import { Arrived } from '../parts/steady';
import { useFilters } from '../parts/use-filters';
import { useRows, useSteady } from '../parts/use-rows';

type Entry = Schemas['LedgerEntry'];
const CHOICES = {
  about: [
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
    'label',
    'disclosure',
    'regrouping',
    'erasure',
    'legal-hold',
    'verification',
    'referral',
    'canary',
  ],
  by: ['person', 'policy', 'clock', 'provider', 'appellant'],
} as const;
const NAMES: Record<string, string> = {
  workflow: 'everything but single accounts',
  person: 'people',
  clock: 'the schedule',
  policy: 'the policy',
  provider: 'the provider',
  appellant: 'persons concerned',
  operator: 'imported operator',
  regrouping: 'who belongs together',
};
const DAY_MS = 86_400_000;

export function LedgerPage() {
  const [{ about: chosen, by }, choose] = useFilters(CHOICES);
  const [search, setSearch] = useSearchParams();
  const me = useMe();
  const now = useStatus().data?.at;
  const viewer = me.data?.role === 'viewer';
  const person = viewer ? '' : (search.get('person') ?? '');
  const date = search.get('day') ?? '';
  const text = search.get('text') ?? '';
  // Whoever asks what people did asks for what they did to single accounts, too.
  const about = chosen ?? (person !== '' || by === 'person' ? 'everything' : 'workflow');
  const set = (name: string, value: string) =>
    setSearch(
      (before) => {
        const after = new URLSearchParams(before);
        if (value === '') after.delete(name);
        else after.set(name, value);
        return after;
      },
      { replace: true },
    );
  const asked = {
    about,
    ...(by === undefined ? {} : { actor: by }),
    ...(person === '' ? {} : { person }),
    ...(text.trim().length < 2 ? {} : { text: text.trim() }),
    ...(date === '' ? {} : { since: `${date}T00:00:00Z`, until: `${date}T23:59:59.999Z` }),
  };
  const page = (cursor: string | undefined) =>
    answered(client().GET('/v1/ledger', { params: { query: { ...asked, limit: 200, ...(cursor === undefined ? {} : { cursor }) } } }));
  const { query, rows, more, hasMore, waiting } = useRows(['ledger', asked], page, { refetchInterval: 10_000, staying: true });
  const steady = useSteady(rows, (entry) => entry.hash, `${JSON.stringify(asked)}${waiting}`);
  const days = [...new Set(steady.rows.map((entry) => entry.at.slice(0, 10)))];
  const yesterday = now ? new Date(Date.parse(now) - DAY_MS).toISOString().slice(0, 10) : '';
  return (
    <>
      <header>
        <div className="grow">
          <h1>Audit log</h1>
          <p className="lede">Every action by anyone. Append-only and hash-chained: an entry is the act itself, not a note about it.</p>
        </div>
      </header>
      <div className="filters bare">
        <Choice label="About" value={about} options={CHOICES.about} onChoose={(value) => choose('about', value)} />
        <Choice label="Done by" value={by ?? ''} options={CHOICES.by} any="anybody" onChoose={(value) => choose('by', value)} />
        {viewer ? null : (
          <label className="field">
            <span>Person</span>
            <input
              defaultValue={person}
              key={person}
              placeholder="name in the log"
              onBlur={(event) => set('person', event.target.value.trim())}
              onKeyDown={(event) => event.key === 'Enter' && set('person', event.currentTarget.value.trim())}
            />
          </label>
        )}
        <label className="field">
          <span>Day (UTC)</span>
          <input type="date" value={date} onChange={(event) => set('day', event.target.value)} />
        </label>
        <label className="field">
          <span>Words</span>
          <input
            defaultValue={text}
            key={text}
            placeholder="in what was done or why"
            onBlur={(event) => set('text', event.target.value)}
            onKeyDown={(event) => event.key === 'Enter' && set('text', event.currentTarget.value)}
          />
        </label>
        {yesterday && date !== yesterday ? (
          <button type="button" className="button tiny" onClick={() => set('day', yesterday)}>
            Yesterday
          </button>
        ) : null}
        {search.size > 0 ? (
          <button type="button" className="button tiny" onClick={() => setSearch(new URLSearchParams(), { replace: true })}>
            Clear
          </button>
        ) : null}
      </div>
      <Arrived arrived={steady.arrived} gone={0} what="entry" onShow={steady.renew} />
      <Loaded from={query}>
        {() =>
          steady.rows.length === 0 ? (
            <Panel title="Nothing" flush>
              <Empty title="No entries">{hasMore ? 'None among the entries loaded so far.' : 'Nothing matches.'}</Empty>
            </Panel>
          ) : (
            <div className="stack">
              {days.map((one) => (
                <Panel key={one} title={day(one)} flush>
                  <Entries
                    entries={steady.rows.filter((entry) => entry.at.startsWith(one))}
                    fold
                    onPerson={viewer ? undefined : (id) => set('person', id)}
                  />
                </Panel>
              ))}
            </div>
          )
        }
      </Loaded>
      <p className="row" style={{ paddingTop: 12 }}>
        {hasMore ? (
          <button type="button" className="button" onClick={more} disabled={query.isFetchingNextPage}>
            Older entries
          </button>
        ) : steady.rows.length > 0 ? (
          <span className="soft small">{plural(steady.rows.length, 'entry', 'entries')}. End of list</span>
        ) : null}
        <CsvButton
          name="audit-log"
          rows={steady.rows}
          page={page}
          columns={[
            ['at', (entry) => entry.at],
            ['subject', (entry) => entry.subject.kind],
            ['id', (entry) => entry.subject.id],
            ['what', (entry) => entry.what],
            ['by', (entry) => entry.actor.id ?? entry.actor.kind],
            ['because', (entry) => sentences(entry.because)],
            ['hash', (entry) => entry.hash],
          ]}
        />
      </p>
    </>
  );
}

type ChoiceProps = { label: string; value: string; options: readonly string[]; any?: string; onChoose: (value: string) => void };
const Choice = ({ label, value, options, any, onChoose }: ChoiceProps) => (
  <label className="field">
    <span>{label}</span>
    <select value={value} onChange={(event) => onChoose(event.target.value)}>
      {any ? <option value="">{any}</option> : null}
      {options.map((one) => (
        <option key={one} value={one}>
          {NAMES[one] ?? words(one)}
        </option>
      ))}
    </select>
  </label>
);

/** What the schedule did to one case, one after the other, is one line that opens. */
type Folded = { entry: Entry; more: Entry[] };
function folded(entries: readonly Entry[]): Folded[] {
  const groups: Folded[] = [];
  const open = new Map<string, Folded>();
  for (const entry of entries) {
    const subject = `${entry.subject.kind} ${entry.subject.id}`;
    if (entry.actor.kind !== 'clock') {
      groups.push({ entry, more: [] });
      open.delete(subject);
      continue;
    }
    const group = open.get(subject);
    if (group) group.more.push(entry);
    else {
      const made = { entry, more: [] };
      groups.push(made);
      open.set(subject, made);
    }
  }
  return groups;
}

type EntriesProps = { entries: readonly Entry[]; narrow?: boolean; fold?: boolean; onPerson?: ((id: string) => void) | undefined };
export function Entries({ entries, narrow = false, fold = false, onPerson }: EntriesProps) {
  const groups = fold ? folded(entries) : entries.map((entry) => ({ entry, more: [] }));
  return (
    <ul className={`entries ${narrow ? 'narrow' : ''}`}>
      {groups.map(({ entry, more }) => (
        <Line key={entry.hash} entry={entry} narrow={narrow} more={more} onPerson={onPerson} />
      ))}
    </ul>
  );
}

function Line({
  entry,
  more,
  narrow,
  onPerson,
}: {
  entry: Entry;
  more: Entry[];
  narrow: boolean;
  onPerson: ((id: string) => void) | undefined;
}) {
  return (
    <li>
      <time className="small soft nowrap" dateTime={entry.at} title={`entry ${entry.sequence}, hash ${entry.hash}`}>
        {moment(entry.at)}
      </time>
      <Who actor={entry.actor} onPerson={onPerson} />
      {narrow ? null : <Subject of={entry.subject} />}
      <div>
        <span className="what">{words(entry.what)}</span>
        {entry.because.length > 0 ? <span className="soft">: {readable(sentences(entry.because))}</span> : null}
        {more.length > 0 ? (
          <details className="small">
            <summary>{plural(more.length, 'more step')} of this case on schedule</summary>
            <ul>
              {more.map((one) => (
                <li key={one.hash}>
                  {moment(one.at)} <span className="what">{words(one.what)}</span>
                  {one.because.length > 0 ? <span className="soft">: {readable(sentences(one.because))}</span> : null}
                </li>
              ))}
            </ul>
          </details>
        ) : null}
      </div>
    </li>
  );
}

function Who({ actor, onPerson }: { actor: Entry['actor']; onPerson?: ((id: string) => void) | undefined }) {
  switch (actor.kind) {
    case 'person':
      return (
        <span>
          {actor.id !== null && onPerson ? (
            <button type="button" className="plain" title="What this person did" onClick={() => onPerson(actor.id ?? '')}>
              {actor.id}
            </button>
          ) : (
            (actor.id ?? 'a person')
          )}{' '}
          <span className="small soft">{actor.role}</span>
        </span>
      );
    case 'policy':
      return actor.id === 'none' ? (
        <span>no rule</span>
      ) : (
        <span>
          rule <span className="mono">{actor.id}</span>
        </span>
      );
    case 'clock':
      return <span className="soft">on schedule</span>;
    case 'provider':
      return <span className="soft">the provider</span>;
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
          <Link className="mono" href={`/cases/${of.id}`}>
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
    case 'disclosure':
      return <Link href="/disclosures">disclosure</Link>;
    case 'label':
      return (
        <span>
          label of{' '}
          <Link className="mono" href={`/accounts/${of.id}`} title={of.id}>
            {brief(of.id)}
          </Link>
        </span>
      );
    case 'referral':
      return (
        <span>
          referral{' '}
          <Link className="mono" href="/referrals?state=all">
            {of.id}
          </Link>
        </span>
      );
    case 'verification':
      return (
        <span>
          verification of{' '}
          <Link className="mono" href={`/accounts/${of.id}`} title={of.id}>
            {brief(of.id)}
          </Link>
        </span>
      );
    case 'exoneration': {
      const [scope = '', id = ''] = of.id.split(':');
      return (
        <span>
          exoneration of {scope === 'organization' ? 'organisation' : scope}{' '}
          {scope === 'account' || scope === 'campaign' ? (
            <Link className="mono" href={`/${scope}s/${id}`} title={id}>
              {scope === 'account' ? brief(id) : id}
            </Link>
          ) : (
            <span className="mono">{id}</span>
          )}
        </span>
      );
    }
    case 'rule':
    case 'kill-switch':
    case 'policy':
    case 'appeal':
    case 'operator':
    case 'regrouping':
    case 'erasure':
    case 'legal-hold':
    case 'canary':
    case 'other':
      return (
        <span>
          {words(of.kind)} <span className="mono">{of.id}</span>
        </span>
      );
    default:
      return of.kind satisfies never;
  }
}
