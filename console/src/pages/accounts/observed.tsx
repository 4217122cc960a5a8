import { answered, client, type Schemas } from '../../api';
import { count, plural } from '../../format';
import { OnDemand } from '../../parts/on-demand';

type Observed = Schemas['AccountObserved'];

/** What stands out in an account's last day, read from the archive when somebody asks. No verdict looks at it. */
export const ObservedPanel = ({ account }: { account: string }) => (
  <OnDemand
    title="Observed, not counted"
    ask="Look at the last day"
    name={['observed', account]}
    read={() => answered(client().GET('/v1/accounts/{account}/observed', { params: { path: { account } } }))}
  >
    {(found) => <Found of={found} />}
  </OnDemand>
);

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
