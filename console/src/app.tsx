import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Link, Redirect, Route, Switch, useLocation } from 'wouter';
import { answered, client } from './api';
import { moment, relative } from './format';
import { AccountPage } from './pages/accounts/account-page';
import { AccountsPage } from './pages/accounts/accounts-page';
import { CampaignPage } from './pages/campaigns/campaign-page';
import { CampaignsPage } from './pages/campaigns/campaigns-page';
import { DisclosurePage, DisclosuresPage } from './pages/campaigns/disclosures-page';
import { IndicatorsPage } from './pages/campaigns/indicators-page';
import { AppealsPage } from './pages/cases/appeals-page';
import { CasePage } from './pages/cases/case-page';
import { ExonerationsPage } from './pages/cases/exonerations-page';
import { HoldsPage } from './pages/cases/holds-page';
import { QueuePage } from './pages/cases/queue-page';
import { ReferralsPage } from './pages/cases/referrals-page';
import { VerificationsPage } from './pages/cases/verifications-page';
import { HealthPage } from './pages/health-page';
import { LedgerPage } from './pages/ledger-page';
import { LabelsPage } from './pages/policies/labels-page';
import { PoliciesPage } from './pages/policies/policies-page';
import { SearchPage, searchFor } from './pages/search-page';
import { SourcesPage } from './pages/sources-page';
import { Help } from './parts/help';
import { KeyName, useKeys } from './parts/keyboard';
import { Badge, Empty } from './parts/parts';
import { Toasts } from './parts/toasts';
import { signOut } from './session';

const PAGES = [
  { path: '/', label: 'Queue', keys: 'g q' },
  { path: '/campaigns', label: 'Campaigns', keys: 'g c' },
  { path: '/accounts', label: 'Accounts', keys: 'g a' },
  { path: '/appeals', label: 'Appeals', keys: 'g p' },
  { path: '/verifications', label: 'Verifications', keys: 'g v' },
  { path: '/referrals', label: 'Referrals', keys: 'g r' },
  { path: '/exonerations', label: 'Exonerations', keys: 'g e' },
  { path: '/holds', label: 'Legal holds', keys: 'g t' },
  { path: '/disclosures', label: 'Disclosures', keys: 'g d' },
  { path: '/indicators', label: 'Indicators', keys: 'g i' },
  { path: '/policies', label: 'Policies', keys: 'g o' },
  { path: '/labels', label: 'Labels', keys: 'g b' },
  { path: '/ledger', label: 'Audit log', keys: 'g l' },
  { path: '/sources', label: 'Sources', keys: 'g s' },
  { path: '/health', label: 'Health', keys: 'g h' },
] as const;

/** The page of the list that an address belongs to; a case is worked on from the queue, and search is none of them. */
const pageAt = (path: string) =>
  PAGES.find((page) => page.path !== '/' && path.startsWith(page.path)) ??
  (path === '/' || path.startsWith('/cases/') ? PAGES[0] : undefined);

export function App() {
  const [path, go] = useLocation();
  const [help, setHelp] = useState(false);
  useKeys('Everywhere', [
    ...PAGES.map((page) => ({ keys: page.keys, label: `Go to ${page.label.toLowerCase()}`, does: () => go(page.path) })),
    { keys: '/', label: 'Search', does: () => document.getElementById('search')?.focus() },
    { keys: 't', label: 'Light or dark', does: toggleTheme },
    { keys: 'Shift+?', label: 'This help', does: () => setHelp(true) },
  ]);
  useTitle(path);
  const here = pageAt(path);
  return (
    <div className="frame">
      <a className="skip" href="#page">
        Skip to the page
      </a>
      <header className="rail">
        <Link className="brand" href="/" aria-label="Lockstep">
          <img src="/mark.svg" alt="" />
          <span>Lockstep</span>
        </Link>
        <SearchBox />
        <nav aria-label="Pages">
          <ul>
            {PAGES.map((page) => (
              <li key={page.path}>
                <Link href={page.path} aria-current={page === here ? 'page' : undefined} ref={page === here ? intoView : undefined}>
                  {page.label}{' '}
                  <span className="kbd" aria-hidden="true">
                    {page.keys}
                  </span>
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <Foot onHelp={() => setHelp(true)} />
      </header>
      <main className="page" id="page" tabIndex={-1}>
        <Banner />
        <Switch>
          <Route path="/" component={QueuePage} />
          <Route path="/campaigns" component={CampaignsPage} />
          <Route path="/campaigns/:id">{({ id }) => <CampaignPage key={id} id={id} />}</Route>
          <Route path="/accounts" component={AccountsPage} />
          <Route path="/accounts/:account">{({ account }) => <AccountPage key={account} account={account} />}</Route>
          <Route path="/cases/:id">{({ id }) => <CasePage key={id} id={id} />}</Route>
          <Route path="/search" component={SearchPage} />
          <Route path="/sources" component={SourcesPage} />
          <Route path="/health" component={HealthPage} />
          <Route path="/exonerations" component={ExonerationsPage} />
          <Route path="/referrals" component={ReferralsPage} />
          <Route path="/verifications" component={VerificationsPage} />
          <Route path="/holds" component={HoldsPage} />
          <Route path="/appeals" component={AppealsPage} />
          <Route path="/disclosures" component={DisclosuresPage} />
          <Route path="/disclosures/:number">{({ number }) => <DisclosurePage key={number} number={number} />}</Route>
          <Route path="/indicators" component={IndicatorsPage} />
          <Route path="/policies" component={PoliciesPage} />
          <Route path="/labels" component={LabelsPage} />
          <Route path="/ledger" component={LedgerPage} />
          <Route path="/signed-in">
            <Redirect to="/" />
          </Route>
          <Route>
            <Empty title="There is nothing at this address.">
              <Link href="/">Go to the queue</Link>
            </Empty>
          </Route>
        </Switch>
      </main>
      {help ? <Help onClose={() => setHelp(false)} /> : null}
      <Toasts />
    </div>
  );
}

/** On a narrow screen the list of pages scrolls sideways: the page one is on is in it. */
const intoView = (element: HTMLElement | null): void => element?.scrollIntoView({ block: 'nearest', inline: 'nearest' });

/** The tab says which page and which account or campaign. */
function useTitle(path: string): void {
  useEffect(() => {
    const label = pageAt(path)?.label ?? (path.startsWith('/search') ? 'Search' : 'Not found');
    const subject = path.split('/')[2]?.slice(0, 16);
    document.title = `${subject === undefined ? '' : `${subject} · `}${label} · Lockstep`;
  }, [path]);
}

export const useMe = () =>
  useQuery({ queryKey: ['me'], staleTime: Number.POSITIVE_INFINITY, queryFn: () => answered(client().GET('/v1/me')) });
export const useStatus = () =>
  useQuery({ queryKey: ['status'], refetchInterval: 5_000, retry: 2, queryFn: () => answered(client().GET('/v1/status')) });

/** One box for whatever a tip names; `/` goes to it. */
function SearchBox() {
  const [, go] = useLocation();
  return (
    <form
      role="search"
      className="searchbox"
      onSubmit={(event) => {
        event.preventDefault();
        const value = new FormData(event.currentTarget).get('value');
        event.currentTarget.reset();
        go('/search');
        searchFor(String(value ?? '').trim());
      }}
    >
      <label>
        <span className="visually-hidden">Search</span>
        <input id="search" name="value" type="search" autoComplete="off" placeholder="Search  /" />
      </label>
    </form>
  );
}

/** What everybody has to know, whatever page they are on: the API is silent, or the pipeline is. */
function Banner() {
  const status = useStatus();
  if (status.isError || status.failureCount > 1)
    return (
      <p className="note danger banner" role="alert">
        The API does not answer.{' '}
        {status.dataUpdatedAt > 0
          ? `What you see is as of ${moment(new Date(status.dataUpdatedAt).toISOString())}; commands do not go through.`
          : ''}
      </p>
    );
  const { data } = status;
  if (!data?.stale) return null;
  return (
    <p className="note danger banner" role="alert">
      The last detection run was {data.lastRun ? relative(data.lastRun, data.at) : 'never'}: what formed since is not seen.{' '}
      <Link href="/health">Health</Link>
    </p>
  );
}

function Foot({ onHelp }: { onHelp: () => void }) {
  const status = useStatus();
  const me = useMe();
  return (
    <div className="foot">
      {status.data ? (
        <>
          <Badge tone={status.data.enforcement === 'armed' ? 'good' : 'danger'}>Enforcement {status.data.enforcement}</Badge>
          <span>{moment(status.data.at)}</span>
        </>
      ) : null}
      {me.data ? (
        <span>
          <strong>{me.data.name}</strong>, {me.data.role}
        </span>
      ) : null}
      <span className="row">
        <button type="button" className="button tiny" onClick={onHelp}>
          Keys <KeyName keys="Shift+?" />
        </button>
        <button type="button" className="button tiny" onClick={toggleTheme}>
          Theme
        </button>
        <button type="button" className="button tiny" onClick={signOut}>
          Sign out
        </button>
      </span>
    </div>
  );
}

function toggleTheme(): void {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = dark ? 'light' : 'dark';
  localStorage.setItem('theme', root.dataset.theme);
  window.dispatchEvent(new Event('themechange'));
}
