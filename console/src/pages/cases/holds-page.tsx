import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import { answered, client, type Schemas } from '../../api';
import { useMe } from '../../app';
import { count, day, moment, plural } from '../../format';
import { AccountNames, keysOf, namesIn } from '../../parts/commands/choose';
import { CommandDialog } from '../../parts/commands/command-dialog';
import { saveFile } from '../../parts/csv';
import { AccountLink, Badge, Empty, Loaded, Panel } from '../../parts/parts';

type Hold = Schemas['LegalHold'];

/** What is kept past retention because somebody may have to show it. Placed and released by admins; read by reviewers. */
export function HoldsPage() {
  const [search, setSearch] = useSearchParams();
  const role = useMe().data?.role ?? 'viewer';
  const given = { campaign: search.get('campaign') ?? '', account: search.get('account') ?? '' };
  const [placing, setPlacing] = useState(given.campaign !== '' || given.account !== '');
  const [releasing, setReleasing] = useState<Hold | null>(null);
  const list = useQuery({
    queryKey: ['legal-holds'],
    enabled: role !== 'viewer',
    queryFn: () => answered(client().GET('/v1/legal-holds')),
  });
  return (
    <>
      <header>
        <div className="grow">
          <h1>Legal holds</h1>
          <p className="lede">
            Requests of these accounts are copied out of the archive and stay when its retention ends: for a court, an authority, counsel.
          </p>
        </div>
        {role === 'admin' ? (
          <button type="button" className="button main" onClick={() => setPlacing(true)}>
            Place a hold
          </button>
        ) : null}
      </header>
      {role === 'viewer' ? (
        <Empty title="For reviewers">Holds and what they keep are shown to reviewers and admins.</Empty>
      ) : (
        <Loaded from={list} lines={4}>
          {({ items }) => (
            <Panel title="Holds" flush>
              {items.length === 0 ? (
                <Empty title="None">Nothing is kept longer than retention says.</Empty>
              ) : (
                <ol className="cases">
                  {items.map((one) => (
                    <HoldRow key={one.id} one={one} onRelease={role === 'admin' && !one.releasedAt ? () => setReleasing(one) : null} />
                  ))}
                </ol>
              )}
            </Panel>
          )}
        </Loaded>
      )}
      {placing && role === 'admin' ? (
        <PlaceDialog
          given={given}
          onClose={() => {
            setPlacing(false);
            setSearch(new URLSearchParams(), { replace: true });
          }}
        />
      ) : null}
      {releasing ? <ReleaseDialog hold={releasing} onClose={() => setReleasing(null)} /> : null}
    </>
  );
}

const MOST_NAMED = 6;
function HoldRow({ one, onRelease }: { one: Hold; onRelease: (() => void) | null }) {
  const [shown, setShown] = useState(false);
  return (
    <li className="case">
      <div>{one.releasedAt ? <Badge>released</Badge> : <Badge tone="accent">stands</Badge>}</div>
      <div className="stack" style={{ gap: 3 }}>
        <h3>{one.reference}</h3>
        <p>
          {one.campaign ? (
            <>
              Everybody in campaign <Link href={`/campaigns/${one.campaign}`}>{one.campaign}</Link>, and whoever joins it
            </>
          ) : (
            <>
              {plural(one.accounts.length, 'account')}:{' '}
              {one.accounts.slice(0, MOST_NAMED).map((account, place) => (
                <span key={account}>
                  {place === 0 ? '' : ', '}
                  <AccountLink account={account} />
                </span>
              ))}
              {one.accounts.length > MOST_NAMED ? ` and ${count(one.accounts.length - MOST_NAMED)} more` : ''}
            </>
          )}
          {one.from ? `, from ${day(one.from)} on` : ', from the oldest that the archive had'}.
        </p>
        <p className="soft">{one.because}</p>
        <div className="facts">
          <span className="mono">{one.id}</span>
          <span>
            placed {moment(one.placedAt)}
            {one.by ? ` by ${one.by}` : ''}
          </span>
          {one.releasedAt ? <span>released {moment(one.releasedAt)}; its copies are gone</span> : null}
        </div>
        {shown ? <Kept id={one.id} /> : null}
      </div>
      <div className="end">
        {one.releasedAt ? null : (
          <button type="button" className="button" aria-expanded={shown} onClick={() => setShown(!shown)}>
            What is kept
          </button>
        )}
        {onRelease ? (
          <button type="button" className="button danger" onClick={onRelease}>
            Release
          </button>
        ) : null}
      </div>
    </li>
  );
}

/** Hours that are kept, by day, each to be downloaded with its digest. */
function Kept({ id }: { id: string }) {
  const one = useQuery({
    queryKey: ['legal-hold', id],
    refetchInterval: 60_000,
    queryFn: () => answered(client().GET('/v1/legal-holds/{hold}', { params: { path: { hold: id } } })),
  });
  const download = async (date: string, hours: readonly string[]) => {
    const read: Schemas['HeldHour'][] = [];
    for (const hour of hours)
      read.push(await answered(client().GET('/v1/legal-holds/{hold}/events', { params: { path: { hold: id }, query: { hour } } })));
    saveFile(`${id}-${date}.json`, `${JSON.stringify({ hold: id, hours: read }, null, 1)}\n`, 'application/json');
  };
  return (
    <Loaded from={one}>
      {({ held, hours }) => {
        const days = [...new Set(hours.map((hour) => hour.slice(0, 10)))];
        return hours.length === 0 ? (
          <p className="small soft">Nothing is copied yet: this is done every hour, oldest hours first.</p>
        ) : (
          <details>
            <summary className="small">
              {plural(hours.length, 'hour')} of {plural(held, 'account')}
            </summary>
            <ul className="small stack" style={{ gap: 4, paddingTop: 6 }}>
              {days.map((date) => {
                const ofDay = hours.filter((hour) => hour.startsWith(date));
                return (
                  <li key={date} className="row">
                    <span>
                      {day(`${date}T00:00:00Z`)}: {plural(ofDay.length, 'hour')}
                    </span>
                    <button type="button" className="button tiny" onClick={() => void download(date, ofDay)}>
                      Download
                    </button>
                  </li>
                );
              })}
            </ul>
          </details>
        );
      }}
    </Loaded>
  );
}

function PlaceDialog({ given, onClose }: { given: { campaign: string; account: string }; onClose: () => void }) {
  const [reference, setReference] = useState('');
  const [campaign, setCampaign] = useState(given.campaign);
  const [named, setNamed] = useState(given.account);
  const [from, setFrom] = useState('');
  const size = namesIn(named).length;
  const ready = reference.trim().length >= 3 && (campaign.trim() === '') !== (size === 0);
  return (
    <CommandDialog
      title={
        campaign === '' ? `Hold the requests of ${size === 0 ? 'accounts' : plural(size, 'account')}` : `Hold the requests of ${campaign}`
      }
      act="Place the hold"
      ready={ready}
      onClose={onClose}
      send={async ({ because, key }) =>
        answered(
          client().POST('/v1/legal-holds', {
            params: { header: { 'idempotency-key': key } },
            body: {
              about:
                campaign.trim() === ''
                  ? { kind: 'accounts' as const, accounts: await keysOf(named) }
                  : { kind: 'campaign' as const, campaign: campaign.trim() },
              reference: reference.trim(),
              because,
              ...(from === '' ? {} : { from: `${from}T00:00:00Z` }),
            },
          }),
        )
      }
    >
      <p>
        Time, model, tokens, status and keyed hashes of their requests are copied every hour and stay until an admin releases the hold.
        Nothing that was written is in them. Nobody is acted on by it.
      </p>
      <label className="field">
        <span>Reference: a file number, a letter</span>
        <input value={reference} maxLength={128} onChange={(event) => setReference(event.target.value)} />
      </label>
      <label className="field">
        <span>A campaign, with whoever joins it</span>
        <input value={campaign} onChange={(event) => setCampaign(event.target.value)} />
      </label>
      {campaign.trim() === '' ? <AccountNames value={named} onChange={setNamed} /> : null}
      <label className="field">
        <span>First day, UTC (optional: all that the archive has)</span>
        <input type="date" value={from} onChange={(event) => setFrom(event.target.value)} />
      </label>
    </CommandDialog>
  );
}

const ReleaseDialog = ({ hold, onClose }: { hold: Hold; onClose: () => void }) => (
  <CommandDialog
    title={`Release the hold ${hold.reference}`}
    act="Release it"
    danger
    onClose={onClose}
    send={({ because, key }) =>
      answered(
        client().POST('/v1/legal-holds/{hold}/release', {
          params: { path: { hold: hold.id }, header: { 'idempotency-key': key } },
          body: { because },
        }),
      )
    }
  >
    <p>
      What was copied is deleted within the hour. What the archive still has stays as long as it would have; the entries in the audit log
      stay.
    </p>
  </CommandDialog>
);
