import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { answered, client, type Schemas } from '../../api';
import { useMe, useStatus } from '../../app';
import { brief, CLASSIFICATION_NAMES, moment, relative, sentences } from '../../format';
import { ByState } from '../../parts/by-state';
import { CommandDialog } from '../../parts/commands/command-dialog';
import { Badge } from '../../parts/parts';
import { useFilters } from '../../parts/use-filters';

type One = Schemas['Verification'];
const STATES = ['waiting', 'passed', 'failed', 'abandoned', 'lapsed', 'released', 'moot'] as const;
const CHOICES = { state: [...STATES, 'all'] } as const;
const NAMES: Record<One['state'], string> = {
  waiting: 'waiting',
  passed: 'passed',
  failed: 'failed',
  abandoned: 'given up',
  lapsed: 'no result in time',
  released: 'released by people',
  moot: 'no longer needed',
};
const TONES: Record<One['state'], 'good' | 'warn' | 'danger' | 'plain'> = {
  waiting: 'warn',
  passed: 'good',
  failed: 'danger',
  abandoned: 'plain',
  lapsed: 'plain',
  released: 'good',
  moot: 'plain',
};
const KEPT = { challenge: 'Challenged', hold: 'Sign-up held', limit: 'Limited' } as const;

/** Checks that were asked of the provider about accounts, until when, and their results. */
export function VerificationsPage() {
  const [{ state = 'waiting' }, choose] = useFilters(CHOICES);
  const all = useQuery({
    queryKey: ['verifications', state],
    refetchInterval: 10_000,
    queryFn: () => answered(client().GET('/v1/verifications', { params: { query: { state, limit: 200 } } })),
  });
  const [asking, setAsking] = useState<{ one: One; say: 'release' | 'take-back' } | null>(null);
  const me = useMe();
  const may = me.data !== undefined && me.data.role !== 'viewer';
  return (
    <>
      <ByState
        title="Verifications"
        lede="Sign-ups that were held, and accounts that were challenged or limited, until the provider has checked them. Whoever passes is free at once; whoever does not stays restricted until that ends by itself."
        panel="Checks asked of the provider"
        states={[...STATES.map((one) => [one, NAMES[one]] as const), ['all', 'all']]}
        state={state}
        onChoose={(one) => choose('state', one)}
        from={all}
        empty={{ title: 'Nobody', because: state === 'waiting' ? 'No check is waiting for a result.' : 'None with this result.' }}
        one="verification"
        row={(one) => <Row key={one.account} one={one} onAsk={may ? (say) => setAsking({ one, say }) : null} />}
      />
      {asking ? <Ask {...asking} onClose={() => setAsking(null)} /> : null}
    </>
  );
}

function Row({ one, onAsk }: { one: One; onAsk: ((say: 'release' | 'take-back') => void) | null }) {
  const now = useStatus().data?.at ?? new Date().toISOString();
  const isOver = one.state === 'passed' || one.state === 'released' || one.state === 'moot';
  return (
    <li className="case">
      <div>
        <Badge tone={TONES[one.state]}>{NAMES[one.state]}</Badge>
      </div>
      <div className="stack" style={{ gap: 3 }}>
        <h3>
          {KEPT[one.restriction]}: account{' '}
          <Link className="mono" href={`/accounts/${one.account}`} title={one.account}>
            {brief(one.account)}
          </Link>
        </h3>
        <p>{sentences(one.because)}</p>
        <div className="facts">
          <span>
            {one.askedBy === 'check' ? 'resembles' : 'with'} {CLASSIFICATION_NAMES[one.classification].toLowerCase()} campaign{' '}
            <Link href={`/campaigns/${one.campaign}`}>{one.campaign}</Link>
          </span>
          {one.case === null ? null : <Link href={`/cases/${one.case}`}>case {one.case}</Link>}
          <span>asked {moment(one.askedAt)}</span>
          {one.answerBy === null ? null : <span>result due {relative(one.answerBy, now)}</span>}
          {one.endedAt === null ? null : <span>ended {moment(one.endedAt)}</span>}
        </div>
      </div>
      <div className="end">
        {onAsk && !isOver ? (
          <button type="button" className="button" onClick={() => onAsk('release')}>
            Release
          </button>
        ) : null}
        {onAsk && one.state !== 'waiting' && one.state !== 'moot' ? (
          <button type="button" className="button" onClick={() => onAsk('take-back')}>
            Take back
          </button>
        ) : null}
      </div>
    </li>
  );
}

const Ask = ({ one, say, onClose }: { one: One; say: 'release' | 'take-back'; onClose: () => void }) => (
  <CommandDialog
    title={say === 'release' ? `Release account ${brief(one.account)}` : `Take back the result of account ${brief(one.account)}`}
    act={say === 'release' ? 'Release' : 'Take back'}
    onClose={onClose}
    send={({ because, key }) =>
      answered(
        client().POST(say === 'release' ? '/v1/verifications/{account}/release' : '/v1/verifications/{account}/take-back', {
          params: { header: { 'idempotency-key': key }, path: { account: one.account } },
          body: { because },
        }),
      )
    }
  >
    <p>
      {say === 'release'
        ? 'A challenge or a limit ends at once; a held sign-up is admitted when it is asked about next.'
        : 'The result is waited for again, and its label goes. The restriction that it ended does not come back by this alone.'}
    </p>
  </CommandDialog>
);
