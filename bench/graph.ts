import { mkdirSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join, relative } from 'node:path';
import type { Page } from 'playwright-core';
import { buildConsole, launch, visit } from '../test/console/browser';
import { fixtureServer } from '../test/support/worlds/fixture-server';
import { FIXTURE_NOW } from '../test/support/worlds/fixture-world';

/**
 * `npm run bench:graph [accounts]`: the link graph of one campaign (25,000 accounts) in headless Chromium, which draws in software
 * unless it finds a graphics card: time until it is painted, and frames a second while a hand drags it and turns the wheel.
 */
const ACCOUNTS = Number(process.argv[2] ?? 25_000);
const LOADS = 5;
const root = join(__dirname, '..');
const SECONDS = 4;
const DAY = 86_400_000;
const PAINTED = /accounts, [\d,]+ links.*drawn in ([\d,]+) ms/;

/** Notes when each frame of the graph was drawn; text, because a bundler's names for functions do not exist in the page. */
const RECORD = `(() => {
  const { sigma } = document.querySelector('.graph .stage');
  window.drawn = [];
  sigma.on('afterRender', () => window.drawn.push(performance.now()));
})()`;

const RENDERER = `(() => {
  const gl = document.createElement('canvas').getContext('webgl2');
  return gl.getParameter(gl.getExtension('WEBGL_debug_renderer_info').UNMASKED_RENDERER_WEBGL);
})()`;

type Load = { painted: number; drawing: number };

/** From the request of the page, the console's code in the browser's cache, to the first frame of the graph. */
async function load(page: Page, address: string): Promise<Load> {
  await page.goto('about:blank');
  const began = performance.now();
  await page.goto(address);
  const text = await page.getByText(PAINTED).textContent({ timeout: 120_000 });
  return { painted: performance.now() - began, drawing: Number(PAINTED.exec(text ?? '')?.[1]?.replaceAll(',', '')) };
}

/** Moves for some seconds as fast as the browser takes it; answers the milliseconds between frames, in order of size. */
async function framesWhile(page: Page, move: (step: number) => Promise<void>): Promise<number[]> {
  await page.evaluate('window.drawn.length = 0');
  const end = performance.now() + SECONDS * 1000;
  for (let step = 0; performance.now() < end; step++) await move(step);
  const drawn = await page.evaluate<number[]>('window.drawn');
  return drawn
    .slice(1)
    .map((at, index) => at - (drawn[index] ?? at))
    .sort((one, other) => one - other);
}

const row = (intervals: readonly number[]) => {
  const at = (share: number) => Number((intervals[Math.floor(intervals.length * share)] ?? 0).toFixed(1));
  const total = intervals.reduce((sum, one) => sum + one, 0);
  return {
    'frames a second': Number(((1000 * intervals.length) / total).toFixed(1)),
    'p50 ms': at(0.5),
    'p95 ms': at(0.95),
    'max ms': at(0.999),
  };
};

/** A hand drags the graph about, then turns the wheel in and out. */
async function handled(page: Page): Promise<{ drag: number[]; zoom: number[] }> {
  const stage = page.locator('.graph .stage');
  await stage.scrollIntoViewIfNeeded();
  const box = await stage.boundingBox();
  if (!box) throw new Error('the graph is not on the page');
  await page.evaluate(RECORD);
  const [x, y, reach] = [box.x + box.width / 2, box.y + box.height / 2, Math.min(box.width, box.height) / 3];
  await page.mouse.move(x, y);
  await page.mouse.down();
  const drag = await framesWhile(page, (step) => page.mouse.move(x + reach * Math.sin(step / 20), y + reach * Math.sin(step / 13)));
  await page.mouse.up();
  await page.waitForTimeout(1_000);
  const zoom = await framesWhile(page, (step) => page.mouse.wheel(0, Math.floor(step / 30) % 2 === 0 ? -120 : 120));
  return { drag, zoom };
}

const summary = (values: readonly number[]) => {
  const sorted = [...values].sort((one, other) => one - other);
  return { median: Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0), worst: Math.round(sorted.at(-1) ?? 0) };
};

async function main(): Promise<void> {
  buildConsole();
  const plan = { id: 'bench', classification: 'distillation', accounts: ACCOUNTS, firstSeen: FIXTURE_NOW - 12 * DAY } as const;
  const served = await fixtureServer({ campaigns: [plan] });
  const browser = await launch();
  try {
    const { page, errors } = await visit(browser, served.consoleUrl, { name: 'Rei', role: 'reviewer' });
    const loads: Load[] = [];
    for (let n = 0; n < LOADS; n++) loads.push(await load(page, `${served.origin}/campaigns/bench`));
    mkdirSync(join(root, '.lockstep'), { recursive: true });
    const picture = join(root, '.lockstep', `graph-${ACCOUNTS}.png`);
    await page.locator('.graph').screenshot({ path: picture });
    const { drag, zoom } = await handled(page);
    if (errors.length > 0) throw new Error(errors.join('\n'));
    const renderer = await page.evaluate<string>(RENDERER);
    const busy = `${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)} (what else runs slows software rendering down)`;
    console.log(`${ACCOUNTS.toLocaleString('en-US')} accounts, Chromium ${browser.version()}, ${renderer}; ${busy}`);
    console.table({
      'from the request to the painted graph, ms': summary(loads.map(({ painted }) => painted)),
      'of it building and drawing, ms': summary(loads.map(({ drawing }) => drawing)),
    });
    console.table({ drag: row(drag), zoom: row(zoom) });
    console.log(`as it was painted: ${relative(process.cwd(), picture)}`);
  } finally {
    await browser.close();
    await served.close();
  }
}

void main();
