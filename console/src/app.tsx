import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Link, Redirect, Route, Switch, useLocation } from 'wouter';
import { answered, client } from './api';
import { moment } from './format';
import { AccountPage } from './pages/account-page';
import { AccountsPage } from './pages/accounts-page';
import { AppealsPage } from './pages/appeals-page';
import { CampaignPage } from './pages/campaign-page';
import { CampaignsPage } from './pages/campaigns-page';
import { IndicatorsPage } from './pages/indicators-page';
import { LedgerPage } from './pages/ledger-page';
import { PoliciesPage } from './pages/policies-page';
import { QueuePage } from './pages/queue-page';
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
  { path: '/indicators', label: 'Indicators', keys: 'g i' },
  { path: '/policies', label: 'Policies', keys: 'g o' },
  { path: '/ledger', label: 'Ledger', keys: 'g l' },
] as const;

export function App() {
  const [path, go] = useLocation();
  const [help, setHelp] = useState(false);
  useKeys('Everywhere', [
    ...PAGES.map((page) => ({ keys: page.keys, label: `Go to ${page.label.toLowerCase()}`, does: () => go(page.path) })),
    { keys: 't', label: 'Light or dark', does: toggleTheme },
    { keys: 'Shift+?', label: 'This help', does: () => setHelp(true) },
  ]);
  useTitle(path);
  const here = PAGES.find((page) => page.path !== '/' && path.startsWith(page.path)) ?? PAGES[0];
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
        <Switch>
          <Route path="/" component={QueuePage} />
          <Route path="/campaigns" component={CampaignsPage} />
          <Route path="/campaigns/:id">{({ id }) => <CampaignPage key={id} id={id} />}</Route>
          <Route path="/accounts" component={AccountsPage} />
          <Route path="/accounts/:account">{({ account }) => <AccountPage key={account} account={account} />}</Route>
          <Route path="/appeals" component={AppealsPage} />
          <Route path="/indicators" component={IndicatorsPage} />
          <Route path="/policies" component={PoliciesPage} />
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
    const page = PAGES.find((one) => one.path !== '/' && path.startsWith(one.path)) ?? PAGES[0];
    const subject = path.split('/')[2]?.slice(0, 16);
    document.title = `${subject === undefined ? '' : `${subject} · `}${page.label} · Lockstep`;
  }, [path]);
}

export const useMe = () =>
  useQuery({ queryKey: ['me'], staleTime: Number.POSITIVE_INFINITY, queryFn: () => answered(client().GET('/v1/me')) });
export const useStatus = () =>
  useQuery({ queryKey: ['status'], refetchInterval: 5_000, queryFn: () => answered(client().GET('/v1/status')) });

function Foot({ onHelp }: { onHelp: () => void }) {
  const status = useStatus();
  const me = useMe();
  return (
    <div className="foot">
      {status.data ? (
        <>
          <Badge tone={status.data.enforcement === 'armed' ? 'good' : 'danger'}>Enforcement {status.data.enforcement}</Badge>
          <span className="wide">{moment(status.data.at)}</span>
        </>
      ) : null}
      {me.data ? (
        <span className="wide">
          <strong>{me.data.name}</strong>, {me.data.role}
        </span>
      ) : null}
      <span className="row">
        <button type="button" className="button tiny" onClick={onHelp}>
          Keys <KeyName keys="Shift+?" />
        </button>
        <button type="button" className="button tiny wide" onClick={toggleTheme}>
          Theme
        </button>
        <button type="button" className="button tiny wide" onClick={signOut}>
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
