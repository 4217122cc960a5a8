import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { answered, client, type Schemas } from '../api';
import { useMe } from '../app';
import { count, plural, words } from '../format';
import { AccountLink, Classification, Empty, Failed, Panel } from '../parts/parts';

/** What was typed elsewhere, kept in memory only: a raw value has no place in an address or a history. */
let typed = '';
export const searchFor = (value: string): void => {
  typed = value;
  window.dispatchEvent(new Event('search'));
};

/** Who holds it, and in which campaigns: for whatever a tip names. */
export function SearchPage() {
  const [value, setValue] = useState(typed);
  const viewer = useMe().data?.role === 'viewer';
  const find = useMutation({ mutationFn: (wanted: string) => answered(client().POST('/v1/search', { body: { value: wanted } })) });
  const { mutate } = find;
  useEffect(() => {
    const go = () => {
      if (typed.length < 2) return;
      setValue(typed);
      mutate(typed);
    };
    go();
    window.addEventListener('search', go);
    return () => window.removeEventListener('search', go);
  }, [mutate]);
  return (
    <>
      <header>
        <div className="grow">
          <h1>Search</h1>
          <p className="lede">
            An account id or key, an address, a card token, an e-mail address or its domain, a client, a campaign or a case. A raw value is
            hashed by the server and forgotten; that you searched is in the access log.
          </p>
        </div>
      </header>
      <div className="stack">
        <form
          className="row bottom"
          onSubmit={(event) => {
            event.preventDefault();
            typed = value.trim();
            if (typed.length >= 2) mutate(typed);
          }}
        >
          <label className="field grow">
            <span>Value</span>
            <input data-focus autoComplete="off" value={value} onChange={(event) => setValue(event.target.value)} />
          </label>
          <button type="submit" className="button main" disabled={viewer || value.trim().length < 2 || find.isPending}>
            Search
          </button>
        </form>
        {viewer ? <p className="note">Searching raw values takes a reviewer.</p> : null}
        {find.error ? <Failed error={find.error} /> : null}
        {find.data ? <Results found={find.data} /> : null}
      </div>
    </>
  );
}

function Results({ found }: { found: Schemas['Found'] }) {
  const nothing = found.accounts.length + found.campaigns.length + found.cases.length === 0;
  if (nothing)
    return (
      <Panel title="Found" flush>
        <Empty title="Nobody">
          No account with this id, and no campaign shares this value. It was read as: {['account id', ...found.readAs].join(', ')}.
        </Empty>
      </Panel>
    );
  return (
    <>
      {found.cases.map((id) => (
        <p key={id}>
          Case <Link href={`/cases/${id}`}>{id}</Link>
        </p>
      ))}
      {found.campaigns.length > 0 ? (
        <Panel title={plural(found.campaigns.length, 'campaign')} flush>
          <ol className="cases">
            {found.campaigns.map((one) => (
              <li className="case" key={`${one.campaign} ${one.type}`}>
                <div>
                  <Classification is={one.classification} />
                </div>
                <div className="stack" style={{ gap: 3 }}>
                  <h3>
                    <Link className="mono" href={`/campaigns/${one.campaign}`}>
                      {one.campaign}
                    </Link>
                  </h3>
                  <p>
                    {one.type === null
                      ? `${plural(one.members, 'account')}.`
                      : `${plural(one.members, 'member')} share this ${words(one.type)}; ${plural(one.others, 'account')} outside ${one.others === 1 ? 'holds' : 'hold'} it too.`}
                  </p>
                </div>
                <div />
              </li>
            ))}
          </ol>
        </Panel>
      ) : null}
      {found.accounts.length > 0 ? (
        <Panel title={plural(found.accounts.length, 'account')} flush>
          <ul className="decided">
            {found.accounts.map((one) => (
              <li key={`${one.account} ${one.because}`}>
                <span />
                <AccountLink account={one.account} />
                {one.campaign ? (
                  <Link className="mono" href={`/campaigns/${one.campaign}`}>
                    {one.campaign}
                  </Link>
                ) : (
                  <span className="soft">in no campaign</span>
                )}
                <span className="small soft">found by {one.because}</span>
              </li>
            ))}
          </ul>
        </Panel>
      ) : null}
      {found.more ? <p className="note">There are more than {count(400)} campaigns: only the first were searched.</p> : null}
    </>
  );
}
