import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { answered, client, type Schemas } from '../../api';
import { CLASSIFICATION_NAMES, count, moment, plural } from '../../format';
import { AccountNames, keysOf, namesIn } from '../../parts/commands/choose';
import { CommandDialog } from '../../parts/commands/command-dialog';
import { Badge, Panel } from '../../parts/parts';

/** What people decide about who belongs together: it stands over what detection finds, until it is withdrawn. */
export type Regroup = 'merge' | 'split' | 'add' | 'remove';
type Regrouping = Schemas['Regrouping'];

const STANDS =
  'It holds over every later run of detection until somebody withdraws it, and shows with the next run (every 15 minutes). Nobody is acted on or restored by it.';

type Props = { what: Regroup; campaign: Schemas['Campaign']; accounts: readonly string[]; onClose: () => void };
export function RegroupDialog({ what, ...props }: Props) {
  switch (what) {
    case 'merge':
      return <MergeDialog {...props} />;
    case 'add':
      return <AddDialog {...props} />;
    case 'split':
    case 'remove':
      return <ChosenDialog what={what} {...props} />;
    default:
      return what satisfies never;
  }
}

function MergeDialog({ campaign, onClose }: Omit<Props, 'what'>) {
  const others = useQuery({
    queryKey: ['campaigns', 'to-merge'],
    queryFn: () => answered(client().GET('/v1/campaigns', { params: { query: { limit: 200, sort: '-accounts' } } })),
  });
  const [into, setInto] = useState('');
  return (
    <CommandDialog
      title={`Merge ${plural(campaign.accounts, 'account')} of ${campaign.id} into another campaign`}
      act={into === '' ? 'Merge' : `Merge into ${into}`}
      ready={into !== ''}
      onClose={onClose}
      send={({ because, key }) =>
        answered(
          client().POST('/v1/campaigns/{campaign}/merge', {
            params: { path: { campaign: campaign.id }, header: { 'idempotency-key': key } },
            body: { into, because },
          }),
        )
      }
    >
      <p>
        One operator runs both. {STANDS} What the other campaign’s rule does by a machine, it does not do to these accounts: people approve
        them.
      </p>
      <label className="field">
        <span>Into</span>
        <select value={into} onChange={(event) => setInto(event.target.value)}>
          <option value="">Choose a campaign</option>
          {others.data?.items
            .filter(({ id }) => id !== campaign.id)
            .map(({ id, classification, accounts }) => (
              <option key={id} value={id}>
                {id}: {CLASSIFICATION_NAMES[classification].toLowerCase()}, {plural(accounts, 'account')}
              </option>
            ))}
        </select>
      </label>
    </CommandDialog>
  );
}

const CHOSEN = {
  split: {
    title: (of: string, id: string) => `Split ${of} off ${id}`,
    act: 'Split off',
    says: 'They become a campaign of their own, about which nothing was found: no machine acts on it. To act on these accounts, open a case by hand.',
  },
  remove: {
    title: (of: string, id: string) => `Remove ${of} from ${id}`,
    act: 'Remove',
    says: 'They do not belong to this campaign. What is in force on them stays: restore access if they were acted on; exonerate them if nothing found later shall count.',
  },
} as const;

function ChosenDialog({ what, campaign, accounts, onClose }: Props & { what: 'split' | 'remove' }) {
  const { title, act, says } = CHOSEN[what];
  const of = plural(accounts.length, 'account');
  return (
    <CommandDialog
      title={title(of, campaign.id)}
      act={`${act}: ${of}`}
      onClose={onClose}
      send={({ because, key }) => {
        const params = { path: { campaign: campaign.id }, header: { 'idempotency-key': key } };
        return what === 'split'
          ? answered(client().POST('/v1/campaigns/{campaign}/split', { params, body: { accounts: [...accounts], because } }))
          : answered(
              client().POST('/v1/campaigns/{campaign}/members', { params, body: { change: 'remove', accounts: [...accounts], because } }),
            );
      }}
    >
      <p>{says}</p>
      <p className="small soft">{STANDS}</p>
    </CommandDialog>
  );
}

function AddDialog({ campaign, onClose }: Omit<Props, 'what'>) {
  const [named, setNamed] = useState('');
  const size = namesIn(named).length;
  return (
    <CommandDialog
      title={`Add ${size === 0 ? 'accounts' : plural(size, 'account')} to campaign ${campaign.id}`}
      act="Add"
      ready={size > 0}
      onClose={onClose}
      send={async ({ because, key }) =>
        answered(
          client().POST('/v1/campaigns/{campaign}/members', {
            params: { path: { campaign: campaign.id }, header: { 'idempotency-key': key } },
            body: { change: 'add', accounts: await keysOf(named), because },
          }),
        )
      }
    >
      <p>They belong to this campaign on your word. No machine acts on them for that; a case about the campaign leaves them to people.</p>
      <p className="small soft">{STANDS}</p>
      <AccountNames value={named} onChange={setNamed} />
    </CommandDialog>
  );
}

const campaignLink = (id: string, here: string) => (id === here ? 'this campaign' : <Link href={`/campaigns/${id}`}>{id}</Link>);

function Sentence({ of: { kind, from, into, size }, here }: { of: Regrouping; here: string }) {
  const accounts = plural(size, 'account');
  switch (kind) {
    case 'merge':
      return (
        <>
          {accounts} of {campaignLink(from ?? '', here)} merged into {campaignLink(into ?? '', here)}
        </>
      );
    case 'split':
      return (
        <>
          {accounts} split off {campaignLink(from ?? '', here)} as {campaignLink(into ?? '', here)}
        </>
      );
    case 'add':
      return <>{accounts} added</>;
    case 'remove':
      return <>{accounts} removed</>;
    default:
      return kind satisfies never;
  }
}

const STATES = { waits: 'warn', holds: 'accent', withdrawn: 'plain' } as const;

/** What was decided by hand about this campaign. Nothing is drawn where nothing was. */
export function RegroupingsPanel({ id, mayAct }: { id: string; mayAct: boolean }) {
  const all = useQuery({
    queryKey: ['regroupings', id],
    refetchInterval: 15_000,
    queryFn: () => answered(client().GET('/v1/regroupings', { params: { query: { campaign: id } } })),
  });
  const [asking, setAsking] = useState<{ what: 'agree' | 'withdraw'; about: Regrouping } | null>(null);
  const items = all.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <Panel title="Decided by hand: who belongs together" flush>
      <ul className="health notices by-hand">
        {items.map((one) => (
          <li key={one.id}>
            <span className="small soft nowrap">{moment(one.askedAt)}</span>
            <span>
              <Sentence of={one} here={id} />{' '}
              <Badge tone={STATES[one.state]}>
                {one.state === 'waits' ? `waits: person ${one.approvals} of ${one.approversNeeded}` : one.state}
              </Badge>
              <span className="small soft" style={{ display: 'block' }}>
                {one.by ? `${one.by}: ` : ''}
                {one.because}
              </span>
            </span>
            <span className="row">
              {mayAct && one.state === 'waits' ? (
                <button type="button" className="button tiny" onClick={() => setAsking({ what: 'agree', about: one })}>
                  Agree
                </button>
              ) : null}
              {mayAct && one.state !== 'withdrawn' ? (
                <button type="button" className="button tiny" onClick={() => setAsking({ what: 'withdraw', about: one })}>
                  Withdraw
                </button>
              ) : null}
            </span>
          </li>
        ))}
      </ul>
      {asking ? <AnswerDialog {...asking} onClose={() => setAsking(null)} /> : null}
    </Panel>
  );
}

function AnswerDialog({ what, about, onClose }: { what: 'agree' | 'withdraw'; about: Regrouping; onClose: () => void }) {
  const of = `${count(about.size)} ${about.size === 1 ? 'account' : 'accounts'}`;
  return (
    <CommandDialog
      title={what === 'agree' ? `Agree: ${about.kind} about ${of}` : `Withdraw: ${about.kind} about ${of}`}
      act={what === 'agree' ? 'Agree' : 'Withdraw'}
      onClose={onClose}
      send={({ because, key }) => {
        const params = { path: { regrouping: about.id }, header: { 'idempotency-key': key } };
        return what === 'agree'
          ? answered(client().POST('/v1/regroupings/{regrouping}/agree', { params, body: { because } }))
          : answered(client().POST('/v1/regroupings/{regrouping}/withdraw', { params, body: { because } }));
      }}
    >
      <p>{what === 'agree' ? STANDS : 'From the next run of detection on, the accounts are where detection finds them.'}</p>
    </CommandDialog>
  );
}
