import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { useLocation } from 'wouter';
import { answered, client, type Schemas } from '../api';
import { HeatMap } from '../charts/heat-map';
import { count, moment, ROLE_NAMES } from '../format';
import { Empty, Family, Loaded, Loading, Panel } from '../parts/parts';
import { useRowKeys, useRows } from '../parts/use-rows';
import { type Column, VirtualTable } from '../parts/virtual-table';

/** The parts of a campaign's page that load by themselves: links, synchrony, members, indicators. */
const LinkGraph = lazy(() => import('../charts/link-graph').then((module) => ({ default: module.LinkGraph })));

export function LinksPanel({ id, version }: { id: string; version: number }) {
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

export function SynchronyPanel({ id, version }: { id: string; version: number }) {
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

export function MembersPanel({ campaign }: { campaign: Schemas['Campaign'] }) {
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
export function IndicatorsPanel({ id, version }: { id: string; version: number }) {
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
