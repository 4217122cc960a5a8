import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { answered, client, type Schemas } from '../api';
import { useMe, useStatus } from '../app';
import { Hours } from '../charts/hours';
import { compact, count, day, probable, ROLE_NAMES, shortDay, words } from '../format';
import { CommandDialog } from '../parts/command-dialog';
import { useKeys } from '../parts/keyboard';
import { Badge, Empty, Figures, Kind, Loaded, Panel, Sentences, Standing } from '../parts/parts';
import { Facts, Links, Use } from './account-parts';
import { Entries } from './ledger-page';

type Account = Schemas['Account'];

const MOST_FINDINGS = 5;

/** Why, on one screen: the sentences first, then what they rest on. */
export function AccountPage({ account }: { account: string }) {
  const params = { path: { account } };
  const about = useQuery({
    queryKey: ['account', account],
    refetchInterval: 10_000,
    queryFn: () => answered(client().GET('/v1/accounts/{account}', { params })),
  });
  const ledger = useQuery({
    queryKey: ['account-ledger', account],
    refetchInterval: 10_000,
    queryFn: () => answered(client().GET('/v1/accounts/{account}/ledger', { params })),
  });
  const [open, setOpen] = useState<'exonerate' | 'undo' | null>(null);
  const me = useMe();
  const may = me.data !== undefined && me.data.role !== 'viewer';
  useKeys('Account', [
    { keys: 'e', label: 'Exonerate', does: () => may && setOpen('exonerate') },
    { keys: 'u', label: 'Give back', does: () => may && setOpen('undo') },
  ]);
  return (
    <Loaded from={about} lines={10}>
      {(data) => (
        <>
          <header>
            <div className="grow">
              <h1 className="row">
                Account{' '}
                <span className="mono" style={{ fontSize: 15 }}>
                  {data.account}
                </span>
                <Standing is={data.standing} />
              </h1>
              <Headline of={data} />
            </div>
            {may ? (
              <div className="row">
                <button type="button" className="button" onClick={() => setOpen('exonerate')}>
                  Exonerate{' '}
                  <span className="kbd" aria-hidden="true">
                    e
                  </span>
                </button>
                <button type="button" className="button danger" onClick={() => setOpen('undo')}>
                  Give back{' '}
                  <span className="kbd" aria-hidden="true">
                    u
                  </span>
                </button>
              </div>
            ) : null}
          </header>
          <div className="stack">
            <Numbers of={data} />
            <div className="columns">
              <div className="stack">
                <Panel title="Why this account">
                  {data.membership ? (
                    <ul className="stack" style={{ gap: 6 }}>
                      {data.membership.because.map((sentence) => (
                        <li key={sentence} className="why">
                          {sentence}
                        </li>
                      ))}
                    </ul>
                  ) : (
                    <Empty title="Not a member of any campaign now" />
                  )}
                </Panel>
                {data.findings.length > 0 ? (
                  <Panel
                    title="What was found on its campaign"
                    end={
                      data.membership && data.findings.length > MOST_FINDINGS ? (
                        <Link className="small" href={`/campaigns/${data.membership.campaign}`}>
                          all {data.findings.length}
                        </Link>
                      ) : null
                    }
                  >
                    <Sentences evidence={data.findings.slice(0, MOST_FINDINGS)} />
                  </Panel>
                ) : null}
                {data.usage && data.usage.hours.length > 0 ? (
                  <Panel title="When it is active: last 14 days, by hour (UTC)">
                    <Hours hours={data.usage.hours} />
                  </Panel>
                ) : null}
                <Links of={data} />
              </div>
              <aside className="stack">
                <Facts of={data} />
                <Use of={data} />
                <Panel
                  title="What was done"
                  flush
                  end={
                    ledger.data && ledger.data.items.length > 0 ? (
                      ledger.data.faults.length === 0 ? (
                        <Badge tone="good">chain whole</Badge>
                      ) : (
                        <Badge tone="danger">chain broken</Badge>
                      )
                    ) : null
                  }
                >
                  <Loaded from={ledger}>
                    {({ items, faults }) =>
                      items.length === 0 ? (
                        <Empty title="Nothing">No action was ever asked for.</Empty>
                      ) : (
                        <>
                          {faults.map((fault) => (
                            <p key={fault} className="note danger">
                              {fault}
                            </p>
                          ))}
                          <Entries narrow entries={[...items].reverse()} />
                        </>
                      )
                    }
                  </Loaded>
                </Panel>
              </aside>
            </div>
          </div>
          {open === 'exonerate' ? <Exonerate account={data} onClose={() => setOpen(null)} /> : null}
          {open === 'undo' ? <GiveBack account={data} onClose={() => setOpen(null)} /> : null}
        </>
      )}
    </Loaded>
  );
}

function Headline({ of: { membership, flagged } }: { of: Account }) {
  if (!membership)
    return <p className="lede">{flagged ? 'Flagged before; in no campaign now.' : 'Known to the ledger; in no campaign now.'}</p>;
  return (
    <p className="lede">
      {ROLE_NAMES[membership.role]} member of{' '}
      <Link className="mono" href={`/campaigns/${membership.campaign}`}>
        {membership.campaign}
      </Link>{' '}
      <Kind is={membership.kind} /> {probable(membership.kind, membership.probability)}. {oddsOf(membership.score)} as likely to be part of
      it as not, on {membership.families.length === 0 ? 'no family of evidence of its own' : membership.families.join(', ')}.
    </p>
  );
}

/** A log-likelihood ratio in words a person can weigh. */
const oddsOf = (score: number): string => (score > 13.8 ? 'More than a million times' : `${compact(Math.exp(score))} times`);

const Numbers = ({ of: { membership, usage, linkCount, flagged } }: { of: Account }) => (
  <Figures
    items={[
      ['score, nats', membership ? membership.score.toFixed(1) : '—'],
      ['exchanges', usage ? count(usage.exchanges) : flagged ? count(flagged.exchanges) : '—'],
      ['prevented', usage ? count(usage.prevented) : '—'],
      ['output tokens', usage ? compact(usage.outputTokens) : '—'],
      ['links', count(linkCount)],
      ['joined', membership ? shortDay(membership.joinedAt) : '—'],
    ]}
  />
);

function Exonerate({ account, onClose }: { account: Account; onClose: () => void }) {
  const now = useStatus().data?.at ?? new Date().toISOString();
  const [days, setDays] = useState(90);
  const until = new Date(Date.parse(now) + days * 86_400_000).toISOString();
  return (
    <CommandDialog
      title={`Exonerate account ${account.account.slice(0, 8)}`}
      act="Exonerate"
      onClose={onClose}
      send={({ because, key }) =>
        answered(
          client().POST('/v1/exonerations', {
            params: { header: { 'idempotency-key': key } },
            body: { scope: { kind: 'account', account: account.account }, effect: 'exonerated', until, because },
          }),
        )
      }
    >
      <p>No action is taken on it until the date, whatever is found; what is in force now is given back.</p>
      <label className="field">
        <span>For how long</span>
        <select value={days} onChange={(event) => setDays(Number(event.target.value))}>
          {[30, 90, 180, 365].map((value) => (
            <option key={value} value={value}>
              {value} days, until {day(new Date(Date.parse(now) + value * 86_400_000).toISOString())}
            </option>
          ))}
        </select>
      </label>
    </CommandDialog>
  );
}

const GiveBack = ({ account, onClose }: { account: Account; onClose: () => void }) => (
  <CommandDialog
    title={`Give account ${account.account.slice(0, 8)} back`}
    act="Give back"
    danger
    onClose={onClose}
    send={({ because, key }) =>
      answered(
        client().POST('/v1/accounts/{account}/undo', {
          params: { path: { account: account.account }, header: { 'idempotency-key': key } },
          body: { because },
        }),
      )
    }
  >
    <p>
      One account is hit: it is <strong>{words(account.standing)}</strong> now, is restored, and is exonerated for as long as the policy
      says. The rest of its campaign stays as it is.
    </p>
  </CommandDialog>
);
