import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answered, client, type Schemas } from '../../api';
import { useMe, useStatus } from '../../app';
import { count, moment, percent, words } from '../../format';
import { CommandDialog, type Sent } from '../../parts/commands/command-dialog';
import { Badge, Empty, Failed, Loaded, Panel } from '../../parts/parts';
import { PolicyNumbers } from './policy-numbers';
import { DraftDialog, MeasureDialog, Moved, RulesPanel } from './policy-work';

type Record_ = Schemas['PolicyRecord'];
type Ask = { act: 'review' | 'live' | 'roll-back' | 'stop' | 'arm'; digest: string; name: string };

/** Every number that judges people, with its reason; and what candidates did on the past. */
export function PoliciesPage() {
  const policies = useQuery({ queryKey: ['policies'], refetchInterval: 15_000, queryFn: () => answered(client().GET('/v1/policies')) });
  const [shown, setShown] = useState<string>();
  const [asking, setAsking] = useState<Ask | null>(null);
  const [drafting, setDrafting] = useState(false);
  const [measuring, setMeasuring] = useState<Record_ | null>(null);
  const me = useMe();
  const role = me.data?.role ?? 'viewer';
  return (
    <Loaded from={policies} lines={8}>
      {({ judging, items }) => (
        <>
          <header>
            <div className="grow">
              <h1>Policies</h1>
              <p className="lede">
                {judging.observing ? 'No policy is in force yet: everything is observed and nobody is acted on. ' : ''}A policy goes live
                after a second person read it and a replay on labelled traffic showed that it is precise enough.
              </p>
            </div>
            <Switch role={role} onAsk={(act) => setAsking({ act, digest: '', name: '' })} />
          </header>
          <div className="stack">
            <Panel
              title="Candidates and their replays"
              flush
              end={
                role === 'admin' ? (
                  <>
                    <button type="button" className="button" onClick={() => setDrafting(true)}>
                      Draft from a file
                    </button>
                    <button type="button" className="button" onClick={() => setAsking({ act: 'roll-back', digest: '', name: '' })}>
                      Roll back
                    </button>
                  </>
                ) : null
              }
            >
              {items.length === 0 ? (
                <Empty title="No policy was drafted here">
                  The policy in force is <span className="mono">{judging.name}</span>, from the deployment. To change a number, edit a copy
                  below (or draft one from a file), with the reason for each change; a second person reads it.
                </Empty>
              ) : (
                <ol className="cases">
                  {items.map((one) => (
                    <PolicyRow
                      key={one.digest}
                      one={one}
                      role={role}
                      onShow={() => setShown(one.digest)}
                      onMeasure={() => setMeasuring(one)}
                      onAsk={(act) => setAsking({ act, digest: one.digest, name: one.name })}
                    />
                  ))}
                </ol>
              )}
            </Panel>
            <PolicyNumbers
              key={shown ?? judging.digest}
              digest={shown ?? judging.digest}
              judging={judging.digest}
              mayEdit={role === 'admin'}
              onBack={shown && shown !== judging.digest ? () => setShown(undefined) : undefined}
            />
            <RulesPanel />
            {role === 'viewer' ? null : <Compare />}
          </div>
          {drafting ? <DraftDialog onClose={() => setDrafting(false)} /> : null}
          {measuring ? <MeasureDialog digest={measuring.digest} name={measuring.name} onClose={() => setMeasuring(null)} /> : null}
          {asking ? <AskDialog ask={asking} onClose={() => setAsking(null)} /> : null}
        </>
      )}
    </Loaded>
  );
}

function Switch({ role, onAsk }: { role: string; onAsk: (act: 'stop' | 'arm') => void }) {
  const status = useStatus();
  if (!status.data || role === 'viewer') return null;
  const armed = status.data.enforcement === 'armed';
  if (!armed && role !== 'admin') return <Badge tone="danger">enforcement stopped</Badge>;
  return (
    <button type="button" className={`button ${armed ? 'danger' : 'main'}`} onClick={() => onAsk(armed ? 'stop' : 'arm')}>
      {armed ? 'Stop all actions' : 'Arm enforcement'}
    </button>
  );
}

function PolicyRow({
  one,
  role,
  onShow,
  onMeasure,
  onAsk,
}: {
  one: Record_;
  role: string;
  onShow: () => void;
  onMeasure: () => void;
  onAsk: (act: 'review' | 'live') => void;
}) {
  const best = one.measurements.at(-1);
  return (
    <li className="case">
      <div>
        {one.live ? <Badge tone="good">live</Badge> : one.reviewers > 0 ? <Badge tone="accent">reviewed</Badge> : <Badge>draft</Badge>}
      </div>
      <div className="stack" style={{ gap: 3 }}>
        <h3>
          {one.name} <span className="mono soft">{one.digest}</span>
        </h3>
        {best ? (
          <p>
            On {best.dataset}: {count(best.suspended)} suspended, {count(best.right)} rightly ({percent(best.precision, 2)});{' '}
            {count(best.lookAlikesTouched)} honest accounts touched.
          </p>
        ) : (
          <p className="soft">Never replayed on labelled traffic.</p>
        )}
        <div className="facts">
          <span>by {one.author ?? 'an admin'}</span>
          <span>{one.reviewers === 0 ? 'nobody else read it' : `read by ${one.reviewers} more`}</span>
          <span>{one.measurements.length} replays</span>
          <span>changed {moment(one.draftedOrChangedAt)}</span>
        </div>
      </div>
      <div className="end">
        <button type="button" className="button" onClick={onShow}>
          Numbers
        </button>
        {role !== 'viewer' ? (
          <button type="button" className="button" onClick={onMeasure}>
            Measure
          </button>
        ) : null}
        {role !== 'viewer' && !one.live ? (
          <button type="button" className="button" onClick={() => onAsk('review')}>
            I read it
          </button>
        ) : null}
        {role === 'admin' && !one.live ? (
          <button type="button" className="button main" onClick={() => onAsk('live')}>
            Put live
          </button>
        ) : null}
      </div>
    </li>
  );
}

const SAYS: Record<Ask['act'], { title: string; act: string; says: string; danger: boolean }> = {
  review: {
    title: 'I read this policy',
    act: 'I read it',
    says: 'You say that you read every number and its reason. The author cannot review it.',
    danger: false,
  },
  live: {
    title: 'Bring this policy into force',
    act: 'Put live',
    says: 'It is in force from now on. Refused unless a second person read it and a replay on labelled traffic meets its own bar and the bar of the policy it replaces.',
    danger: false,
  },
  'roll-back': { title: 'Roll back', act: 'Roll back', says: 'The policy that was live before judges again, at once.', danger: true },
  stop: {
    title: 'Stop all actions',
    act: 'Stop',
    says: 'Nothing is asked of the provider until an admin arms enforcement again. Restoring stays possible.',
    danger: true,
  },
  arm: {
    title: 'Arm enforcement',
    act: 'Arm',
    says: 'Actions may be asked of the provider again, within the policy and its budgets.',
    danger: false,
  },
};

function AskDialog({ ask, onClose }: { ask: Ask; onClose: () => void }) {
  const { title, act, says, danger } = SAYS[ask.act];
  return (
    <CommandDialog
      title={ask.name ? `${title}: ${ask.name}` : title}
      act={act}
      danger={danger}
      onClose={onClose}
      send={(sent) => send(ask, sent)}
    >
      <p>{says}</p>
    </CommandDialog>
  );
}

function send({ act, digest }: Ask, { because, key }: Sent): Promise<Schemas['CommandAnswer']> {
  const header = { 'idempotency-key': key };
  switch (act) {
    case 'review':
      return answered(client().POST('/v1/policies/{digest}/review', { params: { path: { digest }, header }, body: { because } }));
    case 'live':
      return answered(client().POST('/v1/policies/{digest}/live', { params: { path: { digest }, header }, body: { because } }));
    case 'roll-back':
      return answered(client().POST('/v1/policies/roll-back', { params: { header }, body: { because } }));
    case 'stop':
      return answered(client().POST('/v1/kill-switch', { params: { header }, body: { to: 'stopped', because } }));
    case 'arm':
      return answered(client().POST('/v1/kill-switch', { params: { header }, body: { to: 'armed', because } }));
    default:
      return act satisfies never;
  }
}

/** Two replay reports of the same traffic: whose decision a candidate would change, as counts. */
function Compare() {
  const [before, setBefore] = useState<File>();
  const [after, setAfter] = useState<File>();
  const compare = useMutation({
    mutationFn: async () => {
      const [one, other] = await Promise.all([before, after].map(async (file) => JSON.parse((await file?.text()) ?? 'null')));
      return { ...(await answered(client().POST('/v1/replays/compare', { body: { before: one, after: other } }))), one, other };
    },
  });
  return (
    <Panel title="What would change: compare two replay reports">
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          compare.mutate();
        }}
      >
        <p className="soft">
          Replay the same events with two policies (<code>npm run replay -- EVENTS --policy FILE</code>) and give both{' '}
          <code>report.json</code> files. Replays of different traffic are refused.
        </p>
        <div className="row">
          <label className="field">
            <span>Policy now</span>
            <input type="file" accept="application/json,.json" onChange={(event) => setBefore(event.target.files?.[0])} />
          </label>
          <label className="field">
            <span>Candidate</span>
            <input type="file" accept="application/json,.json" onChange={(event) => setAfter(event.target.files?.[0])} />
          </label>
          <button type="submit" className="button" disabled={!before || !after || compare.isPending}>
            Compare
          </button>
        </div>
        {compare.error ? <Failed error={compare.error} /> : null}
        {compare.data ? (
          compare.data.items.length === 0 ? (
            <Empty title="Nothing changes">Every account gets the same answer from both.</Empty>
          ) : (
            <ul className="stack" style={{ gap: 4 }}>
              {compare.data.items.map((item) => (
                <li key={`${item.from} ${item.to}`}>
                  <strong className="number">{count(item.accounts)}</strong> from {words(item.from)} to <strong>{words(item.to)}</strong>
                </li>
              ))}
            </ul>
          )
        ) : null}
        {compare.data ? <Moved before={compare.data.one} after={compare.data.other} /> : null}
      </form>
    </Panel>
  );
}
