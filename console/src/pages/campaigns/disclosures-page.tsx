import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import { answered, client, type Schemas } from '../../api';
import { useMe } from '../../app';
import { compact, count, day, moment, percent, plural, readable, words } from '../../format';
import { CommandDialog } from '../../parts/commands/command-dialog';
import { saveFile } from '../../parts/csv';
import { Badge, Classification, Empty, Figures, Loaded, Panel } from '../../parts/parts';

/** Reports to others: numbered, frozen, each an entry of the audit log. */
export function DisclosuresPage() {
  const [search, setSearch] = useSearchParams();
  const may = (useMe().data?.role ?? 'viewer') !== 'viewer';
  const campaigns = search.get('campaigns') ?? '';
  const [writing, setWriting] = useState(campaigns !== '');
  const list = useQuery({ queryKey: ['disclosures'], queryFn: () => answered(client().GET('/v1/disclosures')) });
  return (
    <>
      <header>
        <div className="grow">
          <h1>Disclosures</h1>
          <p className="lede">
            What is told to others about one operator: numbered and frozen. What is found later changes none; a correction is another one.
          </p>
        </div>
        {may ? (
          <button type="button" className="button main" onClick={() => setWriting(true)}>
            Write a disclosure
          </button>
        ) : null}
      </header>
      <Loaded from={list} lines={4}>
        {({ items }) => (
          <Panel title="Written so far" flush>
            {items.length === 0 ? (
              <Empty title="None yet">Choose the campaigns of one operator, and say what is known of who is behind them.</Empty>
            ) : (
              <ol className="cases">
                {items.map((one) => (
                  <li className="case" key={one.number}>
                    <div>
                      <Badge>No. {one.number}</Badge>
                    </div>
                    <div className="stack" style={{ gap: 3 }}>
                      <h3>
                        <Link href={`/disclosures/${one.number}`}>{one.title}</Link>
                      </h3>
                      <p>
                        {plural(one.accounts, 'account')} in {plural(one.campaigns, 'campaign')}, {count(one.exchanges)} exchanges
                      </p>
                      <div className="facts">
                        <span>written {moment(one.writtenAt)}</span>
                        {one.by ? <span>by {one.by}</span> : null}
                        <span className="mono">{one.hash.slice(0, 12)}</span>
                      </div>
                    </div>
                  </li>
                ))}
              </ol>
            )}
          </Panel>
        )}
      </Loaded>
      {writing && may ? (
        <WriteDialog
          campaigns={campaigns}
          onClose={() => {
            setWriting(false);
            setSearch(new URLSearchParams(), { replace: true });
          }}
        />
      ) : null}
    </>
  );
}

const CONFIDENCES = ['low', 'moderate', 'high'] as const;

function WriteDialog({ campaigns: given, onClose }: { campaigns: string; onClose: () => void }) {
  const [title, setTitle] = useState('');
  const [campaigns, setCampaigns] = useState(given);
  const [statement, setStatement] = useState('');
  const [basis, setBasis] = useState('');
  const [confidence, setConfidence] = useState<(typeof CONFIDENCES)[number]>('low');
  const [input, setInput] = useState('');
  const [output, setOutput] = useState('');
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const named = campaigns.split(/[\s,]+/).filter((id) => id !== '');
  const attribution = statement.trim() === '' ? undefined : { statement: statement.trim(), basis: basis.trim(), confidence };
  const prices = input === '' || output === '' ? undefined : { inputPerMillion: Number(input), outputPerMillion: Number(output) };
  return (
    <CommandDialog
      title="Write a disclosure"
      act="Freeze it"
      ready={title.trim().length >= 3 && named.length > 0 && (attribution === undefined || attribution.basis.length >= 10)}
      onClose={onClose}
      send={({ because, key }) =>
        answered(
          client().POST('/v1/disclosures', {
            params: { header: { 'idempotency-key': key } },
            body: {
              title: title.trim(),
              campaigns: named,
              because,
              ...(from === '' ? {} : { from: `${from}T00:00:00Z` }),
              ...(to === '' ? {} : { to: dayAfter(to) }),
              ...(attribution ? { attribution } : {}),
              ...(prices ? { prices } : {}),
            },
          }),
        )
      }
    >
      <p>It is frozen as it is now, with its number, and stands in the audit log. Figures come from the campaigns; no account is named.</p>
      <label className="field">
        <span>Title</span>
        <input value={title} maxLength={200} onChange={(event) => setTitle(event.target.value)} />
      </label>
      <label className="field">
        <span>Campaigns of the operator, by id</span>
        <input value={campaigns} onChange={(event) => setCampaigns(event.target.value)} />
      </label>
      <div className="row">
        <label className="field grow">
          <span>First day that is counted, UTC (optional)</span>
          <input type="date" value={from} max={to || undefined} onChange={(event) => setFrom(event.target.value)} />
        </label>
        <label className="field grow">
          <span>Last day</span>
          <input type="date" value={to} min={from || undefined} onChange={(event) => setTo(event.target.value)} />
        </label>
      </div>
      <p className="small soft">
        Without days, all that the campaigns sent is counted. With them, their hours: tokens and capabilities by their share of the whole.
      </p>
      <div className="row">
        <label className="field grow">
          <span>List price, $ a million input tokens (optional)</span>
          <input type="number" min="0" step="0.01" value={input} onChange={(event) => setInput(event.target.value)} />
        </label>
        <label className="field grow">
          <span>$ a million output tokens</span>
          <input type="number" min="0" step="0.01" value={output} onChange={(event) => setOutput(event.target.value)} />
        </label>
      </div>
      <label className="field">
        <span>Who is behind it, as you judge (optional; kept apart from the figures)</span>
        <textarea value={statement} maxLength={1_000} onChange={(event) => setStatement(event.target.value)} />
      </label>
      {statement.trim() === '' ? null : (
        <>
          <label className="field">
            <span>Confidence</span>
            <select value={confidence} onChange={(event) => setConfidence(CONFIDENCES.find((one) => one === event.target.value) ?? 'low')}>
              {CONFIDENCES.map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          </label>
          <label className="field">
            <span>What that rests on</span>
            <textarea value={basis} maxLength={2_000} onChange={(event) => setBasis(event.target.value)} />
          </label>
        </>
      )}
    </CommandDialog>
  );
}

/** The last day counts to its end. */
const dayAfter = (date: string): string => new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000).toISOString();

/** One disclosure: to read, to print, to send. */
export function DisclosurePage({ number }: { number: string }) {
  const params = { path: { number: Number(number) } };
  const one = useQuery({
    queryKey: ['disclosure', number],
    queryFn: () => answered(client().GET('/v1/disclosures/{number}', { params })),
  });
  const markdown = async () => {
    const { data } = await client().GET('/v1/disclosures/{number}/markdown', { params, parseAs: 'text' });
    if (typeof data === 'string') saveFile(`disclosure-${number}.md`, data, 'text/markdown');
  };
  const may = (useMe().data?.role ?? 'viewer') !== 'viewer';
  const stix = async () => {
    const bundle = await answered(client().GET('/v1/disclosures/{number}/stix', { params }));
    saveFile(`disclosure-${number}.stix.json`, `${JSON.stringify(bundle, null, 1)}\n`, 'application/json');
  };
  return (
    <Loaded from={one} lines={8}>
      {(data) => (
        <>
          <header>
            <div className="grow">
              <h1>
                Disclosure {data.number}: {data.title}
              </h1>
              <p className="lede">
                {day(data.from)} to {day(data.to)}. Written {moment(data.writtenAt)}
                {data.by ? ` by ${data.by}` : ''}, and frozen: entry {data.number} of its chain in the audit log.
              </p>
            </div>
            <div className="row no-print">
              <button type="button" className="button" onClick={() => window.print()}>
                Print
              </button>
              <button type="button" className="button" onClick={() => void markdown()}>
                Markdown
              </button>
              <button
                type="button"
                className="button"
                onClick={() => saveFile(`disclosure-${number}.json`, `${JSON.stringify(data, null, 1)}\n`, 'application/json')}
              >
                JSON
              </button>
              {may ? (
                <button type="button" className="button" onClick={() => void stix()}>
                  STIX
                </button>
              ) : null}
            </div>
          </header>
          <div className="stack">
            <Figures
              items={[
                ['accounts', count(data.accounts)],
                ['exchanges', compact(data.exchanges)],
                ['prevented', compact(data.prevented)],
                ['input tokens', compact(data.inputTokens)],
                ['output tokens', compact(data.outputTokens)],
                ['at list price', data.value ? `$${count(Math.round(data.value.dollars))}` : '—'],
              ]}
            />
            <Panel title="Who is behind it: a judgement, apart from the figures">
              {data.attribution ? (
                <>
                  <p>
                    {data.attribution.statement} <Badge tone="accent">{data.attribution.confidence} confidence</Badge>
                  </p>
                  <p className="soft">
                    {data.attribution.basis}
                    {data.attribution.author ? ` (${data.attribution.author})` : ''}
                  </p>
                </>
              ) : (
                <p className="soft">Nobody is named.</p>
              )}
            </Panel>
            <Parts title="What it was after" of={data.capabilities} head="Capability" />
            <Parts title="By model" of={data.models} head="Model" />
            <Parts title="By channel" of={data.channels} head="Channel" />
            <p className="small soft">
              Models and channels: shares of the latest {count(data.sampled.requests)} requests of{' '}
              {plural(data.sampled.accounts, 'account')}, carried over to the whole.
            </p>
            {data.about.map((campaign) => (
              <Panel
                key={campaign.id}
                title={
                  <>
                    Campaign <Link href={`/campaigns/${campaign.id}`}>{campaign.id}</Link>
                  </>
                }
                end={<Classification is={campaign.classification} />}
              >
                <p>
                  {plural(campaign.accounts, 'account')}, {count(campaign.exchanges)} exchanges, {count(campaign.prevented)} prevented;
                  detected {moment(campaign.detectedAt)}. Probability {percent(campaign.probability, 1)}.
                </p>
                <h3 style={{ paddingTop: 10 }}>How it was found</h3>
                <ul className="bullets">
                  {campaign.evidence.map((one) => (
                    <li key={one.because}>{readable(one.because)}</li>
                  ))}
                </ul>
                <h3 style={{ paddingTop: 10 }}>What was done</h3>
                {campaign.done.length === 0 ? (
                  <p className="soft">Nothing was done about it.</p>
                ) : (
                  <ul className="bullets">
                    {campaign.done.map((step) => (
                      <li key={`${step.at} ${step.what}`}>
                        {moment(step.at)}: {words(step.what)}, {step.by}
                        {step.because ? `: ${readable(step.because)}` : ''}
                      </li>
                    ))}
                  </ul>
                )}
              </Panel>
            ))}
            <Panel title="How it was built" flush>
              <Table
                label="How it was built"
                head={['Shared', 'Distinct', 'Members of the largest']}
                rows={data.built.map((part) => [words(part.type), count(part.distinct), count(part.largest)])}
              />
            </Panel>
            <p className="small soft">
              Hash{' '}
              <span className="mono" style={{ overflowWrap: 'anywhere' }}>
                {data.hash}
              </span>
            </p>
          </div>
        </>
      )}
    </Loaded>
  );
}

const Parts = ({ title, of, head }: { title: string; of: readonly Schemas['DisclosedPart'][]; head: string }) => (
  <Panel title={title} flush>
    {of.length === 0 ? (
      <Empty title="Not known">Nothing of it was labelled or at hand.</Empty>
    ) : (
      <Table
        label={title}
        head={[head, 'Share', 'Exchanges', 'Tokens']}
        rows={of.map((part) => [part.name, percent(part.share), count(part.exchanges), compact(part.tokens)])}
      />
    )}
  </Panel>
);

const Table = ({ label, head, rows }: { label: string; head: readonly string[]; rows: readonly (readonly string[])[] }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard (WCAG 2.1.1)
  <div className="table-wrap" tabIndex={0} role="region" aria-label={label}>
    <table>
      <thead>
        <tr>
          {head.map((name, index) => (
            <th key={name} className={index > 0 ? 'number' : ''}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row[0]}>
            {row.map((cell, index) => (
              <td key={head[index]} className={index > 0 ? 'number' : ''}>
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);
