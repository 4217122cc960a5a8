import { useQuery } from '@tanstack/react-query';
import { answered, client, type Schemas } from '../api';
import { count, percent, words } from '../format';
import { AccountLink, Loaded } from './parts';

/** Who would be hit, asked of the policy itself: counts by plan, who is protected, who is spared and why, how and when. */
export const useDryRun = (campaign: string) =>
  useQuery({
    queryKey: ['dry-run', campaign],
    queryFn: () => answered(client().GET('/v1/campaigns/{campaign}/dry-run', { params: { path: { campaign } } })),
  });

export function Preview({ campaign }: { campaign: string }) {
  const run = useDryRun(campaign);
  return (
    <section className="note stack" aria-label="Preview of who is hit">
      <h3>Who is hit</h3>
      <Loaded from={run} lines={3}>
        {(data) => <Hit run={data} />}
      </Loaded>
    </section>
  );
}

function Hit({ run }: { run: Schemas['DryRun'] }) {
  if (run.decision !== 'act') return <p>Nobody. {run.because.join('; ')}</p>;
  const spared = Object.entries(run.spared).sort(([, one], [, other]) => other - one);
  const short = run.budget !== null && run.budget.left < run.accounts;
  return (
    <>
      <p>
        <strong className="number">{count(run.accounts)}</strong> {run.accounts === 1 ? 'account' : 'accounts'} to{' '}
        <strong>{words(run.rung ?? '')}</strong>
        {Object.keys(run.byPlan).length > 0
          ? `: ${Object.entries(run.byPlan)
              .map(([plan, accounts]) => `${count(accounts)} ${plan}`)
              .join(', ')}`
          : ''}
        .
      </p>
      <dl className="pairs">
        <dt>Protected, left to people</dt>
        <dd>{count(run.protectedCount)}</dd>
        {spared.map(([why, accounts]) => (
          <Pair key={why} name={`Spared: ${words(why)}`} value={count(accounts)} />
        ))}
        <dt>In stages</dt>
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
          The budget leaves {count(run.budget?.left ?? 0)} actions now ({run.budget?.because}); the rest waits for it.
        </p>
      ) : null}
      {run.armed ? null : <p className="small">The kill switch is on: nothing is asked of the provider until an admin arms enforcement.</p>}
    </>
  );
}

const Pair = ({ name, value }: { name: string; value: string }) => (
  <>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </>
);
