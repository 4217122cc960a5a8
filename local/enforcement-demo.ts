import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openAppeal, readNotice } from '../functions/appeals/appeal';
import { openAppeals } from '../functions/appeals/appeals';
import { reviewAppeal } from '../functions/appeals/review';
import { approve } from '../functions/enforcement/commands/approve';
import { undoCase } from '../functions/enforcement/commands/undo';
import { dryRun } from '../functions/enforcement/dry-run';
import { verifyLedger } from '../functions/enforcement/verify-ledger';
import { type AppealKeys, signAppealLink } from '../shared/appeal-link';
import type { CaseId } from '../shared/model/ids';
import type { Person } from '../shared/model/person';
import { Policy } from '../shared/model/policy';
import { HOUR, iso, MINUTE } from '../shared/model/time';
import type { AccountReader } from '../shared/ports';
import { KnownAccountStore } from '../shared/stores/known-account-store';
import { filteredPost } from '../shared/webhook/filtered-post';
import { WebhookProvider } from '../shared/webhook/webhook-provider';
import { Pipeline } from './pipeline';
import { Receiver } from './receiver/receiver';
import { readScenario } from './simulator/read-scenario';
import { type Hour, simulate } from './simulator/simulate';

/**
 * npm run enforcement-demo: the real pipeline under simulated time, in mode assist. A campaign is found among honest
 * accounts, two people approve it, it is contained in stages at the example receiver (over signed HTTP), one appeal is
 * granted, and the whole campaign is undone.
 */
const SLICE = 10 * MINUTE;
const person = (id: string): Person => ({ id, role: 'reviewer' });
const pause = { afterContainment: HOUR, forTheAppeal: HOUR, forTheUndo: HOUR };

class Demo {
  private readonly reports: string[] = [];
  private readonly receiver: Receiver;
  readonly pipeline: Pipeline;
  private readonly keys: AppealKeys = [{ id: 'demo', secret: randomBytes(32).toString('hex') }];
  private readonly webhookSecret = `whsec_${randomBytes(32).toString('base64')}`;
  private shown = '';

  constructor(start: number, policy: Policy) {
    this.pipeline = new Pipeline({ policy, secret: randomBytes(32).toString('hex'), start, detectEvery: HOUR });
    const time = () => iso(this.pipeline.clock.now());
    this.receiver = new Receiver({
      secrets: [this.webhookSecret],
      time,
      report: async (event) => void this.reports.push(JSON.stringify(event)),
    });
  }

  async begin(): Promise<void> {
    const url = await this.receiver.listen();
    const { enforcement, gateway, hasher, stores } = this.pipeline;
    const webhook = new WebhookProvider({
      endpoint: async () => ({ url, secrets: [this.webhookSecret] }),
      open: (sealed) => hasher.open(sealed),
      post: filteredPost({ timeoutMs: 5_000, allow: ['127.0.0.1'] }),
      clock: { now: () => Date.now() },
    });
    enforcement.provider = {
      // What the receiver accepted is what the simulated gateway does to later requests.
      request: async (action) => {
        const answer = await webhook.request(action);
        return answer.kind === 'acknowledged' ? gateway.request(action) : answer;
      },
    };
    enforcement.accounts = this.accountsAsReported(new KnownAccountStore(stores.graph));
    const validDays = (await enforcement.policy()).policy.enforcement.appeals.linkValidDays.value;
    enforcement.appealLinks = {
      link: (subject, now) => signAppealLink(subject, { keys: this.keys, baseUrl: 'https://appeals.example/', now, validDays }),
    };
  }

  /** What detection knows, and on top what the receiver reported since: its events reach detection with the next hour's fold. */
  private accountsAsReported(known: AccountReader): AccountReader {
    return {
      known: async (accounts) => {
        const told = new Map(await known.known(accounts));
        for (const [name, { restriction }] of this.receiver.accounts) {
          const { key } = this.pipeline.hasher.account(name);
          const before = told.get(key);
          if (before)
            told.set(key, { ...before, facts: { ...before.facts, standing: restriction === 'suspend' ? 'suspended' : 'active' } });
        }
        return told;
      },
    };
  }

  /** One hour of traffic, in slices, so that a containment takes effect within the hour. */
  async play(hour: Hour): Promise<void> {
    for (let from = hour.start; from < hour.start + HOUR; from += SLICE) {
      await this.pipeline.advanceTo(from);
      await this.showProgress();
      const lines = hour.arrivals.filter((arrival) => arrival.at >= from && arrival.at < from + SLICE).map((arrival) => arrival.line);
      lines.push(...this.reports.splice(0));
      if (lines.length > 0) await this.pipeline.take([{ id: `demo-${from}`, lines }]);
    }
  }

  say(text: string): void {
    console.log(`${iso(this.pipeline.clock.now()).slice(0, 16).replace('T', ' ')}  ${text}`);
  }

  private async showProgress(): Promise<void> {
    const latest = (await this.pipeline.enforcement.cases.openCases()).map(
      ({ id, head }) => `case ${id}: ${head.state.progress.kind}, ${head.because.join('; ')}`,
    );
    const now = `${latest.join('\n')}\n${this.receiver.restricted('suspend')} suspended at the receiver`;
    if (latest.length > 0 && now !== this.shown) for (const line of now.split('\n')) if (!this.shown.includes(line)) this.say(line);
    this.shown = now;
  }

  async approveWithTwoPeople(id: CaseId, campaign: string): Promise<void> {
    const run = await dryRun({ campaign }, this.pipeline.enforcement);
    if (run.kind === 'would-act') {
      this.say(
        `dry run: ${run.rung} ${run.accounts} accounts ${JSON.stringify(run.byPlan)}, protected ${run.protected.length}, spared ${JSON.stringify(run.spared)}, approvers ${run.approvers}`,
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
    const world = openAppeals({
      table: this.pipeline.stores.enforcement,
      clock: this.pipeline.clock,
      keys: async () => this.keys,
      policy: this.pipeline.enforcement.policy,
    });
    const [name, account] =
      [...this.receiver.accounts].find(([, one]) => one.restriction === 'suspend' && one.appealUrl !== undefined) ?? [];
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
    this.say(`${name} is ${this.receiver.accounts.get(name ?? '')?.restriction ?? 'free'} at the receiver`);
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
    this.say(`${this.receiver.restricted('suspend')} suspended at the receiver`);
    const verified = await verifyLedger(
      { from: start, to: this.pipeline.clock.now() },
      this.pipeline.stores.archive,
      this.pipeline.enforcement,
    );
    this.say(
      `ledger: ${verified.entries} entries in ${verified.chains} chains, ${verified.faults.length} faults; ${verified.decisions.same} decisions made again with the same answer, ${verified.decisions.different.length} with another`,
    );
    this.receiver.close();
  }
}

async function main(): Promise<void> {
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
  let next: { at: number; act: () => Promise<void> } | undefined;
  let ended = false;
  demo.say(`playing ${simulation.accounts} accounts; nobody is told which of them belong together`);
  for (const hour of simulation) {
    await demo.play(hour);
    const now = demo.pipeline.clock.now();
    if (next && now >= next.at) {
      const { act } = next;
      next = undefined;
      await act();
    }
    if (ended) break;
    const big = chosen
      ? undefined
      : (await enforcement.cases.openCases()).find(({ head }) => head.state.progress.kind === 'awaiting-approval' && head.state.size > 50);
    if (big) {
      chosen = big.id;
      await demo.approveWithTwoPeople(big.id, big.head.state.campaign);
    }
    const state = chosen && (await enforcement.cases.head(chosen))?.state.progress.kind;
    if (!chosen || next || ended || state !== 'contained') continue;
    const id = chosen;
    next = {
      at: now + pause.afterContainment,
      act: async () => {
        await demo.appealAndGrant();
        next = {
          at: now + pause.afterContainment + pause.forTheAppeal,
          act: async () => {
            await demo.undo(id);
            next = {
              at: now + pause.afterContainment + pause.forTheAppeal + pause.forTheUndo,
              act: async () => {
                ended = true;
              },
            };
          },
        };
      },
    };
  }
  await demo.end(simulation.start);
}

void main();
