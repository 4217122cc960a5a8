import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Link } from 'wouter';
import { answered, client, type Schemas } from '../../api';
import { useMe, useStatus } from '../../app';
import { count, doing, moment, relative, sentences, words } from '../../format';
import { CommandDialog } from '../../parts/commands/command-dialog';
import { Mentions } from '../../parts/mentions';
import { Loaded, Loading, Panel, Progress } from '../../parts/parts';
import { WhyNot } from '../accounts/why-not';
import { nowDoing, untilWords } from './queue-page';

type Entry = Schemas['QueueEntry'];

/** Where the containment is, why, what can be done now, and what was done: the analyst's one place to decide. */
type PanelProps = { entry: Entry | undefined; pending: boolean; buttons: ReactNode; decision?: Schemas['Campaign']['decision'] };
export function CasePanel({ entry, pending, buttons, decision = null }: PanelProps) {
  const now = useStatus().data?.at;
  if (pending) return <Loading />;
  if (!entry) {
    return (
      <Panel title={decision?.kind === 'watch' ? 'Watched' : 'Left alone'}>
        <WhyNot decision={decision} />
      </Panel>
    );
  }
  return (
    <Panel title={doing(entry.action, entry.size, entry.keys.length)} end={<Progress is={entry.progress} />}>
      <div className="stack">
        <p>{nowDoing(entry)}</p>
        {/* Before anything that is loaded later: a button that moves under the pointer is a button that is missed. */}
        <div className="row">{buttons}</div>
        <Work on={entry} />
        <Steps of={entry} />
        <dl className="pairs">
          {entry.assignee ? (
            <>
              <dt>Works on it</dt>
              <dd>{entry.assignee}</dd>
            </>
          ) : null}
          <dt>{entry.byHand ? 'Opened by' : 'Rule'}</dt>
          <dd className="mono">{entry.byHand ? (entry.openedBy ?? 'a person') : entry.rule}</dd>
          {entry.keys.length > 0 ? (
            <>
              <dt>{entry.keys.length === 1 ? 'This key alone' : 'These keys alone'}</dt>
              <dd className="mono">
                {entry.keys.map(({ name, key }) => (
                  <span key={name} title={key ?? undefined}>
                    {name}{' '}
                  </span>
                ))}
              </dd>
            </>
          ) : null}
          <dt>Mode</dt>
          <dd>{entry.mode}</dd>
          {entry.approversNeeded > 0 ? (
            <>
              <dt>Approvers</dt>
              <dd>
                {entry.approvals.length} of {entry.approversNeeded}
                {entry.approvals.length > 0 ? `: ${entry.approvals.map((one) => one.by ?? 'a person').join(', ')}` : ''}
              </dd>
            </>
          ) : null}
          {entry.forPeople > 0 ? (
            <>
              <dt>Only people may act</dt>
              <dd>{count(entry.forPeople)}</dd>
            </>
          ) : null}
          {entry.leftOut.length > 0 ? (
            <>
              <dt>Left out by hand</dt>
              <dd>{count(entry.leftOut.length)}</dd>
            </>
          ) : null}
          {entry.takenIn.length > 0 && !entry.byHand ? (
            <>
              <dt>Added by hand</dt>
              <dd>{count(entry.takenIn.length)}</dd>
            </>
          ) : null}
          {entry.until ? (
            <>
              <dt>{untilWords(entry.progress)}</dt>
              <dd>{now ? relative(entry.until, now) : moment(entry.until)}</dd>
            </>
          ) : null}
        </dl>
        <Link className="small" href={`/cases/${entry.id}`}>
          What it does about each account, and choosing some
        </Link>
        <History id={entry.id} sequence={entry.sequence} />
      </div>
    </Panel>
  );
}

/** Who works on it, and notes for who takes over. */
function Work({ on }: { on: Entry }) {
  const me = useMe().data;
  const [asking, setAsking] = useState<'claim' | 'leave' | 'note' | null>(null);
  if (!me || me.role === 'viewer') return null;
  const mine = on.assignee === me.id;
  const params = (key: string) => ({ path: { case: on.id }, header: { 'idempotency-key': key } });
  return (
    <div className="row">
      <button type="button" className="button tiny" onClick={() => setAsking(mine ? 'leave' : 'claim')}>
        {mine ? 'Leave it to others' : 'Claim'}
      </button>
      <button type="button" className="button tiny" onClick={() => setAsking('note')}>
        Add a note
      </button>
      {asking === null ? null : (
        <CommandDialog
          title={
            asking === 'note' ? `A note on case ${on.id}` : asking === 'claim' ? `Claim case ${on.id}` : `Leave case ${on.id} to others`
          }
          act={asking === 'note' ? 'Add the note' : asking === 'claim' ? 'Claim' : 'Leave it'}
          onClose={() => setAsking(null)}
          send={({ because, key }) =>
            asking === 'note'
              ? answered(client().POST('/v1/cases/{case}/notes', { params: params(key), body: { because } }))
              : answered(
                  client().POST('/v1/cases/{case}/assign', {
                    params: params(key),
                    body: { because, to: asking === 'claim' ? me.id : null },
                  }),
                )
          }
        >
          <p>
            {asking === 'note'
              ? 'What you write is kept in the history of the case. #case or #campaign becomes a link; @person asks somebody, by the id that this page shows: they are told until they do something about the case.'
              : 'Others see who works on it. It gives nobody a right and takes none away.'}
          </p>
        </CommandDialog>
      )}
    </div>
  );
}

const PATH = ['held', 'awaiting-approval', 'containing', 'contained'] as const;
const LABELS = {
  held: 'Random delay, so the operator cannot time us',
  'awaiting-approval': 'Approved by people',
  containing: 'Contained in stages',
  contained: 'Contained',
} as const;
const PLACE: Record<Entry['progress'], number> = {
  held: 0,
  'awaiting-approval': 1,
  containing: 2,
  watching: 2,
  stopped: 2,
  contained: 3,
  undoing: 4,
  undone: 4,
  rejected: 1,
  lapsed: 1,
  withdrawn: 0,
  expired: 4,
};

function Steps({ of }: { of: Entry }) {
  const place = PLACE[of.progress];
  const wrong = of.progress === 'stopped' || of.progress === 'rejected' || of.progress === 'lapsed';
  const ended = ['undoing', 'undone', 'rejected', 'lapsed', 'withdrawn', 'expired'].includes(of.progress);
  return (
    <ol className="steps">
      {PATH.map((step, index) => {
        if (step === 'awaiting-approval' && of.approversNeeded === 0) return null;
        const is = index === place ? (wrong ? 'wrong now' : of.progress === 'contained' ? 'done now' : 'now') : index < place ? 'done' : '';
        return (
          <li key={step} className={is} aria-current={index === place ? 'step' : undefined}>
            <span>{LABELS[step]}</span>
            {step === 'containing' && of.stage !== null && place === 2 ? <span className="small">stage {of.stage + 1}</span> : null}
          </li>
        );
      })}
      {ended ? (
        <li className="now" aria-current="step">
          <span>{words(of.progress)}</span>
        </li>
      ) : null}
    </ol>
  );
}

function History({ id, sequence }: { id: string; sequence: number }) {
  const one = useQuery({
    queryKey: ['case', id, sequence],
    queryFn: () => answered(client().GET('/v1/cases/{case}', { params: { path: { case: id } } })),
  });
  return (
    <details>
      <summary className="small">What was done, by whom</summary>
      <Loaded from={one}>
        {(data) => (
          <ul className="small stack" style={{ gap: 6, paddingTop: 8 }}>
            {[...data.history].reverse().map((entry) => (
              <li key={entry.hash}>
                <strong>{entry.what}</strong>{' '}
                <span className="soft">
                  {moment(entry.at)}, {entry.actor.id ?? (entry.actor.kind === 'clock' ? 'on schedule' : entry.actor.kind)}
                </span>
                <br />
                <Mentions text={sentences(entry.because)} />
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </details>
  );
}
