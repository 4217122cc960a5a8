import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { answered, client, type Schemas } from '../../api';
import { useStatus } from '../../app';
import { moment, relative, words } from '../../format';
import { CommandDialog } from '../../parts/commands/command-dialog';
import { CsvButton } from '../../parts/csv-button';
import { AccountLink, Badge, Empty, Loaded, Panel } from '../../parts/parts';
import { Arrived } from '../../parts/steady';
import { useRowKeys, useSteady } from '../../parts/use-rows';

type Appeal = Schemas['Appeal'];
type Verdict = 'grant' | 'deny';
const TONES = { open: 'warn', granted: 'good', denied: 'plain', moot: 'plain' } as const;

/** People who disagree, by when we owe them an answer. */
export function AppealsPage() {
  const appeals = useQuery({ queryKey: ['appeals'], refetchInterval: 10_000, queryFn: () => answered(client().GET('/v1/appeals')) });
  const { rows, arrived, gone, renew } = useSteady(appeals.data?.items ?? [], (row) => row.id, 'appeals');
  const [chosen, setChosen] = useState<string>();
  const [asking, setAsking] = useState<{ appeal: Appeal; verdict: Verdict } | null>(null);
  const ask = (verdict: Verdict) => {
    const appeal = rows[at];
    if (appeal?.mayReview) setAsking({ appeal, verdict });
  };
  const at: number = useRowKeys(
    'Appeals',
    rows,
    (row) => row.id,
    (row) => setChosen(row.id),
    [
      { keys: 'y', label: 'Grant', does: () => ask('grant') },
      { keys: 'n', label: 'Deny', does: () => ask('deny') },
    ],
    0,
  );
  return (
    <>
      <header>
        <div className="grow">
          <h1>Appeals</h1>
          <p className="lede">
            What is due first comes first. Reviewers are distinct, and none of them approved the case. A granted appeal restores,
            exonerates, and counts against the rule that erred.
          </p>
        </div>
      </header>
      <Panel title="By when an answer is due" flush>
        <Arrived arrived={arrived} gone={gone.size} what="appeal" onShow={renew} />
        <Loaded from={appeals}>
          {() =>
            rows.length === 0 ? (
              <Empty title="No appeals">Nobody who was acted on has disagreed.</Empty>
            ) : (
              <ol className="cases">
                {rows.map((appeal, index) => (
                  <AppealRow
                    key={appeal.id}
                    appeal={appeal}
                    here={index === at}
                    open={chosen === appeal.id}
                    onToggle={() => setChosen(chosen === appeal.id ? undefined : appeal.id)}
                    onAsk={(verdict) => setAsking({ appeal, verdict })}
                  />
                ))}
              </ol>
            )
          }
        </Loaded>
        <div className="under">
          <span>{rows.filter((row) => row.progress === 'open').length} open</span>
          <CsvButton
            name="appeals"
            rows={rows}
            columns={[
              ['appeal', (row) => row.id],
              ['account', (row) => row.account],
              ['case', (row) => row.case],
              ['campaign', (row) => row.campaign],
              ['rule', (row) => row.rule],
              ['reason', (row) => row.reasonCode],
              ['openedAt', (row) => row.openedAt],
              ['progress', (row) => row.progress],
              ['answerBy', (row) => row.answerBy],
              ['escalations', (row) => row.escalations],
              [
                'reviews',
                (row) => row.reviews.map(({ verdict, by, because }) => `${verdict} by ${by ?? 'a reviewer'}: ${because}`).join('; '),
              ],
            ]}
          />
          <span className="row">
            <kbd>j</kbd> <kbd>k</kbd> move, <kbd>↵</kbd> reads, <kbd>y</kbd> grant, <kbd>n</kbd> deny
          </span>
        </div>
      </Panel>
      {asking ? <VerdictDialog {...asking} onClose={() => setAsking(null)} /> : null}
    </>
  );
}

function AppealRow({
  appeal,
  here,
  open,
  onToggle,
  onAsk,
}: {
  appeal: Appeal;
  here: boolean;
  open: boolean;
  onToggle: () => void;
  onAsk: (verdict: Verdict) => void;
}) {
  const now = useStatus().data?.at;
  const late = appeal.answerBy !== null && now !== undefined && appeal.answerBy < now;
  return (
    <li className={`case ${here ? 'at' : ''}`} aria-current={here ? 'true' : undefined}>
      <div className="stack" style={{ gap: 4, justifyItems: 'start' }}>
        <Badge tone={TONES[appeal.progress]}>{appeal.progress}</Badge>
        {late ? <Badge tone="danger">late</Badge> : null}
      </div>
      <div className="stack" style={{ gap: 4 }}>
        <h3>
          Account <AccountLink account={appeal.account} />, {words(appeal.reasonCode)}
        </h3>
        <div className="facts">
          <span>
            opened {moment(appeal.openedAt)}
            {appeal.answerBy && now ? `, answer due ${relative(appeal.answerBy, now)}` : ''}
          </span>
          <span>
            campaign{' '}
            <Link className="mono" href={`/campaigns/${appeal.campaign}`}>
              {appeal.campaign}
            </Link>
          </span>
          <span>
            rule <span className="mono">{appeal.rule}</span>
          </span>
          {appeal.escalations > 0 ? <span>escalated {appeal.escalations} times</span> : null}
        </div>
        {appeal.reviews.map((review) => (
          <p key={review.at} className="small">
            <strong>{review.verdict}</strong> by {review.by ?? 'a reviewer'}: {review.because}
          </p>
        ))}
        {open ? <Read id={appeal.id} /> : null}
      </div>
      <div className="end">
        <button type="button" className="button" aria-expanded={open} onClick={onToggle}>
          {open ? 'Close' : 'Read'}
        </button>
        {appeal.mayReview ? (
          <>
            <button type="button" className="button" onClick={() => onAsk('grant')}>
              Grant
            </button>
            <button type="button" className="button danger" onClick={() => onAsk('deny')}>
              Deny
            </button>
          </>
        ) : appeal.progress === 'open' && appeal.mayNotBecause ? (
          <span className="small soft may-not">{appeal.mayNotBecause}</span>
        ) : null}
      </div>
    </li>
  );
}

function Read({ id }: { id: string }) {
  const one = useQuery({
    queryKey: ['appeal', id],
    queryFn: () => answered(client().GET('/v1/appeals/{appeal}', { params: { path: { appeal: id } } })),
  });
  return (
    <Loaded from={one} lines={2}>
      {(data) => (
        <blockquote className="note" style={{ margin: 0, whiteSpace: 'pre-wrap' }}>
          {data.statement ?? 'What the person wrote is for reviewers, and is erased when its time is over.'}
        </blockquote>
      )}
    </Loaded>
  );
}

const VerdictDialog = ({ appeal, verdict, onClose }: { appeal: Appeal; verdict: Verdict; onClose: () => void }) => (
  <CommandDialog
    title={`${verdict === 'grant' ? 'Grant' : 'Deny'} the appeal of account ${appeal.account.slice(0, 8)}`}
    act={verdict === 'grant' ? 'Grant' : 'Deny'}
    danger={verdict === 'deny'}
    onClose={onClose}
    send={({ because, key }) =>
      answered(
        client().POST('/v1/appeals/{appeal}/review', {
          params: { path: { appeal: appeal.id }, header: { 'idempotency-key': key } },
          body: { verdict, because },
        }),
      )
    }
  >
    <Read id={appeal.id} />
    <p>
      {verdict === 'grant'
        ? 'Your verdict counts as one. Once enough reviewers agree, the account is restored and exonerated, and the appeal counts against the rule.'
        : 'Your verdict counts as one. Once enough reviewers agree, the action stays and the person is told.'}
    </p>
  </CommandDialog>
);
