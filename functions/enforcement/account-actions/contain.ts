import { ACCOUNT_CHAIN } from '../../../shared/domain/cases/action';
import { type CaseState, mayAct } from '../../../shared/domain/cases/case';
import type { MemberDecision } from '../../../shared/domain/cases/decision';
import { hourOf, MINUTE } from '../../../shared/domain/time';
import type { AccountKey, CaseId } from '../../../shared/identity/ids';
import { inBatches } from '../../../shared/in-batches';
import type { Touched } from '../../../shared/stores/cases/case-store';
import type { Enforcement } from '../enforcement';
import { ALL_KEYS, keysToName } from '../keys/keys-to-name';
import { giveBack, reserve } from '../policy/budget';
import { isArmed } from '../policy/kill-switch';
import type { Plan } from '../policy/plan';
import { ranked } from '../policy/ranked';
import { type ActionDraft, type Asked, ask, blockedBy, byCase, type Head, settle } from './ask';
import { BATCH, STEP, tooMany, WIDTH } from './work-through';

export type Acting = Extract<Plan['decision'], { kind: 'act' }>;
export type Tally = { acted: number; refused: number; unreachable: number; notNeeded: number; notAsked: number };
export type Contained =
  | { kind: 'done' | 'more'; tally: Tally }
  | { kind: 'wait'; until: number; because: string; tally: Tally }
  | { kind: 'overruled'; because: string };

export const NOT_ARMED = 'the kill switch is not armed';
/**
 * Accounts the decision lets this case act on, and those it acted on already (which the provider now calls suspended), in
 * an order that is fixed for the case and says nothing about the accounts.
 */
export function targetsOf(decision: Acting, id: CaseId, state: CaseState, answered: readonly AccountKey[]): AccountKey[] {
  const protectedToo = state.approvals.filter((approval) => approval.protectedToo).length >= 2;
  const wanted = (member: MemberDecision): boolean => member.kind === 'act' || (member.kind === 'review' && protectedToo);
  const decided = decision.members.filter(wanted).map(({ account }) => account);
  return ranked(id, [...new Set([...decided, ...answered])]);
}

/**
 * Contains accounts of a case, batch by batch: pointer first (so that an undo finds them), then one look at the kill
 * switch and the case (so that an undo that came before is heeded), then budget, then ledger entry, then the request.
 */
export async function containAccounts(
  id: CaseId,
  accounts: readonly AccountKey[],
  plan: Plan & { decision: Acting },
  deps: Enforcement,
): Promise<Contained> {
  const tally: Tally = { acted: 0, refused: 0, unreachable: 0, notNeeded: 0, notAsked: 0 };
  const touched = await deps.cases.touched(id);
  let worked = 0;
  for (let start = 0; start < accounts.length; start += BATCH) {
    if (worked >= STEP) return { kind: 'more', tally };
    const batch = accounts.slice(start, start + BATCH);
    if (!(await isArmed(deps))) return { kind: 'wait', until: deps.clock.now() + MINUTE, because: NOT_ARMED, tally };
    const heads = await headsOf(batch, touched, deps);
    const pending = batch.filter((account) => heads.has(account) && needsWork(heads.get(account), id, deps.clock.now()));
    tally.notNeeded += batch.length - pending.length;
    if (pending.length === 0) continue;
    worked += pending.length;
    await inBatches(pending, WIDTH, (account) =>
      deps.cases.touch(id, account, { asked: false, sequence: heads.get(account)?.sequence ?? 0 }),
    );
    const head = await deps.cases.head(id);
    if (!head || !mayAct(head.state.progress)) return { kind: 'overruled', because: `the case is ${head?.state.progress.kind ?? 'gone'}` };
    const fresh = pending.filter((account) => !byCase(heads.get(account)?.state, id));
    const now = deps.clock.now();
    const budgets = { table: deps.table, policy: plan.policy.enforcement, run: plan.campaign.provenance.run, now };
    const budget = await reserve(fresh.length, budgets);
    const allowed = new Set(fresh.slice(0, budget.granted));
    let unused = 0;
    const before = tally.unreachable;
    await inBatches(pending, WIDTH, async (account) => {
      const head = heads.get(account);
      const waiting = head && byCase(head.state, id) ? head : undefined;
      if (!waiting && !allowed.has(account)) return;
      const asked = waiting ? await settle(account, waiting, deps) : await askOne(id, account, head, { plan, reservedAt: now }, deps);
      count(tally, asked);
      if (!waiting && (asked.kind === 'not-asked' || asked.kind === 'not-needed')) unused++;
      // Settled as far as the case is concerned. Who was not asked is looked at again.
      if (asked.kind !== 'unreachable' && asked.kind !== 'not-asked')
        await deps.cases.touch(id, account, { asked: true, sequence: asked.sequence ?? head?.sequence ?? 0 });
    });
    await giveBack(unused, budgets);
    if (budget.granted < fresh.length) return { kind: 'wait', until: budget.until, because: budget.because, tally };
    if (tooMany(tally.unreachable - before, pending.length, plan.policy.enforcement)) {
      return { kind: 'wait', until: now, because: `the provider could not be reached for ${tally.unreachable} accounts`, tally };
    }
  }
  return { kind: tally.notAsked > 0 ? 'more' : 'done', tally };
}

/** Not yet acted on by this case and nothing in the way, or asked by this case and not yet answered. */
function needsWork(head: Head, id: CaseId, now: number): boolean {
  if (head?.state.phase.kind === 'asked' && head.state.phase.action.case === id) return true;
  return blockedBy(head?.state, id, now) === undefined;
}

/** Heads by account, undefined of those without a chain. One whose chain cannot be read is absent: nobody can say whether it was given back. */
async function headsOf(
  accounts: readonly AccountKey[],
  touched: ReadonlyMap<AccountKey, Touched>,
  deps: Enforcement,
): Promise<ReadonlyMap<AccountKey, Head>> {
  const known = new Map(accounts.map((account) => [account, touched.get(account)?.sequence ?? 0]));
  const bad = new Set<string>();
  const read = await deps.ledger.heads(ACCOUNT_CHAIN, known, (_, account) => bad.add(account));
  return new Map(accounts.filter((account) => !bad.has(account)).map((account) => [account, read.get(account)]));
}

type Grant = { plan: Plan & { decision: Acting }; reservedAt: number };

async function askOne(id: CaseId, account: AccountKey, head: Head, { plan, reservedAt }: Grant, deps: Enforcement): Promise<Asked> {
  // The budget was that hour's. No await between this look and the time in the entry.
  if (hourOf(deps.clock.now()) !== hourOf(reservedAt)) return { kind: 'not-asked', because: 'the hour of the budget is over' };
  const { decision, campaign, facts, sealed, digest, evidence } = plan;
  const known = facts.get(account);
  const name = sealed.get(account);
  if (!known || !name) return { kind: 'not-needed', because: 'the provider has not told us about this account' };
  const named = decision.action === 'disable-key' ? await keysToName(account, plan, deps) : ALL_KEYS;
  if (named.kind === 'ended') return { kind: 'not-needed', because: named.because };
  const because = [...(plan.members.get(account)?.because ?? []), ...named.because];
  const draft: ActionDraft = {
    action: decision.action,
    case: id,
    campaign: campaign.id,
    classification: campaign.classification,
    rule: decision.rule,
    reasonCode: decision.reasonCode,
    hints: decision.hints,
    ...(decision.billing ? { billing: decision.billing } : {}),
    ...(named.kind === 'these' ? { keys: named.keys } : {}),
    because,
    policy: digest,
    evidence,
    facts: known,
    sealed: name,
    expiresAt: deps.clock.now() + decision.expiresAfterMs,
  };
  return ask(account, head, draft, { kind: 'policy', digest, rule: decision.rule }, deps);
}

function count(tally: Tally, asked: Asked): void {
  switch (asked.kind) {
    case 'acknowledged':
      tally.acted++;
      return;
    case 'refused':
      tally.refused++;
      return;
    case 'unreachable':
      tally.unreachable++;
      return;
    case 'not-asked':
      tally.notAsked++;
      return;
    case 'not-needed':
    case 'overtaken':
      tally.notNeeded++;
      return;
    default:
      asked.kind satisfies never;
  }
}
