import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { answered, client, type Schemas } from '../../api';
import { useMe, useStatus } from '../../app';
import { Hours } from '../../charts/hours';
import { compact, count, day, listed, probable, ROLE_NAMES, readable, sentences, shortDay, whyTitle, words } from '../../format';
import { OpenByHand } from '../../parts/commands/choose';
import { CommandDialog } from '../../parts/commands/command-dialog';
import { useKeys } from '../../parts/keyboard';
import { LegsPanel } from '../../parts/legs';
import { Badge, Classification, Empty, Figures, Loaded, Panel, Sentences, Standing } from '../../parts/parts';
import { NewExoneration } from '../cases/exonerations-page';
import { Entries } from '../ledger-page';
import { LABEL_NAMES, LabelDialog } from '../policies/labels-page';
import { AccountEvents } from './account-events';
import { Facts, Links, Use } from './account-parts';
import { KeysPanel } from './keys';
import { ObservedPanel } from './observed';
import { inWords } from './why-not';

type Account = Schemas['Account'];

const MOST_FINDINGS = 5;
/** Standings that an action of ours brought about: there is access to restore. */
const IN_FORCE: ReadonlySet<Account['standing']> = new Set(['warned', 'limited', 'challenged', 'key-disabled', 'suspended']);

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
  const decision = useQuery({
    queryKey: ['account-decision', account],
    refetchInterval: 30_000,
    queryFn: async () => {
      const { data, response } = await client().GET('/v1/accounts/{account}/decision', { params });
      return response.status === 404 ? null : answered(Promise.resolve({ data, response }));
    },
  });
  const [open, setOpen] = useState<'exonerate' | 'organization' | 'undo' | 'case' | 'label' | null>(null);
  const me = useMe();
  const now = useStatus().data?.at ?? new Date().toISOString();
  const may = me.data !== undefined && me.data.role !== 'viewer';
  const restorable = about.data !== undefined && IN_FORCE.has(about.data.standing);
  useKeys('Account', [
    { keys: 'e', label: 'Exonerate', does: () => may && setOpen('exonerate') },
    { keys: 'u', label: 'Restore access', does: () => may && restorable && setOpen('undo') },
  ]);
  return (
    <Loaded from={about} lines={10}>
      {(data) => {
        const culprit =
          data.membership !== null && data.membership.classification !== 'shared-origin' && data.membership.role !== 'suspected-victim';
        return (
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
                  {restorable ? (
                    <button type="button" className="button danger" onClick={() => setOpen('undo')}>
                      Restore access{' '}
                      <span className="kbd" aria-hidden="true">
                        u
                      </span>
                    </button>
                  ) : (
                    <button type="button" className="button" onClick={() => setOpen('case')}>
                      Open a case
                    </button>
                  )}
                  <button type="button" className="button" onClick={() => setOpen('label')}>
                    Label
                  </button>
                  {me.data?.role === 'admin' ? (
                    <Link className="button" href={`/holds?account=${data.account}`}>
                      Legal hold
                    </Link>
                  ) : null}
                </div>
              ) : null}
            </header>
            <div className="stack">
              <Exonerated words={data.exonerations} />
              <Labelled account={data.account} />
              <Numbers of={data} />
              <div className="columns">
                <div className="stack">
                  <Why of={data} decision={decision.data} />
                  {data.membership ? <LegsPanel of={data.membership} title="May a machine suspend its group?" /> : null}
                  {data.findings.length > 0 ? (
                    <Panel
                      title={culprit ? 'What was found on its campaign' : 'What was found on the group it belongs to'}
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
                  <KeysPanel of={data} mayAct={may} />
                  {data.usage && data.usage.hours.length > 0 ? (
                    <Panel title="When it is active, by hour (UTC)">
                      <Hours hours={data.usage.hours} />
                    </Panel>
                  ) : null}
                  {data.known === 'active' ? null : <Links of={data} />}
                  {may ? <ObservedPanel account={data.account} /> : null}
                  {may ? <AccountEvents account={data.account} from={eventsFrom(data, now)} /> : null}
                  <Panel
                    title="What was done"
                    flush
                    end={
                      ledger.data && ledger.data.items.length > 0 ? (
                        ledger.data.faults.length === 0 ? (
                          <Badge tone="good">Audit log verified</Badge>
                        ) : (
                          <Badge tone="danger">Audit log does not verify</Badge>
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
                </div>
                <aside className="stack after">
                  <Facts of={data} onOrganization={may ? () => setOpen('organization') : undefined} />
                  <Use of={data} />
                </aside>
              </div>
            </div>
            {open === 'exonerate' ? <NewExoneration scope={{ kind: 'account', id: data.account }} onClose={() => setOpen(null)} /> : null}
            {open === 'organization' && data.facts?.organization ? (
              <NewExoneration scope={{ kind: 'organization', id: data.facts.organization }} onClose={() => setOpen(null)} />
            ) : null}
            {open === 'case' ? <OpenByHand accounts={data.account} onClose={() => setOpen(null)} /> : null}
            {open === 'label' ? <LabelDialog accounts={data.account} onClose={() => setOpen(null)} /> : null}
            {open === 'undo' ? <Restore account={data} onClose={() => setOpen(null)} /> : null}
          </>
        );
      }}
    </Loaded>
  );
}

const DAY_MS = 86_400_000;
/** Two days before it was seen to belong to a group, or three days ago; no further back than one may ask. */
function eventsFrom({ membership }: Account, now: string): string {
  const oldest = Date.parse(now) - 61 * DAY_MS;
  const wanted = membership ? Date.parse(membership.joinedAt) - 2 * DAY_MS : Date.parse(now) - 3 * DAY_MS;
  return new Date(Math.max(oldest, wanted)).toISOString();
}

function Headline({ of: { membership, known } }: { of: Account }) {
  if (!membership) return <p className="lede">{NO_CAMPAIGN[known]}</p>;
  const group = (
    <Link className="mono" href={`/campaigns/${membership.campaign}`}>
      {membership.campaign}
    </Link>
  );
  if (membership.classification === 'shared-origin')
    return (
      <p className="lede">
        Left alone: one organisation’s own accounts. It shares a plain origin with {group}, which is nobody’s operation.{' '}
        <Classification is={membership.classification} />
      </p>
    );
  if (membership.role === 'suspected-victim' || membership.classification === 'hijacked-keys')
    return (
      <p className="lede">
        Probably a victim: its key was used together with those of {group}. <Classification is={membership.classification} />{' '}
        {probable(membership.classification, membership.probability)}.
      </p>
    );
  return (
    <p className="lede">
      {ROLE_NAMES[membership.role]} member of {group} <Classification is={membership.classification} />{' '}
      {probable(membership.classification, membership.probability)}. {oddsOf(membership.score)} as likely to be part of it as not
      {membership.families.length === 0 ? ', though on no family of evidence of its own' : `, on ${listed(membership.families)}`}.
    </p>
  );
}

const NO_CAMPAIGN: Record<Account['known'], string> = {
  flagged: 'Flagged before; in no campaign now.',
  'acted-on': 'Acted on before; in no campaign now.',
  active: 'Left alone: it was never flagged. What it did lately is below.',
};

const Exonerated = ({ words: standing }: { words: Account['exonerations'] }) =>
  standing.map((word) => (
    <p className="note good" key={`${word.scope} ${word.until}`}>
      <strong>
        {words(word.effect).replace(/^./, (letter) => letter.toUpperCase())}
        {word.scope === 'account' ? '' : ` with its ${word.scope === 'organization' ? 'organisation' : 'campaign'}`}
      </strong>
      : protected from new actions until {day(word.until)}
      {word.by ? `, by ${word.by}` : ''}. {word.because} <Link href="/exonerations">All exonerations</Link>
    </p>
  ));

/** What somebody found out about it, if anybody did. */
function Labelled({ account }: { account: string }) {
  const labels = useQuery({
    queryKey: ['labels', account],
    refetchInterval: 30_000,
    queryFn: () => answered(client().GET('/v1/labels', { params: { query: { account } } })),
  });
  return labels.data?.items.map((one) => (
    <p className="note" key={one.at}>
      <strong>Labelled {LABEL_NAMES[one.label]}</strong> on {day(one.at)}
      {one.by ? ` by ${one.by}` : ''}
      {one.because ? `: ${one.because}` : ''}. <Link href="/labels">All labels</Link>
    </p>
  ));
}

/** For and against: what ties it to a group, and why the policy does or does not act on it. */
function Why({ of: { membership, known, standing }, decision }: { of: Account; decision: Schemas['AccountDecision'] | null | undefined }) {
  const left = decision && (decision.decision !== 'act' || decision.member?.decision === 'exclude');
  const inForce = IN_FORCE.has(standing);
  return (
    <Panel title={whyTitle({ inForce, left: left || !membership })}>
      {membership ? (
        <div className="stack">
          {left && inForce ? <h3>Nothing more is done about it</h3> : null}
          {left ? (
            <ul className="whynot">
              {(decision.decision === 'act' ? (decision.member?.because ?? []) : decision.because).map((text) => (
                <li key={text}>{inWords(text)}</li>
              ))}
            </ul>
          ) : null}
          {left && membership.because.length > 0 ? <h3>What ties it to the group</h3> : null}
          <ul className="stack" style={{ gap: 6 }}>
            {membership.because.map((sentence) => (
              <li key={sentence} className="why">
                {readable(sentence)}
              </li>
            ))}
          </ul>
          {decision?.member?.decision === 'review' ? <p className="note">{inWords(sentences(decision.member.because))}</p> : null}
        </div>
      ) : (
        <p>
          {known === 'active'
            ? 'No detector joined it to others: it shares nothing rare with any group, or with too few accounts to be a group.'
            : 'It is a member of no campaign now, so the policy has nothing to decide about it.'}
        </p>
      )}
    </Panel>
  );
}

/** A log-likelihood ratio in words a person can weigh. */
const oddsOf = (score: number): string => (score > 13.8 ? 'More than a million times' : `${compact(Math.exp(score))} times`);

const Numbers = ({ of: { membership, usage, linkCount, flagged } }: { of: Account }) => (
  <Figures
    items={[
      ['score', membership ? membership.score.toFixed(1) : '—'],
      ['requests', usage ? count(usage.exchanges) : flagged ? count(flagged.exchanges) : '—'],
      ['prevented', usage ? count(usage.prevented) : '—'],
      ['output tokens', usage ? compact(usage.outputTokens) : '—'],
      ['links', count(linkCount)],
      ['joined', membership ? shortDay(membership.joinedAt) : '—'],
    ]}
  />
);

const Restore = ({ account, onClose }: { account: Account; onClose: () => void }) => (
  <CommandDialog
    title={`Restore access for account ${account.account.slice(0, 8)}`}
    act="Restore access"
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
      One account: it is <strong>{words(account.standing)}</strong> now, gets access back, and is exonerated for as long as the policy says.
      The rest of its campaign stays as it is.
    </p>
  </CommandDialog>
);
