import { useState } from 'react';
import { answered, client, type Schemas } from '../../api';
import { count, moment, plural } from '../../format';
import { saveFile } from '../../parts/csv';
import { Empty, Failed, Panel } from '../../parts/parts';

type Page = Schemas['AccountEvents'];
/** Requests on the screen before one asks for more. */
const SHOWN_AT_ONCE = 100;
/** A page may be empty and have a next one: what was asked days ago lies some pages back. */
const MOST_PAGES_AT_ONCE = 25;
const MOST_IN_A_FILE = 1_000;

const pageAfter = (account: string, from: string, limit: number, cursor?: string): Promise<Page> =>
  answered(
    client().GET('/v1/accounts/{account}/events', {
      params: { path: { account }, query: { from, limit, ...(cursor === undefined ? {} : { cursor }) } },
    }),
  );

/** The requests behind an account, read from the archive when somebody asks: reading them is in the access log. */
export function AccountEvents({ account, from: asked }: { account: string; from: string }) {
  // The range is that of the first page: a clock that goes on must not change what its cursors are for.
  const [from] = useState(asked);
  const [pages, setPages] = useState<Page[]>([]);
  const [state, setState] = useState<'idle' | 'reading' | 'saving'>('idle');
  const [error, setError] = useState<unknown>(null);
  const items = pages.flatMap((page) => page.items);
  const last = pages.at(-1);
  const over = last !== undefined && last.next === undefined;

  const run = async (doing: 'reading' | 'saving', work: () => Promise<void>) => {
    setState(doing);
    setError(null);
    try {
      await work();
    } catch (failed) {
      setError(failed);
    }
    setState('idle');
  };
  const read = () =>
    run('reading', async () => {
      const more = [...pages];
      const wanted = items.length + SHOWN_AT_ONCE;
      for (let page = 0; page < MOST_PAGES_AT_ONCE; page++) {
        const shown = more.reduce((sum, one) => sum + one.items.length, 0);
        const before = more.at(-1);
        if (shown >= wanted || (before && before.next === undefined)) break;
        more.push(await pageAfter(account, from, Math.max(1, wanted - shown), before?.next));
        setPages([...more]);
      }
    });
  const save = () =>
    run('saving', async () => {
      const all: Page[] = [];
      for (let next: string | undefined; all.length === 0 || next !== undefined; next = all.at(-1)?.next)
        all.push(await pageAfter(account, from, MOST_IN_A_FILE, next));
      // Where to go on is nothing that was found.
      const evidence = { type: 'lockstep.account-events.v1', account, pages: all.map(({ next: _, ...page }) => page) };
      saveFile(`account-${account}-events.json`, `${JSON.stringify(evidence, null, 1)}\n`, 'application/json');
    });

  return (
    <Panel
      title="Its requests, from the archive"
      flush
      end={
        <button type="button" className="button tiny" disabled={state !== 'idle'} onClick={() => void save()}>
          {state === 'saving' ? 'Reading…' : 'Download as evidence'}
        </button>
      }
    >
      {error ? <Failed error={error} again={() => void read()} /> : null}
      {items.length === 0 && !over ? (
        <p className="small soft" style={{ padding: 14 }}>
          Time, model, tokens, status and keyed hashes of each request; no content is kept. That you read them is noted in the access log.
        </p>
      ) : null}
      {items.length === 0 && over ? <Empty title="None is left">The archive keeps requests for a time only.</Empty> : null}
      {items.length > 0 ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard (WCAG 2.1.1)
        <div className="table-wrap" role="region" aria-label="Requests" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th>Time</th>
                <th>Model</th>
                <th>Status</th>
                <th className="number">In</th>
                <th className="number">Out</th>
                <th>Task</th>
                <th>Address</th>
                <th>Client</th>
                <th>Prompt template</th>
              </tr>
            </thead>
            <tbody>
              {items.map((one) => (
                <tr key={one.id}>
                  <td className="nowrap">{moment(one.at)}</td>
                  <td>{one.model}</td>
                  <td>{one.status}</td>
                  <td className="number">{count(one.inputTokens)}</td>
                  <td className="number">{count(one.outputTokens)}</td>
                  <td>{one.task ?? '—'}</td>
                  {[one.address, one.client, one.promptTemplate].map((hash, index) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: three columns, always in this order
                    <td className="mono" key={index}>
                      {hash?.slice(0, 8) ?? '—'}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
      <p className="row small soft" style={{ padding: '10px 14px' }}>
        {over ? null : (
          <button type="button" className="button tiny" disabled={state !== 'idle'} onClick={() => void read()}>
            {state === 'reading' ? 'Reading…' : pages.length === 0 ? 'Show its requests' : 'Show more'}
          </button>
        )}
        {items.length > 0 ? `${plural(items.length, 'request')}, newest hour first${over ? '; all there are' : ''}` : null}
      </p>
    </Panel>
  );
}
