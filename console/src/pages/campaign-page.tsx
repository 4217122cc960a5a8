import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { useLocation } from 'wouter';
import { answered, client, type Schemas } from '../api';
import { useStatus } from '../app';
import { HeatMap } from '../charts/heat-map';
import { Timeline } from '../charts/timeline';
import { compact, count, day, moment, percent, ROLE_NAMES, relative, shortDay } from '../format';
import { useCaseCommands } from '../parts/case-commands';
import { useKeys } from '../parts/keyboard';
import { Empty, Family, Figures, Kind, Loaded, Loading, Panel, Sentences } from '../parts/parts';
import { useRowKeys, useRows } from '../parts/use-rows';
import { type Column, VirtualTable } from '../parts/virtual-table';
import { CasePanel } from './case-panel';

const LinkGraph = lazy(() => import('../charts/link-graph').then((module) => ({ default: module.LinkGraph })));

const SECTIONS = [
  ['evidence', 'Evidence'],
  ['timeline', 'Timeline'],
  ['links', 'Links'],
  ['synchrony', 'Synchrony'],
  ['members', 'Members'],
  ['indicators', 'Indicators'],
] as const;

export function CampaignPage({ id }: { id: string }) {
  const campaign = useQuery({
    queryKey: ['campaign', id],
    refetchInterval: 10_000,
    queryFn: () => answered(client().GET('/v1/campaigns/{campaign}', { params: { path: { campaign: id } } })),
  });
  const cases = useQuery({
    queryKey: ['cases-of', id],
    refetchInterval: 5_000,
    queryFn: () => answered(client().GET('/v1/cases', { params: { query: { state: 'all', campaign: id, limit: 20 } } })),
  });
  const newest = [...(cases.data?.items ?? [])].sort((one, other) => (one.openedAt < other.openedAt ? 1 : -1))[0];
  const commands = useCaseCommands(newest);
  useKeys('Campaign', [
    ...commands.keys,
    ...SECTIONS.map(([section, label], index) => ({
      keys: String(index + 1),
      label,
      does: () => document.getElementById(section)?.scrollIntoView({ block: 'start' }),
    })),
    { keys: 'd', label: 'Download the dossier', does: () => void download(id, 'md') },
  ]);
  return (
    <Loaded from={campaign} lines={10}>
      {(data) => (
        <>
          <header>
            <div className="grow">
              <h1>
                Campaign{' '}
                <span className="mono" style={{ fontSize: 16 }}>
                  {data.id}
                </span>
              </h1>
              <p className="row" style={{ paddingTop: 4 }}>
                <Kind is={data.kind} />
                <span className="soft">
                  {percent(data.probability, 1)} probable, on {data.families.length} independent families of evidence
                </span>
              </p>
            </div>
            <div className="row">
              <button type="button" className="button" onClick={() => void download(id, 'md')}>
                Dossier{' '}
                <span className="kbd" aria-hidden="true">
                  d
                </span>
              </button>
              <button type="button" className="button" onClick={() => void download(id, 'json')}>
                as JSON
              </button>
            </div>
          </header>
          <nav className="sections" aria-label="Sections">
            {SECTIONS.map(([section, label], index) => (
              <a key={section} href={`#${section}`}>
                {label}{' '}
                <span className="kbd" aria-hidden="true">
                  {index + 1}
                </span>
              </a>
            ))}
          </nav>
          <div className="stack">
            <Figures
              items={[
                ['accounts', count(data.accounts)],
                ['exchanges', compact(data.exchanges)],
                [
                  'leaked before detection',
                  <>
                    {compact(data.exchangesBeforeDetection)}{' '}
                    <small>{percent(data.exchangesBeforeDetection / Math.max(1, data.exchanges + data.prevented), 1)}</small>
                  </>,
                ],
                ['prevented', compact(data.prevented)],
                ['output tokens', compact(data.outputTokens)],
                ['first seen', shortDay(data.firstSeen)],
                ['last seen', shortDay(data.lastSeen)],
              ]}
            />
            <div className="columns">
              <div className="stack">
                <Panel title="Evidence" id="evidence">
                  {data.evidence.length === 0 ? <Empty title="No evidence is recorded" /> : <Sentences evidence={data.evidence} />}
                </Panel>
                <Panel title="Timeline: exchanges an hour" id="timeline">
                  {data.timeline.length === 0 ? (
                    <Empty title="No hours yet" />
                  ) : (
                    <Timeline timeline={data.timeline} marks={marksOf(data, newest)} />
                  )}
                </Panel>
              </div>
              <aside className="stack">
                <CasePanel entry={newest} pending={cases.isPending} buttons={newest ? commands.buttons(newest) : null} />
                <Panel title="Aimed at">
                  <Targets targets={data.targets} />
                </Panel>
              </aside>
            </div>
            <LinksPanel id={id} version={data.version} />
            <SynchronyPanel id={id} version={data.version} />
            <MembersPanel campaign={data} />
            <IndicatorsPanel id={id} version={data.version} />
            <Provenance of={data} />
          </div>
          {commands.dialog}
        </>
      )}
    </Loaded>
  );
}

/** Detection, and containment if it came to that, as the timeline marks them. */
function marksOf(data: Schemas['Campaign'], newest: Schemas['QueueEntry'] | undefined) {
  const contained = newest?.containedAt ? [{ at: newest.containedAt, label: 'contained' }] : [];
  return [{ at: data.detectedAt, label: 'detected' }, ...contained];
}

const Targets = ({ targets }: { targets: Schemas['Campaign']['targets'] }) => (
  <ul className="targets">
    {Object.entries(targets)
      .sort(([, one], [, other]) => other - one)
      .map(([name, share]) => (
        <li key={name}>
          <span>{name}</span>
          <span className="bar" aria-hidden="true">
            <span style={{ width: percent(share) }} />
          </span>
          <span className="number" style={{ textAlign: 'right' }}>
            {percent(share)}
          </span>
        </li>
      ))}
  </ul>
);

function LinksPanel({ id, version }: { id: string; version: number }) {
  const graph = useQuery({
    queryKey: ['graph', id, version],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => answered(client().GET('/v1/campaigns/{campaign}/graph', { params: { path: { campaign: id } } })),
  });
  const [painted, setPainted] = useState<number>();
  return (
    <Panel
      title="Links"
      id="links"
      flush
      end={
        graph.data ? (
          <span className="small soft">
            {count(graph.data.accounts.length)} accounts, {count(graph.data.from.length)} links
            {graph.data.omitted > 0 ? ` (the ${count(graph.data.omitted)} weakest left out)` : ''}
            {painted === undefined ? '' : `, drawn in ${Math.round(painted)} ms`}
          </span>
        ) : null
      }
    >
      <Loaded from={graph}>
        {(data) =>
          data.from.length === 0 ? (
            <Empty title="No links were kept">This version of the campaign was saved without its link graph.</Empty>
          ) : (
            <Suspense fallback={<Loading />}>
              <LinkGraph graph={data} onPainted={setPainted} />
            </Suspense>
          )
        }
      </Loaded>
    </Panel>
  );
}

function SynchronyPanel({ id, version }: { id: string; version: number }) {
  const hours = useQuery({
    queryKey: ['hours', id, version],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => answered(client().GET('/v1/campaigns/{campaign}/hours', { params: { path: { campaign: id }, query: { rows: 160 } } })),
  });
  return (
    <Panel title="Synchrony: members by hours" id="synchrony">
      <Loaded from={hours}>
        {(data) =>
          data.rows.length === 0 ? (
            <Empty title="No hours were kept">This version of the campaign was saved without its members’ hours.</Empty>
          ) : (
            <HeatMap hours={data} />
          )
        }
      </Loaded>
    </Panel>
  );
}

type Member = Schemas['Member'];
const MEMBER_COLUMNS: Column<Member>[] = [
  {
    head: 'Account',
    width: '92px',
    cell: (member) => (
      <a className="mono" href={`/accounts/${member.account}`} title={member.account}>
        {member.account.slice(0, 8)}
      </a>
    ),
  },
  {
    head: 'Role',
    width: '132px',
    cell: (member) => (
      <span className="row" style={{ gap: 6, flexWrap: 'nowrap' }}>
        <i className={`dot ${member.role}`} /> {ROLE_NAMES[member.role]}
      </span>
    ),
  },
  { head: 'Score', width: '56px', number: true, cell: (member) => member.score.toFixed(1) },
  {
    head: 'Families',
    width: '250px',
    cell: (member) => (
      <span className="row" style={{ gap: 8, flexWrap: 'nowrap' }}>
        {member.families.map((family) => (
          <Family key={family} name={family} />
        ))}
      </span>
    ),
  },
  {
    head: 'Because',
    width: 'minmax(220px, 1fr)',
    cell: (member) => <span title={member.because.join('\n')}>{member.because[0] ?? '—'}</span>,
  },
  { head: 'Exchanges', width: '76px', number: true, cell: (member) => count(member.exchanges) },
  { head: 'Prevented', width: '76px', number: true, cell: (member) => count(member.prevented) },
];

function MembersPanel({ campaign }: { campaign: Schemas['Campaign'] }) {
  const { id, roles, version } = campaign;
  const [, go] = useLocation();
  const [role, setRole] = useState<Member['role'] | ''>('');
  const { query, rows, more } = useRows(['members', id, version, role], (cursor) =>
    answered(
      client().GET('/v1/campaigns/{campaign}/members', {
        params: {
          path: { campaign: id },
          query: { limit: 200, ...(role === '' ? {} : { role }), ...(cursor === undefined ? {} : { cursor }) },
        },
      }),
    ),
  );
  const open = (member: Member) => go(`/accounts/${member.account}`);
  const at = useRowKeys('Members', rows, open);
  return (
    <Panel
      title="Members"
      id="members"
      flush
      end={
        <fieldset className="segmented">
          <legend className="visually-hidden">Role</legend>
          <button type="button" aria-pressed={role === ''} onClick={() => setRole('')}>
            all {count(campaign.accounts)}
          </button>
          {(['core', 'peripheral', 'suspected-victim', 'bystander'] as const).map((one) => (
            <button key={one} type="button" aria-pressed={role === one} onClick={() => setRole(one)}>
              {ROLE_NAMES[one].toLowerCase()} {count(roles[one])}
            </button>
          ))}
        </fieldset>
      }
    >
      <Loaded from={query}>
        {() =>
          rows.length === 0 ? (
            <Empty title="No member has this role" />
          ) : (
            <VirtualTable
              label="Members"
              rows={rows}
              columns={MEMBER_COLUMNS}
              keyOf={(member) => member.account}
              at={at}
              height={440}
              onOpen={open}
              onMore={more}
            />
          )
        }
      </Loaded>
    </Panel>
  );
}

const MOST_INDICATORS = 12;
function IndicatorsPanel({ id, version }: { id: string; version: number }) {
  const [all, setAll] = useState(false);
  const indicators = useQuery({
    queryKey: ['indicators', id, version],
    queryFn: () => answered(client().GET('/v1/campaigns/{campaign}/indicators', { params: { path: { campaign: id } } })),
  });
  return (
    <Panel title="Indicators: what the members share" id="indicators" flush>
      <Loaded from={indicators}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="No indicators" />
          ) : (
            <>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard (WCAG 2.1.1) */}
              <div className="table-wrap" tabIndex={0} role="region" aria-label="Indicators">
                <table>
                  <thead>
                    <tr>
                      <th>Shared</th>
                      <th>Family</th>
                      <th>Keyed hash</th>
                      <th className="number">Members</th>
                      <th className="number">Others</th>
                      <th className="number">First use</th>
                      <th className="number">Last use</th>
                    </tr>
                  </thead>
                  <tbody>
                    {items.slice(0, all ? items.length : MOST_INDICATORS).map((item, index) => (
                      <tr key={`${item.type} ${item.indicator ?? index}`}>
                        <td>{item.type.replace(/-/g, ' ')}</td>
                        <td>
                          <Family name={item.family} />
                        </td>
                        <td className="mono">{item.indicator ?? 'for reviewers'}</td>
                        <td className="number">{count(item.members)}</td>
                        <td className="number">{count(item.others)}</td>
                        <td className="number nowrap">{moment(item.firstUse)}</td>
                        <td className="number nowrap">{moment(item.lastUse)}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
              <div className="under">
                <span>
                  {count(all ? items.length : Math.min(items.length, MOST_INDICATORS))} of {count(items.length)}, the most shared first
                </span>
                {all || items.length <= MOST_INDICATORS ? null : (
                  <button type="button" className="button tiny" onClick={() => setAll(true)}>
                    Show all
                  </button>
                )}
              </div>
            </>
          )
        }
      </Loaded>
    </Panel>
  );
}

function Provenance({ of }: { of: Schemas['Campaign'] }) {
  const now = useStatus().data?.at;
  return (
    <p className="small soft">
      Version {of.version}, written {moment(of.updatedAt)}
      {now ? ` (${relative(of.updatedAt, now)})` : ''} by run <span className="mono">{of.provenance.run}</span>, code{' '}
      <span className="mono">{of.provenance.code}</span>, policy <span className="mono">{of.provenance.policy}</span>, input{' '}
      <span className="mono">{of.provenance.input}</span>.
      {of.lineage.map((step) => ` ${day(step.at)}: ${step.what} with ${step.with}, ${step.because}.`)}
    </p>
  );
}

async function download(id: string, form: 'md' | 'json'): Promise<void> {
  const params = { path: { campaign: id } };
  const text =
    form === 'md'
      ? await answered(client().GET('/v1/campaigns/{campaign}/dossier.md', { params, parseAs: 'text' }))
      : JSON.stringify(await answered(client().GET('/v1/campaigns/{campaign}/dossier', { params })), null, 2);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: form === 'md' ? 'text/markdown' : 'application/json' }));
  link.download = `campaign-${id}.${form}`;
  link.click();
  URL.revokeObjectURL(link.href);
}
