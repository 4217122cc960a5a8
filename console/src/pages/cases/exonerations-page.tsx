import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { answered, client, type Schemas } from '../../api';
import { useMe, useStatus } from '../../app';
import { brief, day, plural, words } from '../../format';
import { Days } from '../../parts/commands/choose';
import { CommandDialog } from '../../parts/commands/command-dialog';
import { CsvButton } from '../../parts/csv-button';
import { Badge, Empty, Loaded, Panel } from '../../parts/parts';
import { useFilters } from '../../parts/use-filters';

type Scope = { kind: Schemas['Exoneration']['scope']['kind']; id: string };
/** Hashes of organisations are null for viewers. */
type One = Omit<Schemas['Exoneration'], 'scope'> & { scope: Scope };
const CHOICES = { scope: ['account', 'campaign', 'organization'], show: ['holding', 'all'] } as const;
const SCOPES = { account: 'account', campaign: 'campaign', organization: 'organisation' } as const;
const SHOWN = 200;

/** Who is protected from actions, until when, by whose word; and the way to take the word back. */
export function ExonerationsPage() {
  const all = useQuery({ queryKey: ['exonerations'], refetchInterval: 15_000, queryFn: () => answered(client().GET('/v1/exonerations')) });
  const [{ scope, show = 'holding' }, choose] = useFilters(CHOICES);
  const [find, setFind] = useState('');
  const [asking, setAsking] = useState<'new' | One | null>(null);
  const me = useMe();
  const may = me.data !== undefined && me.data.role !== 'viewer';
  const wanted = find.trim();
  return (
    <>
      <header>
        <div className="grow">
          <h1>Exonerations</h1>
          <p className="lede">
            Accounts, campaigns and organisations that are protected from new actions until a date, whatever is found. Each ends by itself.
          </p>
        </div>
        {may ? (
          <button type="button" className="button main" onClick={() => setAsking('new')}>
            Exonerate
          </button>
        ) : null}
      </header>
      <Panel title="Who is protected" flush>
        <div className="filters">
          <label className="field">
            <span>Scope</span>
            <select value={scope ?? ''} onChange={(event) => choose('scope', event.target.value)}>
              <option value="">any</option>
              {CHOICES.scope.map((one) => (
                <option key={one} value={one}>
                  {SCOPES[one]}
                </option>
              ))}
            </select>
          </label>
          <label className="field">
            <span>Show</span>
            <select value={show} onChange={(event) => choose('show', event.target.value)}>
              <option value="holding">those that hold now</option>
              <option value="all">past and revoked ones too</option>
            </select>
          </label>
          <label className="field">
            <span>Find by id</span>
            <input value={find} placeholder="key, campaign or hash" onChange={(event) => setFind(event.target.value)} />
          </label>
        </div>
        <Loaded from={all}>
          {({ items }) => {
            const named = items.map((one): One => ({ ...one, scope: { kind: one.scope.kind, id: one.scope.id ?? 'for reviewers' } }));
            const shown = named.filter(
              (one) =>
                (scope === undefined || one.scope.kind === scope) &&
                (show === 'all' || one.holds) &&
                (wanted === '' || one.scope.id.includes(wanted)),
            );
            if (shown.length === 0)
              return <Empty title="Nobody">{wanted === '' ? 'No exoneration matches.' : `No exoneration is about ${wanted}.`}</Empty>;
            return (
              <>
                <ol className="cases">
                  {shown.slice(0, SHOWN).map((one) => (
                    <Row
                      key={`${one.from} ${one.scope.kind} ${one.scope.id}`}
                      one={one}
                      onRevoke={may && one.holds ? () => setAsking(one) : null}
                    />
                  ))}
                </ol>
                <div className="under">
                  <span>
                    {shown.length > SHOWN
                      ? `The first ${SHOWN} of ${shown.length}: narrow them by id`
                      : `${plural(shown.length, 'exoneration')}. End of list`}
                  </span>
                  <CsvButton
                    name="exonerations"
                    rows={shown}
                    columns={[
                      ['scope', (one) => one.scope.kind],
                      ['id', (one) => one.scope.id],
                      ['effect', (one) => one.effect],
                      ['holds', (one) => (one.holds ? 'yes' : one.revoked ? 'revoked' : 'ended')],
                      ['until', (one) => one.until],
                      ['because', (one) => one.because],
                      ['by', (one) => one.by],
                      ['from', (one) => one.from],
                    ]}
                  />
                </div>
              </>
            );
          }}
        </Loaded>
      </Panel>
      {asking === 'new' ? <NewExoneration onClose={() => setAsking(null)} /> : null}
      {asking !== null && asking !== 'new' ? <Revoke one={asking} onClose={() => setAsking(null)} /> : null}
    </>
  );
}

function Row({ one, onRevoke }: { one: One; onRevoke: (() => void) | null }) {
  return (
    <li className="case">
      <div>
        <Badge tone={one.holds ? 'good' : 'plain'}>{one.holds ? words(one.effect) : one.revoked ? 'revoked' : 'ended'}</Badge>
      </div>
      <div className="stack" style={{ gap: 3 }}>
        <h3>
          <Named scope={one.scope} />
        </h3>
        <p>{one.because}</p>
        <div className="facts">
          <span>
            {one.holds ? 'protected from new actions until' : 'until'} {day(one.until)}
          </span>
          <span>{one.from === 'person' ? `by ${one.by ?? 'a reviewer'}` : 'from an undone case or a granted appeal'}</span>
        </div>
      </div>
      <div className="end">
        {onRevoke ? (
          <button type="button" className="button" onClick={onRevoke}>
            Revoke
          </button>
        ) : null}
      </div>
    </li>
  );
}

function Named({ scope }: { scope: Scope }) {
  const label = scope.kind === 'account' ? brief(scope.id) : scope.id;
  if (scope.kind === 'organization')
    return (
      <>
        Organisation <span className="mono">{label}</span>
      </>
    );
  return (
    <>
      {scope.kind === 'account' ? 'Account' : 'Campaign'}{' '}
      <Link className="mono" href={`/${scope.kind === 'account' ? 'accounts' : 'campaigns'}/${scope.id}`} title={scope.id}>
        {label}
      </Link>
    </>
  );
}

/** The scope as commands take it. */
function scopeOf({ kind, id }: Scope) {
  switch (kind) {
    case 'account':
      return { kind, account: id } as const;
    case 'campaign':
      return { kind, campaign: id } as const;
    case 'organization':
      return { kind, organization: id } as const;
    default:
      return kind satisfies never;
  }
}

const Revoke = ({ one, onClose }: { one: One; onClose: () => void }) => (
  <CommandDialog
    title={`Revoke the exoneration of ${SCOPES[one.scope.kind]} ${one.scope.kind === 'account' ? brief(one.scope.id) : one.scope.id}`}
    act="Revoke"
    danger
    onClose={onClose}
    send={({ because, key }) =>
      answered(
        client().POST('/v1/exonerations/revoke', {
          params: { header: { 'idempotency-key': key } },
          body: { scope: scopeOf(one.scope), because },
        }),
      )
    }
  >
    <p>From now on the policy decides about it again. Nothing is done by this alone.</p>
    {one.scope.kind === 'campaign' ? <p>The accounts of its undone case are no longer exonerated either.</p> : null}
  </CommandDialog>
);

const EFFECTS = [
  ['exonerated', 'Exonerated: found to be in order'],
  ['protected', 'Protected: only people may act'],
  ['exempt', 'Exempt by contract (takes an admin)'],
] as const;

/** Exonerate an account, a campaign or a whole organisation. */
export function NewExoneration({ scope: given, onClose }: { scope?: Scope; onClose: () => void }) {
  const now = useStatus().data?.at ?? new Date().toISOString();
  const role = useMe().data?.role;
  const [scope, setScope] = useState<Scope>(given ?? { kind: 'account', id: '' });
  const [effect, setEffect] = useState<(typeof EFFECTS)[number][0]>('exonerated');
  const [days, setDays] = useState(90);
  const until = new Date(Date.parse(now) + days * 86_400_000).toISOString();
  const id = scope.id.trim();
  return (
    <CommandDialog
      title={`Exonerate ${SCOPES[scope.kind]} ${scope.kind === 'account' ? brief(id) : id}`}
      act="Exonerate"
      ready={id !== ''}
      onClose={onClose}
      send={({ because, key }) =>
        answered(
          client().POST('/v1/exonerations', {
            params: { header: { 'idempotency-key': key } },
            body: { scope: scopeOf({ ...scope, id }), effect, until, because },
          }),
        )
      }
    >
      <p>
        Protected from new actions until {day(until)}, whatever is found;{' '}
        {effect === 'protected' ? 'what is in force now stays' : 'what is in force now is undone'}.
      </p>
      {given ? null : (
        <div className="row">
          <label className="field">
            <span>Scope</span>
            <select
              value={scope.kind}
              onChange={(event) => setScope({ ...scope, kind: CHOICES.scope.find((one) => one === event.target.value) ?? 'account' })}
            >
              {CHOICES.scope.map((one) => (
                <option key={one} value={one}>
                  {SCOPES[one]}
                </option>
              ))}
            </select>
          </label>
          <label className="field grow">
            <span>{scope.kind === 'organization' ? 'Keyed hash of the organisation, as an account shows it' : 'Key or id'}</span>
            <input value={scope.id} onChange={(event) => setScope({ ...scope, id: event.target.value })} />
          </label>
        </div>
      )}
      <label className="field">
        <span>Effect</span>
        <select value={effect} onChange={(event) => setEffect(EFFECTS.find(([one]) => one === event.target.value)?.[0] ?? 'exonerated')}>
          {EFFECTS.filter(([one]) => one !== 'exempt' || role === 'admin').map(([one, label]) => (
            <option key={one} value={one}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <Days days={days} now={now} onChange={setDays} />
    </CommandDialog>
  );
}
