import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answered, client, type Schemas } from '../../api';
import { count, plural } from '../../format';
import { Failed, Panel } from '../../parts/parts';

type Observed = Schemas['AccountObserved'];

/** What stands out in an account's last day, read from the archive when somebody asks. No verdict looks at it. */
export function ObservedPanel({ account }: { account: string }) {
  const [asked, ask] = useState(false);
  const found = useQuery({
    queryKey: ['observed', account],
    enabled: asked,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => answered(client().GET('/v1/accounts/{account}/observed', { params: { path: { account } } })),
  });
  return (
    <Panel title="Observed, not counted">
      {found.data ? (
        <Found of={found.data} />
      ) : found.error ? (
        <Failed error={found.error} />
      ) : (
        <button type="button" className="button" disabled={asked} onClick={() => ask(true)}>
          {asked ? 'Reading…' : 'Look at the last day'}
        </button>
      )}
    </Panel>
  );
}

const Found = ({ of }: { of: Observed }) => (
  <div className="stack" style={{ gap: 8 }}>
    {of.events === 0 ? (
      <p>No request of the last day is counted yet, or there was none: nothing to look at.</p>
    ) : of.observed.length === 0 ? (
      <p>
        Nothing stands out in {plural(of.events, 'request')}
        {of.signals.given === 0
          ? '; the gateway says none of what could (output limits, refusals, sessions: optional fields of usage events)'
          : ''}
        .
      </p>
    ) : null}
    <ul className="whynot">
      {of.observed.map(({ what, because }) => (
        <li key={what}>{because}.</li>
      ))}
    </ul>
    <p className="small soft">
      {plural(of.events, 'request')}
      {of.complete ? '' : ', more than one answer reads'}; the gateway says more than the contract asks for of {count(of.signals.given)}
      {of.signals.sessions > 0 ? `, in ${plural(of.signals.sessions, 'session')}` : ''}
      {of.signals.headerOrders > 0 ? `, with ${plural(of.signals.headerOrders, 'order')} of headers` : ''}. No verdict looks at this.
    </p>
  </div>
);
