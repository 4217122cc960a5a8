import { useQuery } from '@tanstack/react-query';
import { answered, client, type Schemas } from '../../api';
import { words } from '../../format';
import { Badge, Kind, Loaded, Panel } from '../../parts/parts';

/** A policy as a document: each number with its name and its reason. Read from the schema's shape, so a new number shows by itself. */
export function PolicyNumbers({ digest, judging, onBack }: { digest: string; judging: string; onBack: (() => void) | undefined }) {
  const one = useQuery({
    queryKey: ['policy', digest],
    queryFn: () => answered(client().GET('/v1/policies/{digest}', { params: { path: { digest } } })),
  });
  return (
    <Loaded from={one}>
      {({ policy }) => (
        <Panel
          title={digest === judging ? `Policy in force: ${policy.version}` : `Numbers of ${policy.version}`}
          flush
          end={
            <>
              {digest === judging ? <Badge tone="good">in force</Badge> : null}
              {onBack ? (
                <button type="button" className="button tiny" onClick={onBack}>
                  Show the policy in force
                </button>
              ) : null}
            </>
          }
        >
          <div className="rules">
            {policy.enforcement.rules.map((rule) => (
              <details key={rule.id}>
                <summary>
                  <Kind is={rule.kind} /> <span className="mono">{rule.id}</span> <span>{words(rule.rung)}</span>
                </summary>
                <Numbers of={rule} />
              </details>
            ))}
            {sections(policy).map(([name, section]) => (
              <details key={name}>
                <summary>
                  <strong>{spaced(name)}</strong>
                </summary>
                <Numbers of={section} />
              </details>
            ))}
          </div>
        </Panel>
      )}
    </Loaded>
  );
}

const sections = (policy: Schemas['Policy']): [string, unknown][] => [
  ...Object.entries(policy.enforcement).filter(([name]) => name !== 'rules'),
  ['detection', policy.detection],
];

type Numbered = { name: string; value: string; reason: string };
const isReasoned = (part: unknown): part is { value: unknown; reason: string } =>
  typeof part === 'object' && part !== null && 'value' in part && 'reason' in part && typeof part.reason === 'string';

/** Every `{ value, reason }` inside, with its path. */
function numbersIn(part: unknown, path: string): Numbered[] {
  if (isReasoned(part))
    return [{ name: path, value: Array.isArray(part.value) ? part.value.join(', ') || 'none' : String(part.value), reason: part.reason }];
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([name, inner]) =>
    numbersIn(inner, path === '' ? name : `${path} ${Number.isNaN(Number(name)) ? name : Number(name) + 1}`),
  );
}

/** Every number of a policy with its name and reason. */
export const numbersOf = (policy: Schemas['Policy']): Numbered[] => numbersIn({ ...policy.enforcement, detection: policy.detection }, '');

const Numbers = ({ of }: { of: unknown }) => (
  <dl>
    {numbersIn(of, '').map((number) => (
      <div key={number.name}>
        <dt>{spaced(number.name)}</dt>
        <dd className="value">{number.value}</dd>
        <dd className="soft">{number.reason}</dd>
      </div>
    ))}
  </dl>
);

const spaced = (name: string): string => words(name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase());
