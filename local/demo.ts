import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { numberOf, readOptions, refuse } from '../cli/command-line';
import { openAppeals } from '../functions/appeals/appeals';
import { watchAppeals } from '../functions/appeals/review';
import { valuesIn } from '../functions/ingest/records/json-values';
import { dossier, dossierMarkdown } from '../functions/query/campaigns/dossier';
import { doneAbout } from '../functions/query/ledger/ledger';
import type { Campaign } from '../shared/domain/campaign';
import { Policy, withMode } from '../shared/domain/policy';
import { HOUR, iso, MINUTE } from '../shared/domain/time';
import { cursors } from '../shared/http/cursor';
import { readScenario } from '../simulator/read-scenario';
import { type Hour, simulate } from '../simulator/simulate';
import { Pipeline } from './pipeline';
import { servePipeline } from './serve-pipeline';

const HELP = `npm run demo -- [--port 4180] [--scenario NAME|FILE] [--mode assist|auto] [--pace MINUTES]

Plays a campaign hidden among honest accounts through the whole pipeline, in one process, and serves the API and the console.
With --mode auto (the default) it decides by the recommended policy and prints the dossier of what it contained. With --mode assist it plays
as fast as it can until a case waits for people, then --pace simulated minutes a second (10), so that what you decide in the console is seen
to happen. Then it serves; Ctrl-C ends it.`;

const SLICE = 10 * MINUTE;
const root = process.env.LOCKSTEP_ROOT ?? join(__dirname, '..');

async function main(): Promise<void> {
  const values = readOptions(HELP, {
    port: { type: 'string', default: '4180' },
    scenario: { type: 'string', default: 'demo' },
    mode: { type: 'string', default: 'auto' },
    pace: { type: 'string', default: '10' },
  });
  const port = numberOf('port', values.port, { whole: true });
  const pace = numberOf('pace', values.pace, { from: 1 });
  const read = readScenario(values.scenario);
  if (read.kind === 'refused') return refuse(read.because);
  const { mode } = values;
  if (mode !== 'assist' && mode !== 'auto') return refuse(`--mode ${mode}: give assist or auto`);
  const simulation = simulate(read.scenario, 1);
  const recommended = Policy.parse(JSON.parse(readFileSync(join(root, 'policies/recommended.json'), 'utf8')));
  const policy = mode === 'auto' ? recommended : withMode(recommended, 'assist', 'People approve in the demo.');
  const pipeline = new Pipeline({
    policy,
    secret: randomBytes(32).toString('hex'),
    start: simulation.start,
    detectEvery: HOUR,
    rows: 'risk',
  });
  await pipeline.arm('demo');
  const served = await servePipeline(pipeline, port);
  if (!existsSync(join(root, 'dist/console/index.html'))) console.log('The console is not built: npm run console:build makes it.');
  console.log(`Console: ${served.consoleUrl}\nAPI:     ${served.origin}/v1/openapi.json\n`);
  const player = new Player(pipeline, pace);
  player.say(`${simulation.accounts} accounts, ${simulation.hours / 24} days; nobody is told which of them belong together`);
  for (const hour of simulation) await player.play(hour);
  if (mode === 'auto') {
    for (let hour = 0; hour < 6 * 3; hour++) await player.idle();
    await tellDossiers(pipeline);
    console.log(`\nServing until Ctrl-C. Console: ${served.consoleUrl}`);
    return;
  }
  player.say('the traffic ends here; the clock goes on');
  for (;;) await player.idle();
}

/** What was found and what came of it, campaign by campaign, the largest first. */
async function tellDossiers(pipeline: Pipeline): Promise<void> {
  const ports = {
    stores: pipeline.stores,
    clock: pipeline.clock,
    cursors: cursors(randomBytes(32).toString('hex')),
    campaigns: pipeline.detection.campaigns,
  };
  const campaigns: Campaign[] = [];
  for await (const header of pipeline.detection.campaigns.headers())
    campaigns.push(await pipeline.detection.campaigns.document(header.document));
  campaigns.sort((a, b) => b.members.length - a.members.length);
  for (const campaign of campaigns.filter(({ kind, members }) => kind === 'distillation' && members.length > 0)) {
    const about = dossier(campaign, await doneAbout(campaign.id, ports), pipeline.clock.now());
    console.log(`\n${dossierMarkdown(about)}`);
    const leaked = about.exchanges;
    console.log(
      `Leaked ${leaked.toLocaleString('en')} exchanges, prevented ${about.prevented.toLocaleString('en')}: ${((100 * leaked) / Math.max(1, leaked + about.prevented)).toFixed(1)} % leaked.`,
    );
  }
  console.log('\nOther groups that were found, and left to their own rules:');
  for (const { kind, members } of campaigns.filter(({ kind, members }) => kind !== 'distillation' && members.length > 0))
    console.log(`  ${kind}: ${members.length} accounts`);
}

/** Plays arrivals against the pipeline's clock, tells what changed, and slows down while people have something to decide. */
class Player {
  private shown = new Map<string, string>();
  private slow = false;

  constructor(
    private readonly pipeline: Pipeline,
    private readonly pace: number,
  ) {}

  async play(hour: Hour): Promise<void> {
    for (let from = hour.start; from < hour.start + HOUR; from += SLICE) {
      await this.step(from);
      const lines = hour.arrivals.filter(({ at }) => at >= from && at < from + SLICE).map(({ line }) => line);
      if (lines.length > 0) await this.pipeline.take([{ id: `demo-${from}`, values: valuesIn(lines.join('\n')) }]);
    }
  }

  async idle(): Promise<void> {
    await this.step(this.pipeline.clock.now() + SLICE);
  }

  say(text: string): void {
    console.log(`${iso(this.pipeline.clock.now()).slice(0, 16).replace('T', ' ')}  ${text}`);
  }

  private async step(at: number): Promise<void> {
    const { pipeline } = this;
    // Looked at every time: what a person approved goes on now, not when its deadline comes.
    await pipeline.settle();
    await pipeline.advanceTo(at);
    await watchAppeals(
      openAppeals({ table: pipeline.stores.enforcement, clock: pipeline.clock, keys: async () => [], policy: pipeline.enforcement.policy }),
    );
    await this.tell();
    if (this.slow) await new Promise((resolve) => setTimeout(resolve, (SLICE / MINUTE / this.pace) * 1000));
    // Requests are answered between two slices, also while it plays as fast as it can.
    else await new Promise((resolve) => setImmediate(resolve));
  }

  private async tell(): Promise<void> {
    let changed = false;
    for (const { id, head } of (await this.pipeline.enforcement.cases.page(undefined, 200)).cases) {
      const { progress, campaignKind } = head.state;
      if (progress.kind === 'awaiting-approval') this.slow = true;
      if (this.shown.get(id) === progress.kind) continue;
      this.shown.set(id, progress.kind);
      this.say(`${campaignKind} case ${id} is ${progress.kind.replace(/-/g, ' ')}: ${head.because.at(-1) ?? ''}`);
      changed = true;
    }
    if (changed) await this.pipeline.enforcement.standings.refresh();
  }
}

void main();
