import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { answered, client, type Schemas } from '../../api';
import { useMe } from '../../app';
import { count, day, percent, plural, words } from '../../format';
import { AccountNames, keysOf, namesIn } from '../../parts/commands/choose';
import { CommandDialog } from '../../parts/commands/command-dialog';
import { csvOf, saveFile } from '../../parts/csv';
import { AccountLink, Badge, Empty, Figures, Loaded, Panel } from '../../parts/parts';
import { useFilters } from '../../parts/use-filters';

type Label = Schemas['Label'];
export const LABEL_NAMES: Record<Label['label'], string> = {
  distillation: 'distillation',
  reselling: 'reselling',
  'hijacked-keys': 'hijacked key',
  'shared-origin': 'one origin’s own account',
  honest: 'honest',
};
const SOURCES: Record<Label['source'], string> = {
  analyst: 'labelled by hand',
  undo: 'access restored',
  exoneration: 'exonerated',
  appeal: 'appeal answered',
  confirmation: 'action confirmed',
  verification: 'provider’s own check',
};
const VALUES = Object.keys(LABEL_NAMES) as Label['label'][];
const CHOICES = { label: VALUES, source: Object.keys(SOURCES) as Label['source'][] };
const PAGE = 200;

/** What is known of accounts, by whom and why, and how well detection does by it. */
export function LabelsPage() {
  const [where, choose] = useFilters(CHOICES);
  const [adding, setAdding] = useState(false);
  const may = (useMe().data?.role ?? 'viewer') !== 'viewer';
  const summary = useQuery({
    queryKey: ['label-summary'],
    refetchInterval: 60_000,
    queryFn: () => answered(client().GET('/v1/labels/summary')),
  });
  const list = useQuery({
    queryKey: ['labels', where],
    refetchInterval: 30_000,
    queryFn: () => answered(client().GET('/v1/labels', { params: { query: { ...where, limit: PAGE } } })),
  });
  return (
    <>
      <header>
        <div className="grow">
          <h1>Labels</h1>
          <p className="lede">
            What people found out about accounts: by restoring, exonerating, confirming, answering appeals, or by saying so here. They
            measure rules and policies, and act on nobody.
          </p>
        </div>
        <div className="row">
          <button type="button" className="button" onClick={() => void download('json')}>
            JSON
          </button>
          <button type="button" className="button" onClick={() => void download('csv')}>
            CSV
          </button>
          {may ? (
            <button type="button" className="button main" onClick={() => setAdding(true)}>
              Label accounts
            </button>
          ) : null}
        </div>
      </header>
      <div className="stack">
        <Loaded from={summary} lines={2}>
          {(data) => (
            <>
              <Figures
                items={[
                  ['accounts labelled', count(data.labelled)],
                  ...VALUES.map((value) => [LABEL_NAMES[value], count(data.byLabel[value] ?? 0)] as const),
                  ['not what a rule took them for', count(data.disagreed)],
                ]}
              />
              <Calibration bins={data.calibration} />
            </>
          )}
        </Loaded>
        <Panel title="Labelled accounts" flush>
          <div className="filters">
            <Choice label="Label" names={LABEL_NAMES} value={where.label ?? ''} onChange={(value) => choose('label', value)} />
            <Choice label="Found out by" names={SOURCES} value={where.source ?? ''} onChange={(value) => choose('source', value)} />
          </div>
          <Loaded from={list}>{(data) => <Rows items={data.items} more={data.next !== undefined} />}</Loaded>
        </Panel>
      </div>
      {adding ? <LabelDialog onClose={() => setAdding(false)} /> : null}
    </>
  );
}

function Choice({
  label,
  names,
  value,
  onChange,
}: {
  label: string;
  names: Record<string, string>;
  value: string;
  onChange: (value: string) => void;
}) {
  return (
    <label className="field">
      <span>{label}</span>
      <select value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">any</option>
        {Object.entries(names).map(([one, name]) => (
          <option key={one} value={one}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function Rows({ items, more }: { items: readonly Label[]; more: boolean }) {
  if (items.length === 0)
    return <Empty title="No labels">Nobody has restored, exonerated, confirmed or labelled an account that matches.</Empty>;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard (WCAG 2.1.1) */}
      <div className="table-wrap" tabIndex={0} role="region" aria-label="Labelled accounts">
        <table>
          <thead>
            <tr>
              <th>Account</th>
              <th>Label</th>
              <th>Found out by</th>
              <th>Why</th>
              <th>Acted on as</th>
            </tr>
          </thead>
          <tbody>
            {items.map((one) => (
              <tr key={one.account}>
                <td>
                  <AccountLink account={one.account} />
                </td>
                <td>
                  <Badge tone={one.label === 'honest' || one.label === 'shared-origin' ? 'good' : 'danger'}>{LABEL_NAMES[one.label]}</Badge>
                </td>
                <td>
                  {SOURCES[one.source]}
                  <br />
                  <span className="small soft nowrap">
                    {one.by ?? 'a reviewer'}, {day(one.at)}
                  </span>
                </td>
                <td className="small">{one.because ?? 'for reviewers'}</td>
                <td>
                  {one.judged ? (
                    <>
                      <Link className="mono" href={`/cases/${one.judged.case}`}>
                        {one.judged.case}
                      </Link>
                      <br />
                      <span className="small soft">
                        {words(one.judged.classification)}
                        {one.judged.classification === one.label ? ': right' : ': wrong'}
                      </span>
                    </>
                  ) : (
                    <span className="soft">not acted on</span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="under">
        <span>{more ? `The first ${items.length}: narrow them, or download all` : `${plural(items.length, 'account')}. End of list`}</span>
      </div>
    </>
  );
}

/** Is detection as sure as it is right? Only bins in which something is known. */
function Calibration({ bins }: { bins: Schemas['LabelSummary']['calibration'] }) {
  const known = bins.filter(({ groups }) => groups > 0);
  return (
    <Panel title="Is detection as sure as it is right?" flush>
      {known.length === 0 ? (
        <Empty title="Not known yet">No campaign has a labelled member.</Empty>
      ) : (
        <table>
          <thead>
            <tr>
              <th>Probability given</th>
              <th className="number">Campaigns</th>
              <th className="number">Mean given</th>
              <th className="number">Were so</th>
              <th className="number">95 % interval</th>
            </tr>
          </thead>
          <tbody>
            {known.map((bin) => (
              <tr key={bin.from}>
                <td>
                  {percent(bin.from)} to {percent(bin.to)}
                </td>
                <td className="number">{count(bin.groups)}</td>
                <td className="number">{percent(bin.said, 1)}</td>
                <td className="number">{percent(bin.were ?? 0)}</td>
                <td className="number nowrap">
                  {percent(bin.low ?? 0)} to {percent(bin.high ?? 1)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

/** What accounts really are: by key or by the provider’s own id. */
export function LabelDialog({ accounts = '', onClose }: { accounts?: string; onClose: () => void }) {
  const [named, setNamed] = useState(accounts);
  const [label, setLabel] = useState<Label['label'] | ''>('honest');
  const [source, setSource] = useState<'analyst' | 'verification'>('analyst');
  const size = namesIn(named).length;
  return (
    <CommandDialog
      title={label === '' ? `Take back the label of ${plural(size, 'account')}` : `Label ${plural(size, 'account')}: ${LABEL_NAMES[label]}`}
      act={label === '' ? 'Take back' : 'Label'}
      ready={size > 0}
      onClose={onClose}
      send={async ({ because, key }) =>
        answered(
          client().POST('/v1/labels', {
            params: { header: { 'idempotency-key': key } },
            body: { accounts: await keysOf(named), label: label === '' ? null : label, source, because },
          }),
        )
      }
    >
      <p>Kept with your name and reason, and used to measure rules and policies. Nobody is acted on or restored by it.</p>
      <AccountNames value={named} onChange={setNamed} />
      <div className="row">
        <label className="field">
          <span>What they are</span>
          <select value={label} onChange={(event) => setLabel(VALUES.find((one) => one === event.target.value) ?? '')}>
            {VALUES.map((one) => (
              <option key={one} value={one}>
                {LABEL_NAMES[one]}
              </option>
            ))}
            <option value="">not known after all: take the label back</option>
          </select>
        </label>
        <label className="field">
          <span>Found out by</span>
          <select value={source} onChange={(event) => setSource(event.target.value === 'verification' ? 'verification' : 'analyst')}>
            <option value="analyst">looking at it</option>
            <option value="verification">our own check of the person</option>
          </select>
        </label>
      </div>
    </CommandDialog>
  );
}

/** Every label, page by page, as a file. JSON has `id` and `label`, as measuring a policy takes them, and the rest beside. */
async function download(form: 'json' | 'csv'): Promise<void> {
  const all: Label[] = [];
  let cursor: string | undefined;
  do {
    const query = { limit: 1_000, ...(cursor === undefined ? {} : { cursor }) };
    const page = await answered(client().GET('/v1/labels', { params: { query } }));
    all.push(...page.items);
    cursor = page.next;
  } while (cursor !== undefined);
  if (form === 'json') {
    const rows = all.map(({ account, ...rest }) => ({ id: account, ...rest }));
    return saveFile('labels.json', JSON.stringify(rows, null, 2), 'application/json');
  }
  const head = ['account', 'label', 'source', 'by', 'at', 'because', 'case', 'rule', 'taken for'];
  const rows = all.map((one) => [
    ...[one.account, one.label, one.source, one.by, one.at, one.because],
    ...[one.judged?.case ?? null, one.judged?.rule ?? null, one.judged?.classification ?? null],
  ]);
  return saveFile('labels.csv', csvOf(head, rows), 'text/csv');
}
