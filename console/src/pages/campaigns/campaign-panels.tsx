import { useQuery } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { useLocation } from 'wouter';
import { answered, client, type Schemas } from '../../api';
import { HeatMap } from '../../charts/heat-map';
import { count, moment, plural, ROLE_NAMES, sentences } from '../../format';
import { type Bulk, BulkDialog } from '../../parts/commands/choose';
import { CsvButton } from '../../parts/csv-button';
import { Empty, Family, Loaded, Loading, Panel } from '../../parts/parts';
import { useFilters } from '../../parts/use-filters';
import { useRowKeys, useRows } from '../../parts/use-rows';
import { type Column, VirtualTable } from '../../parts/virtual-table';
import { ChosenBar } from '../cases/case-page';
import { type Regroup, RegroupDialog } from './regrouping';

/** The parts of a campaign's page that load by themselves: links, synchrony, members, indicators. */
const LinkGraph = lazy(() => import('../../charts/link-graph').then((module) => ({ default: module.LinkGraph })));

export const useGraph = (id: string, version: number) =>
  useQuery({
    queryKey: ['graph', id, version],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => answered(client().GET('/v1/campaigns/{campaign}/graph', { params: { path: { campaign: id } } })),
  });

export function LinksPanel({ id, version }: { id: string; version: number }) {
  const graph = useGraph(id, version);
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
const memberColumns = (telling: (member: Member) => string, choose: ((member: Member) => ReactNode) | null): Column<Member>[] => [
  ...(choose ? [{ head: '', width: '28px', cell: choose }] : []),
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
    cell: (member) => (
      <span title={member.because.join('\n')}>{member.placed ? 'A person put it into this campaign.' : telling(member)}</span>
    ),
  },
  { head: 'Exchanges', width: '76px', number: true, cell: (member) => count(member.exchanges) },
  { head: 'Prevented', width: '76px', number: true, cell: (member) => count(member.prevented) },
];

const ROLES = ['core', 'peripheral', 'suspected-victim', 'bystander'] as const;
const ROLE_CHOICE = { role: ROLES } as const;

/** What is telling about a member is what few others have: a sentence that every row repeats says nothing of this one. */
function tellingAmong(rows: readonly Member[]): (member: Member) => string {
  const uses = new Map<string, number>();
  for (const { because } of rows) for (const text of because) uses.set(text, (uses.get(text) ?? 0) + 1);
  return ({ because }) => {
    const rarest = [...because].sort((one, other) => (uses.get(one) ?? 0) - (uses.get(other) ?? 0))[0];
    return rarest ?? '—';
  };
}

type MembersProps = { campaign: Schemas['Campaign']; inCase: Schemas['Case'] | undefined; mayAct: boolean };
export function MembersPanel({ campaign, inCase, mayAct }: MembersProps) {
  const { id, roles, version } = campaign;
  const [, go] = useLocation();
  const [{ role }, choose] = useFilters(ROLE_CHOICE);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [asking, setAsking] = useState<Bulk | null>(null);
  const [regrouping, setRegrouping] = useState<Regroup | null>(null);
  const page = (limit: number) => (cursor: string | undefined) =>
    answered(
      client().GET('/v1/campaigns/{campaign}/members', {
        params: {
          path: { campaign: id },
          query: { limit, ...(role === undefined ? {} : { role }), ...(cursor === undefined ? {} : { cursor }) },
        },
      }),
    );
  const { query, rows, more, hasMore } = useRows(['members', id, version, role ?? ''], page(200));
  const open = (member: Member) => go(`/accounts/${member.account}`);
  const toggle = (account: string) => {
    const next = new Set(chosen);
    if (!next.delete(account)) next.add(account);
    setChosen(next);
  };
  const box = (member: Member) => (
    <input
      type="checkbox"
      aria-label={`Choose account ${member.account.slice(0, 8)}`}
      checked={chosen.has(member.account)}
      onChange={() => toggle(member.account)}
      onClick={(event) => event.stopPropagation()}
    />
  );
  const at = useRowKeys('Members', rows, (member) => member.account, open);
  return (
    <Panel
      title="Members"
      id="members"
      flush
      end={
        <span className="row wraps">
          {mayAct ? (
            <button type="button" className="button tiny" onClick={() => setRegrouping('add')}>
              Add accounts
            </button>
          ) : null}
          <fieldset className="segmented">
            <legend className="visually-hidden">Role</legend>
            <button type="button" aria-pressed={role === undefined} onClick={() => choose('role', '')}>
              all {count(campaign.accounts)}
            </button>
            {ROLES.filter((one) => roles[one] > 0).map((one) => (
              <button key={one} type="button" aria-pressed={role === one} onClick={() => choose('role', one)}>
                {ROLE_NAMES[one].toLowerCase()} {count(roles[one])}
              </button>
            ))}
          </fieldset>
        </span>
      }
    >
      {mayAct ? (
        <ChosenBar chosen={chosen} inCase={inCase} onAsk={setAsking} onClear={() => setChosen(new Set())}>
          {(['split', 'remove'] as const).map((what) => (
            <button key={what} type="button" className="button tiny" onClick={() => setRegrouping(what)}>
              {what === 'split' ? 'Split off' : 'Remove from the campaign'}
            </button>
          ))}
        </ChosenBar>
      ) : null}
      {regrouping ? (
        <RegroupDialog
          what={regrouping}
          campaign={campaign}
          accounts={[...chosen]}
          onClose={() => {
            setRegrouping(null);
            setChosen(new Set());
          }}
        />
      ) : null}
      {asking ? (
        <BulkDialog
          what={asking}
          accounts={[...chosen]}
          inCase={inCase}
          onClose={() => {
            setAsking(null);
            setChosen(new Set());
          }}
        />
      ) : null}
      <Loaded from={query}>
        {() =>
          rows.length === 0 ? (
            <Empty title="No member has this role" />
          ) : (
            <VirtualTable
              label="Members"
              rows={rows}
              columns={memberColumns(tellingAmong(rows), mayAct ? box : null)}
              keyOf={(member) => member.account}
              at={at}
              height={440}
              onOpen={open}
              onMore={more}
            />
          )
        }
      </Loaded>
      <div className="under">
        <span>{hasMore ? `${count(rows.length)} shown, more below` : `${plural(rows.length, 'member')}. End of list`}</span>
        <CsvButton
          name={`members-${id}${role === undefined ? '' : `-${role}`}`}
          rows={rows}
          page={page(1_000)}
          columns={[
            ['account', (member) => member.account],
            ['role', (member) => member.role],
            ['score', (member) => member.score],
            ['families', (member) => member.families.join(' ')],
            ['because', (member) => sentences(member.because)],
            ['joinedAt', (member) => member.joinedAt],
            ['exchanges', (member) => member.exchanges],
            ['prevented', (member) => member.prevented],
            ['cloud', (member) => member.cloud ?? ''],
            ['placedByAPerson', (member) => (member.placed ? 'yes' : 'no')],
          ]}
        />
      </div>
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
            <Empty title="No indicators">What several members share, and others do not, is an indicator: one account alone has none.</Empty>
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
