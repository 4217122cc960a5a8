import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { answered, client, type Schemas } from '../api';
import { useStatus } from '../app';
import { count, moment, plural, relative } from '../format';
import { Badge, Empty, Loaded, Panel } from '../parts/parts';

type Status = Schemas['Status'];
type Fact = { what: string; is: ReactNode; good: boolean; says: ReactNode };

/** Does the pipeline do its work? Each line is a fact that a stage left behind, with what it means when something is wrong. */
export function HealthPage() {
  const status = useStatus();
  const sources = useQuery({
    queryKey: ['sources', 1],
    refetchInterval: 60_000,
    queryFn: () => answered(client().GET('/v1/sources', { params: { query: { days: '1' } } })),
  });
  return (
    <>
      <header>
        <div className="grow">
          <h1>Health</h1>
          <p className="lede">Whether events arrive, are counted, judged and acted on. What needs a look comes first.</p>
        </div>
      </header>
      <Loaded from={status} lines={6}>
        {(data) => (
          <Panel title={`As of ${moment(data.at)}`} flush>
            <ul className="health">
              {[...factsOf(data), ...(sources.data ? [arrivedOf(sources.data)] : [])]
                .sort((one, other) => Number(one.good) - Number(other.good))
                .map((fact) => (
                  <li key={fact.what}>
                    <Badge tone={fact.good ? 'good' : 'danger'}>{fact.good ? 'ok' : 'check'}</Badge>
                    <strong>{fact.what}</strong>
                    <span>{fact.is}</span>
                    <span className="small soft">{fact.says}</span>
                  </li>
                ))}
            </ul>
          </Panel>
        )}
      </Loaded>
      {status.data?.deadLetters && status.data.deadLetters.queues.length > 0 && <DeadLetters found={status.data.deadLetters} />}
      <Notices />
    </>
  );
}

/** Messages that were given up on, by queue, with the command that sends them again. */
function DeadLetters({ found }: { found: NonNullable<Status['deadLetters']> }) {
  return (
    <div style={{ marginTop: 12 }}>
      <Panel title="Dead letters" end={<span className="small soft">looked at {moment(found.at)}</span>} flush>
        <ul className="health notices">
          {found.queues.map(({ queue, messages, since, redrive }) => (
            <li key={queue}>
              <span className="small soft nowrap">since {moment(since)}</span>
              <span>
                <strong>{queue}</strong>: {plural(messages, 'message')}
                <code className="command">{redrive}</code>
              </span>
              <span className="small soft">
                {redrive.includes('purge-queue')
                  ? 'Records of calls that failed: the next call did the same work. Read them, then empty the queue.'
                  : 'Find out first why they died (docs/runbook.md, under the queue’s name). Sending them again is always safe; after 14 days they are gone.'}
              </span>
            </li>
          ))}
        </ul>
      </Panel>
    </div>
  );
}

/** What people are told without looking, and whether the ways to them work. */
function Notices() {
  const notices = useQuery({ queryKey: ['notices'], refetchInterval: 15_000, queryFn: () => answered(client().GET('/v1/notices')) });
  return (
    <Loaded from={notices} lines={3}>
      {({ items, channels }) => (
        <div style={{ marginTop: 12 }}>
          <Panel title="What people are told now" end={<span className="small soft">every 5 minutes</span>} flush>
            {channels.map(({ name, failing }) =>
              failing ? (
                <p className="note danger" role="alert" key={name} style={{ margin: 14 }}>
                  Channel <strong>{name}</strong> is not told since {moment(failing.since)}: {failing.because}.
                </p>
              ) : null,
            )}
            {items.length === 0 ? (
              <Empty title="Nothing waits for anybody">No case, appeal or source that somebody has to hear of.</Empty>
            ) : (
              <ul className="health notices">
                {items.map((one) => (
                  <li key={`${one.kind} ${one.subject}`}>
                    <span className="small soft nowrap">since {moment(one.since)}</span>
                    <span>
                      <Link href={one.path}>{one.title}</Link>
                      <span className="small soft" style={{ display: 'block' }}>
                        {one.because}
                      </span>
                    </span>
                    <span className="small soft">
                      {one.told.length === 0
                        ? channels.length === 0
                          ? 'seen here only: no channel is set up'
                          : 'no channel was told yet'
                        : `told: ${one.told.map(({ channel, at }) => `${channel}, ${moment(at)}`).join('; ')}`}
                    </span>
                  </li>
                ))}
              </ul>
            )}
          </Panel>
        </div>
      )}
    </Loaded>
  );
}

function arrivedOf({ items }: Schemas['Sources']): Fact {
  const accepted = items.reduce((sum, one) => sum + one.accepted, 0);
  const refused = items.reduce((sum, one) => sum + Object.values(one.refused).reduce((a, b) => a + b, 0), 0);
  return {
    what: 'Events refused today',
    is: (
      <Link key="sources" href="/sources">
        {count(refused)} of {count(accepted + refused)}
      </Link>
    ),
    good: refused <= REFUSED_SHARE * (accepted + refused),
    says: 'They are kept with the reason and what to change: npm run redrive sends them again.',
  };
}
/** A source that changed its records shows as more than this. */
const REFUSED_SHARE = 0.01;

function deliveriesOf({ deliveries, at }: Status): Fact[] {
  const { failing, notSeen, givenUp } = deliveries;
  return [
    {
      what: 'Deliveries to the provider',
      is: failing.length === 0 ? 'answered' : `${plural(failing.length, 'case')} without an answer`,
      good: failing.length === 0,
      says:
        failing.length === 0 ? (
          'Every request was answered, or is being asked for the first time.'
        ) : (
          <>
            Nothing is lost; each is asked again:{' '}
            {failing.slice(0, 5).map((one, place) => (
              <span key={one.case}>
                {place > 0 && ', '}
                <Link href={`/cases/${one.case}`}>{one.case}</Link> (tried {plural(one.tries, 'time')}, next {relative(one.retryAt, at)})
              </span>
            ))}
          </>
        ),
    },
    {
      what: 'Actions not carried out',
      is: count(givenUp),
      good: givenUp === 0,
      says:
        givenUp > 0
          ? 'The provider’s system acknowledged them, was asked again, and the accounts are still active: its integration loses them.'
          : notSeen > 0
            ? `${plural(notSeen, 'action')} acknowledged and not yet seen in account events.`
            : 'Every action that was acknowledged shows in the provider’s account events.',
    },
  ];
}

function deadLettersOf({ deadLetters }: Status): Fact {
  const dead = deadLetters?.queues.reduce((sum, { messages }) => sum + messages, 0) ?? 0;
  return {
    what: 'Dead letters',
    is: deadLetters === null ? 'not looked at yet' : count(dead),
    good: dead === 0,
    says: dead > 0 ? 'Messages that were given up on; see below.' : 'No message was given up on.',
  };
}

function factsOf(data: Status): Fact[] {
  const since = (at: string | null): string => (at === null ? 'none yet' : `${relative(at, data.at)} (${moment(at)})`);
  return [
    {
      what: 'Last detection run',
      is: since(data.lastRun),
      good: data.lastRun !== null && !data.stale,
      says: data.stale ? 'Networks that formed since are not seen.' : 'Networks are looked for on schedule.',
    },
    {
      what: 'Newest events',
      is: since(data.newestEvents),
      good: data.newestEvents !== null && Date.parse(data.at) - Date.parse(data.newestEvents) < 3 * 3_600_000,
      says: 'When nothing arrives for hours, a gateway or its queue is silent.',
    },
    {
      what: 'Counted through',
      is: since(data.foldedThrough),
      good: data.hoursWaiting === 0,
      says:
        data.hoursWaiting === 0
          ? 'Every hour that is over is counted.'
          : `${plural(data.hoursWaiting, 'hour')} with events wait to be counted.`,
    },
    {
      what: 'Kill switch',
      is: data.enforcement === 'armed' ? 'enforcement is armed' : 'all actions are stopped',
      good: data.enforcement === 'armed',
      says: 'While it is stopped nothing is asked of the provider; restoring stays possible.',
    },
    {
      what: 'Restores not acknowledged',
      is: count(data.restoresWaiting),
      good: data.restoresWaiting === 0,
      says: 'Accounts whose restored access the provider has not confirmed yet. It is asked again every minute.',
    },
    ...deliveriesOf(data),
    deadLettersOf(data),
    {
      what: 'Waiting for people',
      is: (
        <Link key="queue" href="/">
          {plural(data.casesWaiting, 'case')}
        </Link>
      ),
      good: true,
      says: 'Cases that wait for approval, were stopped, or wait for the second person of an undo.',
    },
    {
      what: 'Overdue appeals',
      is: (
        <Link key="appeals" href="/appeals">
          {count(data.appealsOverdue)}
        </Link>
      ),
      good: data.appealsOverdue === 0,
      says: 'People who were promised an answer by now.',
    },
    {
      what: 'Active accounts',
      is: data.activeAccounts === null ? 'not counted yet' : count(data.activeAccounts),
      good: data.activeAccounts !== null,
      says: 'As the last run counted them; the daily budget is a share of these.',
    },
  ];
}
