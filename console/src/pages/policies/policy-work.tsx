import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answered, client, type Schemas } from '../../api';
import { count, day, percent, words } from '../../format';
import { CommandDialog } from '../../parts/commands/command-dialog';
import { Badge, Empty, Loaded, Panel } from '../../parts/parts';
import { Changes, changesOf } from './policy-changes';

/** What each rule did lately, and how often people overturned it. */
export function RulesPanel() {
  const rules = useQuery({ queryKey: ['rules'], refetchInterval: 60_000, queryFn: () => answered(client().GET('/v1/policies/rules')) });
  const share = (value: number | null): string => (value === null ? '—' : percent(value, 1));
  return (
    <Panel
      title="Rules: what they did, and how often they were wrong"
      flush
      end={rules.data ? <span className="small soft">since {day(rules.data.since)}</span> : null}
    >
      <Loaded from={rules}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="The policy has no rule" />
          ) : (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard (WCAG 2.1.1)
            <div className="table-wrap" tabIndex={0} role="region" aria-label="Rules">
              <table>
                <thead>
                  <tr>
                    <th>Rule</th>
                    <th>Mode</th>
                    <th className="number">Acted on</th>
                    <th className="number">Appealed</th>
                    <th className="number">Overturned</th>
                    <th className="number">Restored by people</th>
                    <th className="number">Right, of labelled</th>
                  </tr>
                </thead>
                <tbody>
                  {items.map((one) => (
                    <tr key={one.rule}>
                      <td>
                        <span className="mono">{one.rule}</span> <span className="soft small">{words(one.action)}</span>
                      </td>
                      <td>{one.demoted ? <Badge tone="danger">demoted: people approve</Badge> : one.mode}</td>
                      <td className="number">{count(one.acted)}</td>
                      <td className="number">
                        {count(one.appealed)} <small className="soft">{share(one.appealRate)}</small>
                      </td>
                      <td className="number">
                        {count(one.granted)} <small className="soft">{share(one.overturnRate)}</small>
                      </td>
                      <td className="number">{count(one.reversed)}</td>
                      <td className="number">
                        {share(one.precision)}{' '}
                        <small className="soft">
                          {count(one.right)} of {count(one.labelled)}
                        </small>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Loaded>
    </Panel>
  );
}

const jsonIn = async (file: File | undefined): Promise<unknown> => {
  try {
    return JSON.parse((await file?.text()) ?? '');
  } catch {
    throw new Error(`${file?.name ?? 'The file'} is not JSON.`);
  }
};

const FileField = ({ label, onFile }: { label: string; onFile: (file: File | undefined) => void }) => (
  <label className="field">
    <span>{label}</span>
    <input type="file" accept="application/json,.json" onChange={(event) => onFile(event.target.files?.[0])} />
  </label>
);

/** A policy from a file, as a draft: what is wrong with it is answered with where and why. */
export function DraftDialog({ onClose }: { onClose: () => void }) {
  const [file, setFile] = useState<File>();
  return (
    <CommandDialog
      title={file ? `Draft a policy from ${file.name}` : 'Draft a policy'}
      act="Draft"
      ready={file !== undefined}
      onClose={onClose}
      send={async ({ because, key }) => {
        const policy = (await jsonIn(file)) as Schemas['Policy'];
        return answered(client().POST('/v1/policies', { params: { header: { 'idempotency-key': key } }, body: { policy, because } }));
      }}
    >
      <p>
        Copy the policy in force, change numbers and write the reason beside each. Nothing is decided by a draft: a second person reads it,
        and it is measured first.
      </p>
      <FileField label="Policy (JSON)" onFile={setFile} />
    </CommandDialog>
  );
}

/** What a policy did on labelled traffic: the replay report and the labels, measured by the server. */
export function MeasureDialog({ digest, name, onClose }: { digest: string; name: string; onClose: () => void }) {
  const [report, setReport] = useState<File>();
  const [labels, setLabels] = useState<File>();
  const [dataset, setDataset] = useState('');
  return (
    <CommandDialog
      title={`Measure ${name} on labelled traffic`}
      act="Measure"
      ready={report !== undefined && labels !== undefined && dataset.trim() !== ''}
      onClose={onClose}
      send={async ({ because, key }) => {
        const body = {
          dataset: dataset.trim(),
          report: (await jsonIn(report)) as Schemas['NewMeasurement']['report'],
          labels: (await jsonIn(labels)) as Schemas['NewMeasurement']['labels'],
          because,
        };
        const params = { path: { digest }, header: { 'idempotency-key': key } };
        return answered(client().POST('/v1/policies/{digest}/measurements', { params, body }));
      }}
    >
      <p>
        Replay labelled traffic with this policy (<code>npm run replay -- EVENTS --policy FILE</code>). The account ids in the files are
        used to count and are not kept.
      </p>
      <label className="field">
        <span>Name of the traffic</span>
        <input value={dataset} onChange={(event) => setDataset(event.target.value)} />
      </label>
      <FileField label="report.json of the replay" onFile={setReport} />
      <FileField label={'Labels: a list of { "id", "label" }'} onFile={setLabels} />
    </CommandDialog>
  );
}

type Replay = { policy?: { digest?: string; version?: string }; accounts?: { id: string; standing: string }[] };
const MOST_NAMED = 50;

/** Which numbers differ, and which accounts moved: the ids stay in this browser. */
export function Moved({ before, after }: { before: unknown; after: unknown }) {
  const [one, other] = [before, after] as [Replay, Replay];
  const from = new Map(one.accounts?.map(({ id, standing }) => [id, standing]));
  const to = new Map(other.accounts?.map(({ id, standing }) => [id, standing]));
  const moved = [...new Set([...from.keys(), ...to.keys()])]
    .map((id) => ({ id, from: from.get(id) ?? 'left alone', to: to.get(id) ?? 'left alone' }))
    .filter((change) => change.from !== change.to);
  return (
    <>
      <ChangedNumbers before={one.policy?.digest} after={other.policy?.digest} />
      {moved.length > 0 ? (
        <details>
          <summary className="small">Accounts that move (read in this browser only)</summary>
          <ul className="small stack" style={{ gap: 2, paddingTop: 6 }}>
            {moved.slice(0, MOST_NAMED).map((change) => (
              <li key={change.id}>
                <span className="mono">{change.id}</span> {words(change.from)} → {words(change.to)}
              </li>
            ))}
            {moved.length > MOST_NAMED ? <li>and {count(moved.length - MOST_NAMED)} more</li> : null}
          </ul>
        </details>
      ) : null}
    </>
  );
}

function ChangedNumbers({ before, after }: { before: string | undefined; after: string | undefined }) {
  const both = useQuery({
    queryKey: ['policy-pair', before, after],
    enabled: before !== undefined && after !== undefined && before !== after,
    retry: false,
    queryFn: () =>
      Promise.all(
        [before, after].map((digest) => answered(client().GET('/v1/policies/{digest}', { params: { path: { digest: digest ?? '' } } }))),
      ),
  });
  if (before === undefined || before === after) return <p className="small soft">Both were replayed with the same numbers.</p>;
  const [one, other] = both.data ?? [];
  if (!one || !other) return both.isError ? <p className="small soft">Draft both policies here to see which numbers differ.</p> : null;
  return <Changes of={changesOf(one.policy, other.policy)} names={[one.name, other.name]} none="Both have the same numbers." />;
}
