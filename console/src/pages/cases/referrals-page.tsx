import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { answered, client, type Schemas } from '../../api';
import { useMe, useStatus } from '../../app';
import { CLASSIFICATION_NAMES, CLOUD_NAMES, compact, moment, plural, relative, sentences } from '../../format';
import { ByState } from '../../parts/by-state';
import { CommandDialog } from '../../parts/commands/command-dialog';
import { saveFile } from '../../parts/csv';
import { Badge, Failed } from '../../parts/parts';
import { useFilters } from '../../parts/use-filters';

type One = Schemas['Referral'];
type Answer = Schemas['ReferralAnswer']['answer'];
const STATES = [
  'to-approve',
  'to-send',
  'by-hand',
  'sent',
  'acknowledged',
  'acted',
  'declined',
  'refused',
  'withdrawing',
  'withdrawn',
] as const;
const CHOICES = { state: ['open', ...STATES, 'all'] } as const;
export const REFERRAL_NAMES: Record<One['state'], string> = {
  'to-approve': 'to be approved',
  'to-send': 'being sent',
  'by-hand': 'to hand in',
  sent: 'sent',
  acknowledged: 'acknowledged',
  acted: 'acted on',
  declined: 'declined',
  refused: 'not taken',
  withdrawing: 'being withdrawn',
  withdrawn: 'withdrawn',
};
export const REFERRAL_TONES: Record<One['state'], 'good' | 'warn' | 'danger' | 'plain'> = {
  'to-approve': 'warn',
  'to-send': 'warn',
  'by-hand': 'warn',
  sent: 'plain',
  acknowledged: 'plain',
  acted: 'good',
  declined: 'plain',
  refused: 'danger',
  withdrawing: 'warn',
  withdrawn: 'plain',
};
/** What a person may note next, by where it stands. */
const NEXT: Record<One['state'], readonly Answer[]> = {
  'to-approve': [],
  'to-send': [],
  'by-hand': ['sent'],
  sent: ['acknowledged', 'acted', 'declined'],
  acknowledged: ['acted', 'declined'],
  acted: [],
  declined: [],
  refused: [],
  withdrawing: [],
  withdrawn: [],
};
type Say = Answer | 'approve' | 'withdraw';
const BUTTONS: Record<Answer, string> = { sent: 'Handed in', acknowledged: 'Acknowledged', acted: 'Acted', declined: 'Declined' };

/** Tenants of other clouds that were referred to the abuse desks there, until when an answer is waited for, and what it was. */
export function ReferralsPage() {
  const [{ state = 'open' }, choose] = useFilters(CHOICES);
  const all = useQuery({
    queryKey: ['referrals', state],
    refetchInterval: 10_000,
    queryFn: () => answered(client().GET('/v1/referrals', { params: { query: { state, limit: 200 } } })),
  });
  const [asking, setAsking] = useState<{ one: One; say: Say } | null>(null);
  const me = useMe();
  const may = me.data !== undefined && me.data.role !== 'viewer';
  return (
    <>
      <ByState
        title="Referrals"
        lede="Tenants of other clouds that belong to a campaign, referred to the abuse desk there. Nothing is done to them here. Refer from the page of a campaign."
        panel="Referred to abuse desks"
        states={[['open', 'waiting'], ...STATES.map((one) => [one, REFERRAL_NAMES[one]] as const), ['all', 'all']]}
        state={state}
        onChoose={(one) => choose('state', one)}
        from={all}
        empty={{ title: 'None', because: state === 'open' ? 'No referral waits for an answer.' : 'No referral is in this state.' }}
        one="referral"
        row={(one) => <Row key={one.id} one={one} onAsk={may ? (say) => setAsking({ one, say }) : null} />}
      />
      {asking ? <Ask {...asking} onClose={() => setAsking(null)} /> : null}
    </>
  );
}

function Row({ one, onAsk }: { one: One; onAsk: ((say: Say) => void) | null }) {
  const now = useStatus().data?.at ?? new Date().toISOString();
  return (
    <li className="case">
      <div>
        <Badge tone={REFERRAL_TONES[one.state]}>{REFERRAL_NAMES[one.state]}</Badge>{' '}
        {one.overdue ? <Badge tone="danger">overdue</Badge> : null}
      </div>
      <div className="stack" style={{ gap: 3 }}>
        <h3>
          {plural(one.tenants, 'tenant')} of {CLOUD_NAMES[one.cloud] ?? one.cloud}
        </h3>
        <p>{sentences(one.because)}</p>
        <div className="facts">
          <span>
            {CLASSIFICATION_NAMES[one.classification].toLowerCase()} campaign{' '}
            <Link href={`/campaigns/${one.campaign}`}>{one.campaign}</Link>
          </span>
          <span>{compact(one.exchanges)} requests</span>
          <span className="mono">{one.id}</span>
          {one.reference === null ? null : <span>their reference {one.reference}</span>}
          <span>referred {moment(one.askedAt)}</span>
          {one.answerBy === null ? null : (
            <span>
              {one.state === 'by-hand' ? 'letter due' : one.state === 'to-approve' ? 'approval due' : 'answer due'}{' '}
              {relative(one.answerBy, now)}
            </span>
          )}
        </div>
      </div>
      <div className="end">
        {onAsk ? <Letter id={one.id} /> : null}
        {onAsk
          ? NEXT[one.state].map((answer) => (
              <button key={answer} type="button" className="button" onClick={() => onAsk(answer)}>
                {BUTTONS[answer]}
              </button>
            ))
          : null}
        {onAsk && one.state === 'to-approve' ? (
          <button type="button" className="button" onClick={() => onAsk('approve')}>
            Approve
          </button>
        ) : null}
        {onAsk && one.state !== 'withdrawn' && one.state !== 'withdrawing' ? (
          <button type="button" className="button" onClick={() => onAsk('withdraw')}>
            Withdraw
          </button>
        ) : null}
      </div>
    </li>
  );
}

/** It names tenants: it is asked for when somebody wants it, and the access log keeps who did. */
function Letter({ id }: { id: string }) {
  const open = useMutation({
    mutationFn: async () => {
      const letter = await answered(client().POST('/v1/referrals/{referral}/letter', { params: { path: { referral: id } } }));
      saveFile(`referral-${id}.md`, `# ${letter.subject}\n\n${letter.markdown}`, 'text/markdown');
    },
  });
  return (
    <>
      <button type="button" className="button" disabled={open.isPending} onClick={() => open.mutate()}>
        Letter
      </button>
      {open.error ? <Failed error={open.error} /> : null}
    </>
  );
}

const TITLES: Record<Say, string> = {
  sent: 'The letter was handed in',
  acknowledged: 'The desk looks at it',
  acted: 'The desk acted',
  declined: 'The desk will not act',
  approve: 'Approve the referral',
  withdraw: 'Withdraw the referral',
};
function Ask({ one, say, onClose }: { one: One; say: Say; onClose: () => void }) {
  const [reference, setReference] = useState(one.reference ?? '');
  return (
    <CommandDialog
      title={TITLES[say]}
      act={say === 'withdraw' ? 'Withdraw' : say === 'approve' ? 'Approve' : BUTTONS[say]}
      danger={say === 'withdraw'}
      onClose={onClose}
      send={({ because, key }) => {
        const params = { header: { 'idempotency-key': key }, path: { referral: one.id } };
        if (say === 'withdraw') return answered(client().POST('/v1/referrals/{referral}/withdraw', { params, body: { because } }));
        if (say === 'approve') return answered(client().POST('/v1/referrals/{referral}/approve', { params, body: { because } }));
        const named = reference.trim() === '' ? {} : { reference: reference.trim() };
        return answered(client().POST('/v1/referrals/{referral}/answer', { params, body: { answer: say, because, ...named } }));
      }}
    >
      <p>
        {say === 'withdraw'
          ? 'The desk is told if it may have heard of it. The tenants can be referred again.'
          : say === 'approve'
            ? `${plural(one.tenants, 'tenant')} will be named to the abuse desk of ${CLOUD_NAMES[one.cloud] ?? one.cloud}. Read the letter first; whoever asked for it cannot approve it.`
            : `Referral ${one.id}: ${plural(one.tenants, 'tenant')}.`}
      </p>
      {say === 'withdraw' || say === 'approve' || say === 'sent' ? null : (
        <label className="field">
          <span>Their reference, if they gave one</span>
          <input value={reference} maxLength={128} onChange={({ target }) => setReference(target.value)} />
        </label>
      )}
    </CommandDialog>
  );
}
