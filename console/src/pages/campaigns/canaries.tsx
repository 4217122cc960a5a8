import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { answered, client, type Schemas } from '../../api';
import { count, moment, percent, plural } from '../../format';
import { Badge, Empty, Panel } from '../../parts/parts';

type CanarySet = Schemas['CanarySet'];

const TONES = { 'not-seen': 'plain', own: 'plain', echoed: 'warn', public: 'plain', false: 'warn', withdrawn: 'plain' } as const;
const READS = {
  'not-seen': 'not seen again',
  own: 'repeated by its owner',
  echoed: 'echoed by others',
  public: 'stands somewhere open',
  false: 'false reports',
  withdrawn: 'withdrawn',
} as const;

/** Who repeats what this campaign was answered, and whom its accounts repeat. Nothing is decided by it. */
export function CanariesPanel({ id, mayAct }: { id: string; mayAct: boolean }) {
  const canaries = useQuery({
    queryKey: ['canaries', id],
    queryFn: () => answered(client().GET('/v1/canaries', { params: { query: { campaign: id } } })),
  });
  const data = canaries.data;
  if (!data || (data.items.length === 0 && !mayAct)) return null;
  if (data.items.length === 0)
    return (
      <Panel title="Canaries: who echoes whom" flush>
        <Empty title="None were placed">
          No tokens were issued for this campaign or its accounts (POST /v1/canaries), and its accounts echoed nobody’s.
        </Empty>
      </Panel>
    );
  return (
    <Panel title="Canaries: who echoes whom" flush end={<FalsePositives of={data.falsePositives} />}>
      <ul className="health notices by-hand">
        {data.items.map((set) => (
          <li key={set.id}>
            <span className="small soft nowrap">{moment(set.issuedAt)}</span>
            <span>
              <Placed of={set} here={id} /> <Badge tone={TONES[set.reading]}>{READS[set.reading]}</Badge>
              <span className="small soft" style={{ display: 'block' }}>
                {set.by.length === 0 ? set.says : <Echoing of={set} />}
              </span>
            </span>
            <span className="small soft mono">{set.id}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

const Placed = ({ of, here }: { of: CanarySet; here: string }) => (
  <>
    {plural(of.tokens, 'token')} in answers of{' '}
    {of.account !== null ? (
      <Link className="mono" href={`/accounts/${of.account}`} title={of.account}>
        {of.account.slice(0, 8)}…
      </Link>
    ) : of.campaign === here ? (
      'this campaign'
    ) : of.campaign !== null ? (
      <Link href={`/campaigns/${of.campaign}`}>{of.campaign}</Link>
    ) : (
      'nobody (control)'
    )}
  </>
);

const ECHOES_SHOWN = 8;
const Echoing = ({ of }: { of: CanarySet }) => (
  <>
    {of.by.slice(0, ECHOES_SHOWN).map((one, place) => (
      <span key={one.account ?? one.model}>
        {place === 0 ? '' : ', '}
        {one.account === null ? (
          <>the model {one.model}</>
        ) : (
          <>
            <Link className="mono" href={`/accounts/${one.account}`} title={one.account}>
              {one.account.slice(0, 8)}…
            </Link>
            {one.campaign === null ? '' : ` of ${one.campaign}`}
          </>
        )}{' '}
        ({plural(one.tokens, 'token')} since {moment(one.since)})
      </span>
    ))}
    {of.by.length > ECHOES_SHOWN ? ` and ${count(of.by.length - ECHOES_SHOWN)} more` : ''}
  </>
);

const FalsePositives = ({ of }: { of: Schemas['CanaryFalsePositives'] }) => (
  <span className="small soft">
    {of.atMost === null
      ? 'wrong how often: nobody who echoes was judged yet'
      : `${of.honest} of ${plural(of.judged, 'account')} judged were honest: at most ${percent(of.atMost)} wrong`}
    {of.controls === 0 ? '' : `; ${of.controlsBack} of ${plural(of.controls, 'control')} came back`}
  </span>
);
