import { createHash } from 'node:crypto';
import type { What } from '../../../shared/domain/cases/ledger-events';
import { byPerson, type Command, type CommandAnswer, mayAct } from '../../../shared/domain/person';
import { Policy } from '../../../shared/domain/policy/policy';
import type { Measurement, PolicyRecord } from '../../../shared/domain/policy/policy-record';
import type { Clock } from '../../../shared/ports';
import type { LabelStore } from '../../../shared/stores/campaigns/label-store';
import type { PolicyStore } from '../../../shared/stores/policy-store';
import type { RuleStore } from '../../../shared/stores/rule-store';
import { type Label, measure, type ReplayReport, unfit, withKept } from '../measure';

type PolicyStores = { policies: PolicyStore; rules: RuleStore; labels: LabelStore; clock: Clock };
type About = Command & { digest: string };

/** A new policy, as a draft. What does not parse is answered with where and why. */
export async function draftPolicy(
  command: Command & { policy: unknown },
  { policies }: PolicyStores,
): Promise<CommandAnswer<{ digest: string }>> {
  const { actor, key, because } = command;
  if (!mayAct(actor, 'admin')) return { kind: 'refused', because: `this takes an admin; ${actor.id} is a ${actor.role}` };
  const parsed = Policy.safeParse(command.policy);
  if (!parsed.success)
    return { kind: 'refused', because: parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ') };
  const digest = await policies.keep(parsed.data);
  const state: PolicyRecord = { name: parsed.data.version, digest, author: actor.id, reviewers: [], measurements: [] };
  const head = await policies.record(digest);
  if (head) return { kind: 'already', because: `these numbers are policy ${digest}, drafted by ${head.state.author}` };
  const appended = await policies.append(digest, undefined, { actor: byPerson(actor), what: 'drafted', because: [because], key, state });
  return appended.kind === 'appended'
    ? { kind: 'done', because: `drafted as ${digest}`, digest }
    : { kind: 'already', because: appended.head.what };
}

/** A second person read it. */
export async function reviewPolicy(command: About, stores: PolicyStores): Promise<CommandAnswer> {
  return change(command, 'reviewed', stores, ({ author, reviewers, ...rest }) => {
    const { id } = command.actor;
    if (id === author) return { kind: 'refused', because: `${id} wrote it: a second person has to review it` };
    if (reviewers.includes(id)) return { kind: 'already', because: `${id} reviewed it` };
    return { kind: 'to', state: { ...rest, author, reviewers: [...reviewers, id] } };
  });
}

/**
 * Records what the policy did on labelled traffic, from the replay report itself; somebody else than the author does. A report made
 * with other numbers is refused, and so are labels other than those the data set was first measured with. What people here found out
 * about an account of the report counts before the given label.
 */
export async function measurePolicy(
  command: About & { dataset: string; report: ReplayReport; labels: readonly Label[] },
  stores: PolicyStores,
  /** How an account of the report is called here. */
  keyOf: (id: string) => Promise<string> = async (id) => id,
): Promise<CommandAnswer> {
  const { report, labels, dataset, digest, actor } = command;
  const record = await stores.policies.record(digest);
  if (record?.state.author === actor.id) return { kind: 'refused', because: `${actor.id} wrote it: a second person has to measure it` };
  if (report.policy.digest !== digest)
    return { kind: 'refused', because: `the report was made with policy ${report.policy.digest}, not ${digest}` };
  const wrong = unfit(report, labels);
  if (wrong) return { kind: 'refused', because: wrong };
  const pinned = await stores.policies.pinDataset(dataset, sha([...labels].sort((one, other) => (one.id < other.id ? -1 : 1))));
  if (pinned === 'another')
    return { kind: 'refused', because: `${dataset} was measured with other labels before: labels that changed are another data set` };
  const standing = new Map([...(await stores.labels.standing())].map(([account, { value }]) => [account, value]));
  const over = await withKept(report, labels, standing, keyOf);
  const measurement: Measurement = {
    dataset,
    report: sha(report),
    labels: sha(labels),
    ...measure(report, over.labels, over.kept),
    at: stores.clock.now(),
    by: actor.id,
  };
  return change(command, 'measured', stores, (state) => {
    const recorded = state.measurements.some(
      (one) => one.report === measurement.report && one.labels === measurement.labels && one.kept === measurement.kept,
    );
    if (recorded) return { kind: 'already', because: 'this report with these labels is recorded' };
    return { kind: 'to', state: { ...state, measurements: [...state.measurements, measurement] } };
  });
}

/** Puts it live, if a second person reviewed it and it was measured to be precise enough by its own bar and the bar of the one it replaces. */
export async function putLive(command: About, stores: PolicyStores): Promise<CommandAnswer> {
  const { actor, key, because, digest } = command;
  if (!mayAct(actor, 'admin')) return { kind: 'refused', because: `this takes an admin; ${actor.id} is a ${actor.role}` };
  const { policies } = stores;
  for (;;) {
    const head = await policies.liveHead();
    if (head?.state.live === digest) return { kind: 'already', because: `${digest} is live` };
    const missing = await whatIsMissing(digest, head?.state.live ?? null, policies);
    if (missing) return missing;
    const before = [...(head?.state.before ?? []), ...(head?.state.live ? [head.state.live] : [])];
    const appended = await policies.appendLive(head, {
      actor: byPerson(actor),
      what: 'live',
      because: [because],
      key,
      state: { live: digest, before },
    });
    if (appended.kind === 'overtaken') continue;
    await forgiveRules(command, stores);
    return { kind: 'done', because: `${digest} judges from now on` };
  }
}

/** Back to the policy that was live before. It was reviewed and measured then: nothing else is asked, because rolling back is urgent. */
export async function rollBack(command: Command, { policies }: PolicyStores): Promise<CommandAnswer<{ digest: string }>> {
  const { actor, key, because } = command;
  if (!mayAct(actor, 'admin')) return { kind: 'refused', because: `this takes an admin; ${actor.id} is a ${actor.role}` };
  for (;;) {
    const head = await policies.liveHead();
    if (head?.key === key) return { kind: 'already', because: `rolled back to ${head.state.live}` };
    const digest = head?.state.before.at(-1);
    if (!head || digest === undefined) return { kind: 'refused', because: 'no policy was live before this one' };
    const state = { live: digest, before: head.state.before.slice(0, -1) };
    const appended = await policies.appendLive(head, { actor: byPerson(actor), what: 'rolled back', because: [because], key, state });
    if (appended.kind === 'appended') return { kind: 'done', because: `${digest} judges again`, digest };
  }
}

async function whatIsMissing(digest: string, live: string | null, policies: PolicyStore): Promise<CommandAnswer | undefined> {
  const record = (await policies.record(digest))?.state;
  const policy = await policies.document(digest);
  if (!record || !policy) return { kind: 'unknown', because: `there is no policy ${digest}` };
  if (record.reviewers.length === 0) return { kind: 'refused', because: `nobody but ${record.author} has read it` };
  const bars = [policy, ...(live ? [await policies.document(live)] : [])].flatMap((one) => (one ? [one.enforcement.goLive] : []));
  const faults = record.measurements.map((one) => bars.flatMap((bar) => fallsShort(one, bar)));
  if (faults.length === 0) return { kind: 'refused', because: 'it was never measured on labelled traffic' };
  if (faults.some((fault) => fault.length === 0)) return undefined;
  return { kind: 'refused', because: `no measurement is good enough: ${faults.at(-1)?.join('; ')}` };
}

function fallsShort(one: Measurement, bar: Policy['enforcement']['goLive']): string[] {
  const faults: string[] = [];
  if (one.suspended < bar.suspended.value)
    faults.push(`${one.suspended} suspensions on ${one.dataset}, ${bar.suspended.value} needed to know`);
  if (one.precision < bar.precision.value)
    faults.push(`precision ${(100 * one.precision).toFixed(2)} % on ${one.dataset}, ${100 * bar.precision.value} % needed`);
  if (one.lookAlikesTouched > bar.lookAlikesTouched.value)
    faults.push(`${one.lookAlikesTouched} honest accounts touched on ${one.dataset}, ${bar.lookAlikesTouched.value} allowed`);
  return faults;
}

/** New numbers, new trust: rules that demoted themselves start again. */
async function forgiveRules({ actor, key }: Command, { rules }: PolicyStores): Promise<void> {
  for (const rule of await rules.demoted()) {
    const head = await rules.head(rule);
    if (!head?.state.demoted) continue;
    const because = ['a new policy went live'];
    await rules.append(rule, head, { actor: byPerson(actor), what: 'reinstated', because, key, state: { ...head.state, demoted: false } });
  }
}

type Next = { kind: 'to'; state: PolicyRecord } | { kind: 'already' | 'refused'; because: string };

async function change(
  { actor, key, because, digest }: About,
  what: What,
  { policies }: PolicyStores,
  next: (state: PolicyRecord) => Next,
): Promise<CommandAnswer> {
  if (!mayAct(actor, 'reviewer')) return { kind: 'refused', because: `this takes a reviewer; ${actor.id} is a ${actor.role}` };
  for (;;) {
    const head = await policies.record(digest);
    if (!head) return { kind: 'unknown', because: `there is no policy ${digest}` };
    const to = next(head.state);
    if (to.kind !== 'to') return to;
    const appended = await policies.append(digest, head, { actor: byPerson(actor), what, because: [because], key, state: to.state });
    if (appended.kind === 'appended') return { kind: 'done', because: `${digest} is ${what}` };
  }
}

const sha = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
