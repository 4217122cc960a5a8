import { answered, client, type Schemas } from '../../api';
import { count, plural } from '../../format';
import { OnDemand } from '../../parts/on-demand';

type Observed = Schemas['CampaignObserved'];

const WHATS: Record<Observed['observed'][number]['what'], string> = {
  'limits-swept': 'sweep output limits',
  'refusals-probed': 'probe refusals',
  'sessions-on-a-timer': 'begin sessions on a timer',
  'key-elsewhere': 'have a key that is used elsewhere',
};
const SIGNALS: Record<Observed['shared'][number]['signal'], string> = { headerOrder: 'order of headers', http2: 'HTTP/2 fingerprint' };

/** What stands out in the last day of a campaign's busiest members, read from the archive when somebody asks. No verdict looks at it. */
export const CampaignObservedPanel = ({ id }: { id: string }) => (
  <OnDemand
    title="Observed, not counted"
    ask="Look at the last day of its busiest members"
    name={['campaign-observed', id]}
    read={() => answered(client().GET('/v1/campaigns/{campaign}/observed', { params: { path: { campaign: id } } }))}
  >
    {(found) => <Found of={found} />}
  </OnDemand>
);

const Found = ({ of }: { of: Observed }) => (
  <div className="stack" style={{ gap: 8 }}>
    {of.active === 0 ? (
      <p>None of the {plural(of.accounts, 'member')} that were looked at sent anything in the last day.</p>
    ) : of.observed.length === 0 && of.shared.length === 0 ? (
      <p>
        Nothing stands out, and the gateway says nothing of connections (order of headers, HTTP/2) that members could share: these are
        optional fields of usage events.
      </p>
    ) : null}
    <ul className="whynot">
      {of.observed.map(({ what, accounts, example }) => (
        <li key={what}>
          {count(accounts)} of {plural(of.active, 'active member')} {WHATS[what]}, one for example: {example}.
        </li>
      ))}
      {of.shared.map(({ signal, accounts, given, values }) => (
        <li key={signal}>
          {count(accounts)} of {plural(given, 'active member')} of which it was said have the same {SIGNALS[signal]}; there are{' '}
          {plural(values, 'different one')} in all.
        </li>
      ))}
    </ul>
    <p className="small soft">
      {count(of.active)} of the {plural(of.accounts, 'busiest member')} sent something
      {of.complete ? '' : '; there was more than one answer reads'}. No verdict looks at this.
    </p>
  </div>
);
