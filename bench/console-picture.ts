import { join } from 'node:path';
import { buildConsole, launch, visit } from '../test/console/browser';
import { fixtureServer } from '../test/support/worlds/fixture-server';

/** npm run docs:picture: the picture of the console in the README, from the world of the browser tests. Needs Chromium, as they do. */
const FILE = join(process.env.LOCKSTEP_ROOT ?? join(__dirname, '..'), 'docs/console.png');

const main = async (): Promise<void> => {
  buildConsole();
  const browser = await launch();
  const served = await fixtureServer();
  try {
    const { page } = await visit(browser, served.consoleUrl, { name: 'Rei', role: 'reviewer' });
    await page.goto(`${served.origin}/campaigns/june-hydra`);
    await page.getByText('drawn in').waitFor({ timeout: 60_000 });
    await page.screenshot({ path: FILE });
  } finally {
    await served.close();
    await browser.close();
  }
};

void main();
