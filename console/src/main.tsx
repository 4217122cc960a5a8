import './tokens.css';
import './base.css';
import './pages.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queries, setBase } from './api';
import { App } from './app';
import { AppealPage } from './pages/cases/appeal-page';
import { Failed } from './parts/parts';
import { currentToken, finishSignIn, keepStartCode, loadConfig, signIn } from './session';

const element = document.getElementById('root');
if (!element) throw new Error('The page has no root.');
const root = createRoot(element);

async function start(): Promise<void> {
  const config = await loadConfig();
  setBase(config.api);
  // The page for people who were acted on: no login.
  if (location.pathname === '/appeal') return root.render(<AppealPage token={location.hash.slice(1)} />);
  keepStartCode();
  if (location.pathname === '/signed-in') history.replaceState(null, '', await finishSignIn(config));
  if (currentToken() === undefined) return signIn(config);
  root.render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <App />
      </QueryClientProvider>
    </StrictMode>,
  );
}

start().catch((error: unknown) =>
  root.render(
    <main className="page">
      <h1>Lockstep</h1>
      <Failed error={error} again={() => location.assign('/')} />
    </main>,
  ),
);
