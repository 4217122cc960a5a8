import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answered, client, type Schemas } from '../api';
import { useStatus } from '../app';
import { count, moment, percent, plural, relative } from '../format';
import { Badge, Empty, Figures, Loaded, Panel } from '../parts/parts';

type Source = Schemas['Source'];

const TITLES: Readonly<Record<string, string>> = {
  contract: 'Gateways that write the contract',
  litellm: 'LiteLLM',
  bedrock: 'Amazon Bedrock',
  otlp: 'OpenTelemetry',
  openmeter: 'OpenMeter',
  kong: 'Kong AI Gateway',
  'access-log': 'Access log',
  unknown: 'Records of nobody that is known',
};
const FIELDS: Readonly<Record<string, string>> = {
  address: 'address',
  client: 'client',
  prompt: 'prompt',
  apiKey: 'API key',
  durationMs: 'duration',
  labels: 'task label',
  payment: 'payment',
  signup: 'sign-up address or client',
  organization: 'organisation',
  emailDomain: 'e-mail domain',
  createdAt: 'date of sign-up',
};
const USAGE_FIELDS = ['address', 'client', 'prompt', 'apiKey', 'durationMs', 'labels'];

/** Did it arrive? What came from whom, what was refused and why, and which evidence it can give. */
export function SourcesPage() {
  const [days, setDays] = useState('1');
  const sources = useQuery({
    queryKey: ['sources', days],
    refetchInterval: 15_000,
    queryFn: () => answered(client().GET('/v1/sources', { params: { query: { days } } })),
  });
  return (
    <>
      <header>
        <div className="grow">
          <h1>Sources</h1>
          <p className="lede">
            What arrives from whom, what is refused and why, and which evidence is missing because its fields do not arrive.
          </p>
        </div>
        <label>
          Days{' '}
          <select value={days} onChange={(event) => setDays(event.target.value)}>
            {['1', '2', '4', '8'].map((one) => (
              <option key={one} value={one}>
                {one === '1' ? 'today' : one}
              </option>
            ))}
          </select>
        </label>
      </header>
      <Loaded from={sources} lines={6}>
        {({ items, silent }) =>
          items.length === 0 ? (
            <Empty title="Nothing has arrived in this time">
              Choose more days, or send an event to the queue, drop a file, or post it to /v1/events. Records of LiteLLM, Bedrock,
              OpenTelemetry, OpenMeter, Kong and Envoy need no converter: docs/producers.md.
            </Empty>
          ) : (
            <div className="stack">
              {silent.length > 0 ? (
                <Panel title="Evidence that is missing">
                  <ul>
                    {silent.map((why) => (
                      <li key={why}>{why}</li>
                    ))}
                  </ul>
                </Panel>
              ) : null}
              {items.map((one) => (
                <SourcePanel key={one.producer} one={one} />
              ))}
            </div>
          )
        }
      </Loaded>
    </>
  );
}

function SourcePanel({ one }: { one: Source }) {
  const now = useStatus().data?.at;
  const refused = Object.entries(one.refused);
  const total = refused.reduce((sum, [, times]) => sum + times, 0);
  const shares = Object.entries(one.fields).filter(([name]) => (USAGE_FIELDS.includes(name) ? one.usage > 0 : one.accounts > 0));
  return (
    <Panel
      title={TITLES[one.producer] ?? one.producer}
      end={total === 0 ? <Badge tone="good">nothing refused</Badge> : <Badge tone="danger">{plural(total, 'record')} refused</Badge>}
    >
      <Figures
        items={[
          ['events', count(one.accepted)],
          ['requests', count(one.usage)],
          ['facts about accounts', count(one.accounts)],
          ['newest event', one.lastEvent === null ? 'none' : now === undefined ? moment(one.lastEvent) : relative(one.lastEvent, now)],
        ]}
      />
      {refused.length > 0 ? (
        <ul style={{ paddingTop: 10 }}>
          {refused.map(([reason, times]) => (
            <li key={reason}>
              {count(times)} <code>{reason}</code>
            </li>
          ))}
          <li className="small soft">The records are kept for a few days: npm run redrive shows why, and sends them again.</li>
        </ul>
      ) : null}
      {shares.length > 0 ? (
        <p className="small soft" style={{ paddingTop: 8 }}>
          Fields that arrive: {shares.map(([name, share]) => `${FIELDS[name] ?? name} ${percent(share)}`).join(' · ')}
        </p>
      ) : null}
    </Panel>
  );
}
