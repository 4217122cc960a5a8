import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readOptions } from '../cli/command-line';
import { openAppeal, readNotice } from '../functions/appeals/appeal';
import { reviewAppeal } from '../functions/appeals/review';
import { approve } from '../functions/enforcement/commands/approve';
import { undoCase } from '../functions/enforcement/commands/undo';
import { verifyLedger } from '../functions/enforcement/ledger/verify-ledger';
import { dryRun } from '../functions/enforcement/policy/dry-run';
import { valuesIn } from '../functions/ingest/records/json-values';
import type { Person } from '../shared/domain/person';
import { Policy } from '../shared/domain/policy/policy';
import { HOUR, iso, MINUTE } from '../shared/domain/time';
import type { CaseId } from '../shared/identity/ids';
import { readScenario } from '../simulator/scenarios/read-scenario';
import { type Hour, simulate } from '../simulator/simulate';
import { Pipeline } from './pipeline';
import { ReceiverSide } from './provider/receiver/receiver-side';

/**
 * npm run enforcement-demo: the real pipeline under simulated time, in mode assist. A campaign is found among honest
 * accounts, two people approve it, it is contained in stages at the example receiver (over signed HTTP), one appeal is
 * granted, and the whole campaign is undone.
 */
const SLICE = 5 * MINUTE;
const person = (id: string): Person => ({ id, role: 'reviewer' });

class Demo {
  readonly pipeline: Pipeline;
  private readonly side: ReceiverSide;
  private shown = '';

  constructor(start: number, policy: Policy) {
    this.pipeline = new Pipeline({ policy, secret: randomBytes(32).toString('hex'), start, detectEvery: HOUR });
    this.side = new ReceiverSide(this.pipeline);
  }

  async begin(): Promise<void> {
    await this.pipeline.arm('operator');
    await this.side.attach();
  }

  /** One hour of traffic, in slices, so that a containment takes effect within the hour. */
  async play(hour: Hour): Promise<void> {
    for (let from = hour.start; from < hour.start + HOUR; from += SLICE) {
      await this.pipeline.advanceTo(from);
      await this.showProgress();
      const lines = hour.arrivals.filter((arrival) => arrival.at >= from && arrival.at < from + SLICE).map((arrival) => arrival.line);
      lines.push(...this.side.reports.splice(0));
      if (lines.length > 0) await this.pipeline.take([{ id: `demo-${from}`, values: valuesIn(lines.join('\n')) }]);
    }
  }

  say(text: string): void {
    console.log(`${iso(this.pipeline.clock.now()).slice(0, 16).replace('T', ' ')}  ${text}`);
  }

  private async showProgress(): Promise<void> {
    const latest = (await this.pipeline.enforcement.cases.openCases()).map(
      ({ id, head }) => `case ${id}: ${head.state.progress.kind}, ${head.because.join('; ')}`,
    );
    const now = `${latest.join('\n')}\n${this.side.receiver.restricted('suspend')} suspended at the receiver`;
    if (latest.length > 0 && now !== this.shown) for (const line of now.split('\n')) if (!this.shown.includes(line)) this.say(line);
    this.shown = now;
  }

  /** The first case about more than fifty accounts that waits for people; undefined while there is none. */
  async approveWhatWaits(): Promise<CaseId | undefined> {
    const waiting = (await this.pipeline.enforcement.cases.openCases()).find(
      ({ head }) => head.state.progress.kind === 'awaiting-approval' && head.state.size > 50,
    );
    if (waiting) await this.approveWithTwoPeople(waiting.id, waiting.head.state.campaign);
    return waiting?.id;
  }

  private async approveWithTwoPeople(id: CaseId, campaign: string): Promise<void> {
    const run = await dryRun({ campaign }, this.pipeline.enforcement);
    if (run.kind === 'would-act') {
      this.say(
        `dry run: ${run.action} ${run.accounts} accounts ${JSON.stringify(run.byPlan)}, protected ${run.protected.length}, excluded ${JSON.stringify(run.excluded)}, approvers ${run.approvers}`,
      );
      this.say(`         because ${run.because.at(-1)}`);
    }
    for (const who of ['ada', 'ada', 'ben']) {
      const answer = await approve(
        { case: id, actor: person(who), key: `${who}-${id}`, because: 'the evidence is what it says' },
        this.pipeline.enforcement,
      );
      this.say(`${who} approves: ${answer.kind}, ${answer.because}`);
    }
  }

  async appealAndGrant(): Promise<void> {
    const world = this.side.appeals;
    const [name, account] =
      [...this.side.receiver.accounts].find(([, one]) => one.restriction === 'suspend' && one.appealUrl !== undefined) ?? [];
    const token = account?.appealUrl?.split('#')[1] ?? '';
    const seen = await readNotice(token, world);
    if (seen.kind === 'notice') this.say(`${name} opens the link: “${seen.notice.title}. ${seen.notice.text}”`);
    const opened = await openAppeal(token, 'This account is my work tool. Please look again.', world);
    this.say(`${name} appeals: ${opened.kind}`);
    if (opened.kind !== 'opened') return;
    for (const who of ['ada', 'cleo', 'dan']) {
      const answer = await reviewAppeal(
        {
          actor: person(who),
          key: `${who}-${opened.appeal}`,
          because: 'the traffic is a person’s',
          appeal: opened.appeal,
          verdict: 'grant',
        },
        world,
      );
      this.say(`${who} reviews: ${answer.kind}, ${answer.because}`);
    }
    await this.pipeline.settle();
    this.say(`${name} is ${this.side.receiver.accounts.get(name ?? '')?.restriction ?? 'free'} at the receiver`);
    this.say(`rates of the rule: ${JSON.stringify(await this.pipeline.enforcement.rules.rates('distillation-suspend', 0))}`);
  }

  async undo(id: CaseId): Promise<void> {
    const answer = await undoCase(
      { case: id, actor: person('cleo'), key: `undo-${id}`, because: 'shown for the demo: the whole campaign comes back' },
      this.pipeline.enforcement,
    );
    this.say(`cleo undoes the campaign: ${answer.kind}, ${answer.because}`);
  }

  async end(start: number): Promise<void> {
    this.say(`${this.side.receiver.restricted('suspend')} suspended at the receiver`);
    const verified = await verifyLedger(
      { from: start, to: this.pipeline.clock.now() },
      this.pipeline.stores.archive,
      this.pipeline.enforcement,
    );
    this.say(
      `ledger: ${verified.entries} entries in ${verified.chains} chains, ${verified.faults.length} faults; ${verified.decisions.same} decisions made again with the same answer, ${verified.decisions.different.length} with another`,
    );
    this.side.receiver.close();
  }
}

/** What the command is for; it takes no options. */
const HELP = `npm run enforcement-demo

Tells the story of one campaign in the terminal: found, approved, contained in stages, appealed, undone; nothing is served.`;

async function main(): Promise<void> {
  readOptions(HELP, {});
  const read = readScenario('demo');
  if (read.kind === 'refused') throw new Error(read.because);
  const recommended = Policy.parse(
    JSON.parse(readFileSync(join(process.env.LOCKSTEP_ROOT ?? process.cwd(), 'policies/recommended.json'), 'utf8')),
  );
  const modes = { ...recommended.enforcement.modes, suspend: { value: 'assist' as const, reason: 'The demo shows how people approve.' } };
  const simulation = simulate(read.scenario, 1);
  const demo = new Demo(simulation.start, { ...recommended, version: 'demo', enforcement: { ...recommended.enforcement, modes } });
  await demo.begin();
  const { enforcement } = demo.pipeline;
  let chosen: CaseId | undefined;
  // What happens once the campaign is contained, an hour apart each; then it ends.
  const scenes: ((id: CaseId) => Promise<void>)[] = [() => demo.appealAndGrant(), (id) => demo.undo(id), async () => {}];
  let nextScene = Number.POSITIVE_INFINITY;
  demo.say(`playing ${simulation.accounts} accounts; nobody is told which of them belong together`);
  for (const hour of simulation) {
    await demo.play(hour);
    const now = demo.pipeline.clock.now();
    if (!chosen) chosen = await demo.approveWhatWaits();
    else if (nextScene === Number.POSITIVE_INFINITY) {
      if ((await enforcement.cases.head(chosen))?.state.progress.kind === 'contained') nextScene = now + HOUR;
    } else if (now >= nextScene) {
      await scenes.shift()?.(chosen);
      if (scenes.length === 0) break;
      nextScene = now + HOUR;
    }
  }
  await demo.end(simulation.start);
}

void main();
