import { useQuery } from '@tanstack/react-query';
import { answered, client, type Schemas } from '../../api';
import { count, doing, percent, words } from '../../format';
import { AccountLink, Loaded } from '../parts';

/** Who would be hit, asked of the policy itself: counts by plan, who is protected, who is excluded and why, how and when. */
export const useCaseDryRun = (id: string) =>
  useQuery({
    queryKey: ['dry-run', id],
    staleTime: 0,
    queryFn: () => answered(client().GET('/v1/cases/{case}/dry-run', { params: { path: { case: id } } })),
  });

export const useUndoPreview = (id: string) =>
  useQuery({
    queryKey: ['undo-preview', id],
    staleTime: 0,
    queryFn: () => answered(client().GET('/v1/cases/{case}/undo-preview', { params: { path: { case: id } } })),
  });

export const Preview = ({ run, keys }: { run: ReturnType<typeof useCaseDryRun>; keys: Schemas['Case']['keys'] }) => (
  <section className="note stack" aria-label="Preview of who is hit">
    <h3>Who is hit</h3>
    <Loaded from={run} lines={3}>
      {(data) => <Hit run={data} keys={keys} />}
    </Loaded>
  </section>
);

function Hit({ run, keys }: { run: Schemas['DryRun']; keys: Schemas['Case']['keys'] }) {
  if (run.decision !== 'act') return <p>Nobody. {run.because.join('; ')}</p>;
  const excluded = Object.entries(run.excluded).sort(([, one], [, other]) => other - one);
  const short = run.budget !== null && run.budget.left < run.accounts;
  return (
    <>
      <p>
        <strong>{doing(run.action ?? '', run.accounts, keys.length)}</strong>
        {keys.length > 0 ? ` (${keys.map(({ name }) => name).join(', ')} alone)` : ''}
        {run.size > run.accounts ? ` (${count(run.size - run.accounts)} more are acted on already)` : ''}
        {Object.keys(run.byPlan).length > 0
          ? `: ${Object.entries(run.byPlan)
              .map(([plan, accounts]) => `${count(accounts)} ${plan}`)
              .join(', ')}`
          : ''}
        .
      </p>
      <dl className="pairs">
        <dt>Protected: only people may act</dt>
        <dd>{count(run.protectedCount)}</dd>
        {excluded.map(([why, accounts]) => (
          <Pair key={why} name={`Left alone: ${LEFT_ALONE[why] ?? words(why)}`} value={count(accounts)} />
        ))}
        <dt>In stages of</dt>
        <dd>{run.stages.map((stage) => `${percent(stage.share)} (${count(stage.accounts)})`).join(' → ')}</dd>
        {run.minutesToContainment ? (
          <Pair
            name="Contained after"
            value={`${Math.round(run.minutesToContainment.least)} to ${Math.round(run.minutesToContainment.most)} min`}
          />
        ) : null}
        <dt>Approvers needed</dt>
        <dd>{run.approvers}</dd>
      </dl>
      {run.protected.length > 0 ? (
        <details>
          <summary className="small">Protected accounts</summary>
          <ul className="small stack" style={{ gap: 2, paddingTop: 6 }}>
            {run.protected.slice(0, 12).map((one) => (
              <li key={one.account}>
                <AccountLink account={one.account} /> {one.because}
              </li>
            ))}
          </ul>
        </details>
      ) : null}
      {short ? (
        <p className="small">
          The budget leaves {count(run.budget?.left ?? 0)} actions now ({run.budget?.because}); the rest waits until it is renewed.
        </p>
      ) : null}
      {run.armed ? null : <p className="small">The kill switch is on: nothing is asked of the provider until an admin arms enforcement.</p>}
    </>
  );
}

/** Why a member is left alone, as the policy names it. */
export const LEFT_ALONE: Record<string, string> = {
  role: 'bystander or victim',
  evidence: 'too little evidence of its own',
  exempt: 'exempt',
  exonerated: 'exonerated',
  protected: 'protected',
  already: 'acted on already',
  'not-known': 'no account event received',
  'left-out': 'left out by a person',
};

const Pair = ({ name, value }: { name: string; value: string }) => (
  <>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </>
);
