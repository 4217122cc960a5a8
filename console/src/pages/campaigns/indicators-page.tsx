import { useMutation, useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { answered, client, queries, type Schemas } from '../../api';
import { useMe, useStatus } from '../../app';
import { count, day, moment } from '../../format';
import { CommandDialog } from '../../parts/commands/command-dialog';
import { Badge, Classification, Empty, Failed, Loaded, Panel } from '../../parts/parts';
import { toast } from '../../parts/toasts';

type Operator = Schemas['KnownOperator'];

/** Operators known from elsewhere: bundles come in, and people see whether they fit this deployment at all. */
export function IndicatorsPage() {
  const operators = useQuery({ queryKey: ['operators'], refetchInterval: 15_000, queryFn: () => answered(client().GET('/v1/indicators')) });
  const [revoking, setRevoking] = useState<Operator | null>(null);
  const may = (useMe().data?.role ?? 'viewer') !== 'viewer';
  return (
    <>
      <header>
        <div className="grow">
          <h1>Indicators from elsewhere</h1>
          <p className="lede">
            Operators that another deployment found. Networks that are found here by their own links are compared with these indicators; an
            import acts on nobody and is no evidence by itself.
          </p>
        </div>
      </header>
      <div className="stack">
        {may ? <Import /> : null}
        <Panel title="Imported" flush>
          <Loaded from={operators} lines={4}>
            {({ items }) =>
              items.length === 0 ? (
                <Empty title="Nothing was imported">Where an operator was found, take the STIX bundle from its campaign page.</Empty>
              ) : (
                <ol className="cases">
                  {items.map((one) => (
                    <OperatorRow key={one.id} one={one} onRevoke={may && one.watched ? () => setRevoking(one) : undefined} />
                  ))}
                </ol>
              )
            }
          </Loaded>
        </Panel>
      </div>
      {revoking ? (
        <CommandDialog
          title={`Revoke ${revoking.name}`}
          act="Revoke"
          danger
          onClose={() => setRevoking(null)}
          send={({ because, key }) =>
            answered(
              client().DELETE('/v1/indicators/{operator}', {
                params: { path: { operator: revoking.id }, query: { because }, header: { 'idempotency-key': key } },
              }),
            )
          }
        >
          <p>It is looked for no longer. Findings go with the next version of their campaign, within a day; its history stays.</p>
        </CommandDialog>
      ) : null}
    </>
  );
}

function OperatorRow({ one, onRevoke }: { one: Operator; onRevoke: (() => void) | undefined }) {
  return (
    <li className="case" id={one.id}>
      <div>{one.watched ? <Badge tone="good">looked for</Badge> : <Badge>{one.revoked ? 'revoked' : 'ended'}</Badge>}</div>
      <div className="stack" style={{ gap: 3 }}>
        <h3>
          {one.name} <Classification is={one.classification} />
        </h3>
        <p>
          {one.seen === 0
            ? `None of its ${count(one.indicators)} indicators was ever seen here: it may come from a deployment with another identifier key.`
            : `${count(one.seen)} of its ${count(one.indicators)} indicators were seen here.`}
        </p>
        <p className="soft">{one.because}</p>
        <div className="facts">
          <span>from {one.source}</span>
          <span>{count(one.accounts)} accounts there</span>
          <span>
            imported {moment(one.importedAt)}
            {one.by ? ` by ${one.by}` : ''}
          </span>
          <span>until {day(one.until)}</span>
          <span className="mono">{one.id}</span>
        </div>
      </div>
      <div className="end">
        {onRevoke ? (
          <button type="button" className="button" onClick={onRevoke}>
            Revoke
          </button>
        ) : null}
      </div>
    </li>
  );
}

function Import() {
  const now = useStatus().data?.at;
  const [file, setFile] = useState<File>();
  const [because, setBecause] = useState('');
  const [until, setUntil] = useState('');
  const form = useRef<HTMLFormElement>(null);
  // One key for one file and reason: pressing twice is one import.
  const key = useRef(crypto.randomUUID());
  const changed = () => {
    key.current = crypto.randomUUID();
    add.reset();
  };
  const add = useMutation({
    mutationFn: async () => {
      const body = bundleIn(await file?.text());
      const query = { because: because.trim(), ...(until === '' ? {} : { until: `${until}T00:00:00Z` }) };
      return answered(client().POST('/v1/indicators', { params: { query, header: { 'idempotency-key': key.current } }, body }));
    },
    onSuccess: async (answer) => {
      toast(answer.kind === 'done' ? `Done: ${answer.because}.` : `Already so: ${answer.because}.`);
      form.current?.reset();
      setFile(undefined);
      setBecause('');
      setUntil('');
      key.current = crypto.randomUUID();
      await queries.invalidateQueries();
    },
  });
  return (
    <Panel title="Import a STIX 2.1 bundle">
      <form
        ref={form}
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate();
        }}
      >
        <p className="soft">
          As another Lockstep exported it. Values are keyed hashes: they match only if both deployments share the identifier key.
        </p>
        <div className="row">
          <label className="field">
            <span>Bundle</span>
            <input
              type="file"
              accept="application/json,.json"
              required
              onChange={(event) => {
                setFile(event.target.files?.[0]);
                changed();
              }}
            />
          </label>
          <label className="field">
            <span>Look for it until (180 days if empty)</span>
            <input
              type="date"
              min={now?.slice(0, 10)}
              value={until}
              onChange={(event) => {
                setUntil(event.target.value);
                changed();
              }}
            />
          </label>
        </div>
        <label className="field">
          <span>Why (kept in the audit log)</span>
          <textarea
            required
            minLength={3}
            maxLength={500}
            value={because}
            onChange={(event) => {
              setBecause(event.target.value);
              changed();
            }}
          />
        </label>
        {add.error ? <Failed error={add.error} /> : null}
        <div className="row">
          <button type="submit" className="button main" disabled={!file || because.trim().length < 3 || add.isPending}>
            {add.isPending ? 'Asking …' : 'Import'}
          </button>
        </div>
      </form>
    </Panel>
  );
}

/** The API says what is wrong with a bundle; a file that is no JSON never gets there. */
function bundleIn(text = ''): Schemas['StixBundle'] {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('The file is not JSON. Choose the bundle as the campaign page gave it.');
  }
}
