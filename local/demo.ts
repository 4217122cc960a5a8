import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { numberOf, readOptions, refuse } from '../cli/command-line';
import { openAppeals } from '../functions/appeals/appeals';
import { watchAppeals } from '../functions/appeals/review';
import { openTelling } from '../functions/enforcement/notices/open-telling';
import { type Told, tellPeople } from '../functions/enforcement/notices/tell-people';
import { valuesIn } from '../functions/ingest/records/json-values';
import { dossier, dossierMarkdown } from '../functions/query/campaigns/dossier';
import { doneAbout } from '../functions/query/ledger/ledger';
import type { Campaign } from '../shared/domain/campaigns/campaign';
import { ACCOUNT_CHAIN } from '../shared/domain/cases/action';
import { Policy, withMode } from '../shared/domain/policy/policy';
import { HOUR, iso, MINUTE } from '../shared/domain/time';
import { cursors } from '../shared/http/cursor';
import { MemoryDeadLetterQueues } from '../shared/memory/memory-dead-letter-queues';
import { MemoryObjectStore } from '../shared/memory/memory-object-store';
import { MemoryTopic } from '../shared/memory/memory-topic';
import { filteredPost } from '../shared/webhook/filtered-post';
import { messengerOf } from '../shared/webhook/messengers';
import { readScenario } from '../simulator/scenarios/read-scenario';
import { type Hour, simulate } from '../simulator/simulate';
import { heartbeat } from './heartbeat';
import { Pipeline } from './pipeline';
import { servePipeline } from './serve-pipeline';

const HELP = `npm run demo -- [options]

Plays a campaign hidden among honest accounts through the whole pipeline, in one process, and serves the API and the console.

  --port N         where to serve (4180); when it is taken, the next free one
  --scenario NAME  what traffic is played: a name of docs/simulator.md, or a file (demo)
  --mode auto      decides by the recommended policy; keys and resellers wait for you (the default)
  --mode assist    plays as fast as it can until a case waits for people, then slowly, so that you see what your decision does
  --notify URL     tells what waits for people there too, as a signed webhook (docs/notices.md); http is for 127.0.0.1 only
  --pace MINUTES   simulated minutes a second while something waits, in mode assist (10)
  --help           this

It ends with the addresses, how to sign in, and three things to try; then it serves until Ctrl-C.`;

const SLICE = 10 * MINUTE;
const root = process.env.LOCKSTEP_ROOT ?? join(__dirname, '..');

async function main(): Promise<void> {
  const values = readOptions(HELP, {
    port: { type: 'string', default: '4180' },
    scenario: { type: 'string', default: 'demo' },
    mode: { type: 'string', default: 'auto' },
    pace: { type: 'string', default: '10' },
    notify: { type: 'string' },
  });
  const port = numberOf('port', values.port, { whole: true });
  const pace = numberOf('pace', values.pace, { from: 1 });
  const ways = waysTo(values.notify);
  if (ways.kind === 'refused') return refuse(ways.because);
  const read = readScenario(values.scenario);
  if (read.kind === 'refused') return refuse(read.because);
  const { mode } = values;
  if (mode !== 'assist' && mode !== 'auto') return refuse(`--mode ${mode}: give assist or auto`);
  const simulation = simulate(read.scenario, 1);
  const recommended = Policy.parse(JSON.parse(readFileSync(join(root, 'policies/recommended.json'), 'utf8')));
  const policy = mode === 'auto' ? withPeople(recommended) : withMode(recommended, 'assist', 'People approve in the demo.');
  const pipeline = new Pipeline({
    // What is refused, and the account of what arrived, for the page of sources.
    refused: new MemoryObjectStore(),
    policy,
    secret: randomBytes(32).toString('hex'),
    start: simulation.start,
    detectEvery: HOUR,
    rows: 'risk',
  });
  await pipeline.arm('demo');
  const served = await servePipeline(pipeline, port);
  if (!existsSync(join(root, 'dist/console/index.html'))) console.log('The console is not built: npm run console:build makes it.');
  if (served.port !== port) console.log(`Port ${port} is taken; this serves on ${served.port}.`);
  console.log(`Console: ${served.consoleUrl}\nAPI:     ${served.origin}/v1/openapi.json\n`);
  const beat = heartbeat();
  if (ways.signedUnder) console.log(`Notices go to ${values.notify}, signed under ${ways.signedUnder}`);
  const told = { table: pipeline.stores.enforcement, deadLetters: new MemoryDeadLetterQueues() };
  const tell = () =>
    tellPeople(openTelling({ ...told, features: pipeline.stores.features, clock: pipeline.clock }), {
      bus: { publish: async () => {} },
      channels: ways.channels,
      origin: served.origin,
    });
  const player = new Player(pipeline, mode === 'assist' ? pace : 0, simulation, beat, tell);
  player.say(`${simulation.accounts} accounts, ${simulation.hours / 24} days; nobody is told which of them belong together`);
  for (const hour of simulation) await player.play(hour);
  if (mode === 'auto') {
    for (let hour = 0; hour < 6 * 3; hour++) await player.idle();
    await beat.end();
    await tellDossiers(pipeline);
    console.log(await whatToTry(pipeline, served.consoleUrl, served.origin));
    // What is decided in the console happens: the clock goes on, at one minute a second.
    for (;;) await player.idle(SECONDS_A_SLICE);
  }
  player.say('the traffic ends here; the clock goes on');
  for (;;) await player.idle();
}

/** Where notices go: the page of health, and an address if one is given. The key it is signed under is made here, and said once. */
function waysTo(url: string | undefined) {
  if (url === undefined) return { kind: 'ways' as const, channels: [], signedUnder: undefined };
  if (!URL.canParse(url)) return { kind: 'refused' as const, because: `--notify ${url}: give an address, http://127.0.0.1:8080/` };
  const signedUnder = `whsec_${randomBytes(32).toString('base64')}`;
  const channel = { kind: 'webhook' as const, name: 'notify', url, everyMinutes: 15 };
  const post = filteredPost({ timeoutMs: 5_000, allow: ['127.0.0.1'] });
  const none = async () => ({});
  const messenger = messengerOf(channel, { post, topic: () => new MemoryTopic(), secrets: none, signing: async () => [signedUnder] });
  return { kind: 'ways' as const, channels: [{ ...channel, ...messenger }], signedUnder };
}

/** The recommended policy, but people decide about keys and resellers, without a limit of days: so that there is something to decide. */
function withPeople(policy: Policy): Policy {
  const reason = 'In the demo a person decides.';
  const { modes, approval } = policy.enforcement;
  return Policy.parse({
    ...policy,
    enforcement: {
      ...policy.enforcement,
      modes: { ...modes, limit: { value: 'assist', reason }, 'disable-key': { value: 'assist', reason } },
      approval: { ...approval, lapsesAfterHours: { value: 24 * 90, reason } },
    },
  });
}

/** Real seconds for ten simulated minutes, once the traffic is over. */
const SECONDS_A_SLICE = 10;

/** The last thing on the screen: where to look, as whom, and what is worth doing first. */
async function whatToTry(pipeline: Pipeline, consoleUrl: string, origin: string): Promise<string> {
  const waiting = await waitingCase(pipeline);
  const suspended = await anySuspended(pipeline);
  const appeal = suspended && (await pipeline.enforcement.appealLinks?.link(suspended, pipeline.clock.now()));
  const about = waiting && `${origin}/${waiting.byHand ? `cases/${waiting.id}` : `campaigns/${waiting.campaign}`}`;
  return [
    '',
    `Console   ${consoleUrl}`,
    '          Choose any name. A viewer reads, a reviewer decides, an admin also changes policies: take reviewer.',
    `API       ${origin}/v1/openapi.json`,
    '',
    'Three things to try:',
    '  1. Open the largest campaign and read its four sentences; then its link graph: each disc shares one thing.',
    waiting
      ? `  2. Approve the case that waits for you: ${waiting.what}\n     ${about} (key a)${waiting.approvers > 1 ? '. It takes two people: sign in again under another name for the second.' : ''}`
      : '  2. Open a case by hand about an account of your choice, and approve it as another person.',
    appeal
      ? `  3. Be the person concerned: this link works without a login. Appeal, then decide it under Appeals.\n     ${appeal}`
      : '  3. Undo a contained campaign (key u), and see in its preview who gets access back.',
    '',
    'It serves until Ctrl-C; the clock goes on at a minute a second.',
  ].join('\n');
}

async function waitingCase({ enforcement }: Pipeline) {
  for (const { id, head } of (await enforcement.cases.page(undefined, 200)).cases) {
    const { progress, campaign, classification, size, action, approversNeeded, byHand } = head.state;
    if (progress.kind === 'awaiting-approval')
      return { id, campaign, byHand: byHand !== null, approvers: approversNeeded, what: `${action} ${size} accounts, ${classification}` };
  }
  return undefined;
}

/** One account that is suspended, and the entry that its letter points to. */
async function anySuspended({ enforcement }: Pipeline) {
  for (const { id, head } of (await enforcement.cases.page(undefined, 200)).cases) {
    if (head.state.action !== 'suspend') continue;
    const [account] = await enforcement.cases.answered(id);
    const asked = account && (await enforcement.ledger.history(ACCOUNT_CHAIN, account)).find((entry) => entry.state.phase.kind === 'asked');
    if (account && asked) return { account, case: id, sequence: asked.sequence };
  }
  return undefined;
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
  for (const campaign of campaigns.filter(({ classification, members }) => classification === 'distillation' && members.length > 0)) {
    const about = dossier(campaign, await doneAbout(campaign.id, ports), pipeline.clock.now());
    console.log(`\n${dossierMarkdown(about)}`);
    const leaked = about.exchanges;
    console.log(
      `Leaked ${leaked.toLocaleString('en')} exchanges, prevented ${about.prevented.toLocaleString('en')}: ${((100 * leaked) / Math.max(1, leaked + about.prevented)).toFixed(1)} % leaked.`,
    );
  }
  console.log('\nOther groups that were found, and left to their own rules:');
  for (const { classification, members } of campaigns.filter(
    ({ classification, members }) => classification !== 'distillation' && members.length > 0,
  ))
    console.log(`  ${classification.replace('-', ' ')}: ${members.length} accounts`);
}

/** Plays arrivals against the pipeline's clock, tells what changed, and slows down while people have something to decide. */
class Player {
  private shown = new Map<string, string>();
  private slow = false;

  constructor(
    private readonly pipeline: Pipeline,
    private readonly pace: number,
    private readonly simulation: { start: number; hours: number },
    private readonly beat: ReturnType<typeof heartbeat>,
    private readonly tellPeople: () => Promise<Told>,
  ) {}

  async play(hour: Hour): Promise<void> {
    for (let from = hour.start; from < hour.start + HOUR; from += SLICE) {
      await this.step(from);
      const lines = hour.arrivals.filter(({ at }) => at >= from && at < from + SLICE).map(({ line }) => line);
      if (lines.length > 0) await this.pipeline.take([{ id: `demo-${from}`, values: valuesIn(lines.join('\n')) }]);
    }
  }

  /** `seconds`: how long to wait in real time, looking at what people decide every second. */
  async idle(seconds = 0): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      await this.pipeline.settle();
    }
    await this.step(this.pipeline.clock.now() + SLICE);
  }

  /** Simulated date, share done, what was found so far. */
  private async progress(): Promise<void> {
    const { pipeline, simulation } = this;
    const now = pipeline.clock.now();
    const share = Math.min(1, (now - simulation.start) / (simulation.hours * HOUR));
    let campaigns = 0;
    let accounts = 0;
    for await (const { counts } of pipeline.detection.campaigns.headers()) {
      const members = Object.values(counts).reduce((sum, count) => sum + count, 0);
      if (members > 0) campaigns++;
      accounts += members;
    }
    const events = pipeline.counts.accepted.toLocaleString('en');
    this.beat.show(
      `${iso(now).slice(0, 16).replace('T', ' ')}  ${Math.round(100 * share)} % played, ${events} events; found so far: ${campaigns} ${campaigns === 1 ? 'campaign' : 'campaigns'}, ${accounts} accounts`,
    );
  }

  say(text: string): void {
    this.beat.said();
    if (process.stdout.isTTY) process.stdout.write('\r\x1b[K');
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
    for (const because of (await this.tellPeople()).failed) this.say(`not told: ${because}`);
    await this.progress();
    if (this.slow) await new Promise((resolve) => setTimeout(resolve, (SLICE / MINUTE / this.pace) * 1000));
    // Requests are answered between two slices, also while it plays as fast as it can.
    else await new Promise((resolve) => setImmediate(resolve));
  }

  private async tell(): Promise<void> {
    let changed = false;
    for (const { id, head } of (await this.pipeline.enforcement.cases.page(undefined, 200)).cases) {
      const { progress, classification } = head.state;
      if (progress.kind === 'awaiting-approval' && this.pace > 0) this.slow = true;
      if (this.shown.get(id) === progress.kind) continue;
      this.shown.set(id, progress.kind);
      this.say(
        `${classification.replace(/-/g, ' ')} case ${id}: ${SAYS[progress.kind] ?? progress.kind.replace(/-/g, ' ')}: ${head.because.at(-1) ?? ''}`,
      );
      changed = true;
    }
    if (changed) await this.pipeline.enforcement.standings.refresh();
  }
}

const SAYS: Record<string, string> = { held: 'waiting a random delay, so that the operator cannot time us' };

void main();
