import type { Browser, Page } from 'playwright-core';
import { type FixtureServer, fixtureServer } from '../support/worlds/fixture-server';
import { buildConsole, launch, type Visitor, visit } from './browser';

/** What every browser test begins with: the console, built once a file, and a server of its own over the fixture campaigns for each test. */
export type OnConsole = {
  readonly served: FixtureServer;
  readonly browser: Browser;
  visit(who: Visitor, options?: { width?: number; dark?: boolean }): Promise<{ page: Page; errors: string[] }>;
};

export function onConsole(): OnConsole {
  let browser: Browser | undefined;
  let served: FixtureServer | undefined;
  beforeAll(async () => {
    buildConsole();
    browser = await launch();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    served = await fixtureServer();
  });
  afterEach(() => served?.close());
  const begun = <T>(one: T | undefined): T => {
    if (one === undefined) throw new Error('a test asks before it began');
    return one;
  };
  return {
    get served() {
      return begun(served);
    },
    get browser() {
      return begun(browser);
    },
    visit: (who, options = {}) => visit(begun(browser), begun(served).consoleUrl, who, options),
  };
}
