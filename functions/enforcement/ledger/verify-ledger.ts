import { z } from 'zod';
import { OPERATOR_CHAIN } from '../../../shared/domain/campaigns/known-operator';
import { ACCOUNT_CHAIN } from '../../../shared/domain/cases/action';
import { APPEAL_CHAIN } from '../../../shared/domain/cases/appeal';
import { CASE_CHAIN } from '../../../shared/domain/cases/case';
import { DECISION_CHAIN, type DecisionRecord } from '../../../shared/domain/cases/decision-record';
import { ERASURE_CHAIN } from '../../../shared/domain/cases/erasure';
import { EXONERATION_CHAIN, type Exoneration, scopeLabel } from '../../../shared/domain/cases/exoneration';
import { type ChainFault, faultsOf, type SealedEntry } from '../../../shared/domain/cases/ledger';
import { POLICY_CHAIN } from '../../../shared/domain/policy/policy-record';
import { RULE_CHAIN } from '../../../shared/domain/policy/rule-record';
import { DAY, dayLabel, dayOf } from '../../../shared/domain/time';
import type { ObjectStore } from '../../../shared/ports';
import type { Entry, Pointer } from '../../../shared/stores/cases/ledger-store';
import type { Enforcement } from '../enforcement';
import { decide } from '../policy/decide';
import { KEY_CHARACTERS } from '../standing/standing';
import { anchoredDays, type Head, readAnchor } from './anchors';

export { anchorDay } from './anchors';

import { BY_HAND } from '../policy/plan';

/** What verifying reads; it writes nothing and asks nobody. */
export type LedgerStores = Pick<Enforcement, 'ledger' | 'policies' | 'campaigns'>;
export type Verified = {
  chains: number;
  entries: number;
  faults: ChainFault[];
  decisions: { same: number; different: string[]; cannot: string[] };
};

/** Where chains are listed by subject, and what their names begin with. */
const LISTINGS: readonly (readonly [string, string])[] = [
  ...[CASE_CHAIN, DECISION_CHAIN, EXONERATION_CHAIN, POLICY_CHAIN, RULE_CHAIN, APPEAL_CHAIN, OPERATOR_CHAIN, ERASURE_CHAIN].map(
    ({ prefix, listedIn }) => [listedIn(), prefix] as const,
  ),
  ...KEY_CHARACTERS.map((first) => [ACCOUNT_CHAIN.listedIn(first), ACCOUNT_CHAIN.prefix] as const),
];

/**
 * Checks the ledger: every day that was closed has its anchor, each anchor follows the one before, no chain is shorter than the last
 * anchor says, and of every chain that moved in [from, to]: it is whole, each entry has its pointer in the feed of its day and each
 * pointer to a written entry its entry, and every decision comes out the same again. Without `from`: from the first anchor on.
 * A day counts as closed when it is before the day of `to`.
 */
export async function verifyLedger(range: { from?: number; to: number }, anchors: ObjectStore, deps: LedgerStores): Promise<Verified> {
  const faults = new Map<string, ChainFault>();
  // The first that is found of an entry says most; the others follow from it.
  const fault: Fault = (chain, sequence, because) => {
    const place = `${chain} ${sequence}`;
    if (!faults.has(place)) faults.set(place, { chain, sequence, because });
  };
  const { first, heads } = await checkAnchors(range.to, anchors, deps, fault);
  const from = dayOf(range.from ?? first ?? range.to);
  const feed = new FeedByDay(deps);
  const chains = new Set(heads.keys());
  for (let day = from; day <= range.to; day += DAY) for (const { chain } of await feed.of(day)) chains.add(chain);
  for (const [partition, prefix] of LISTINGS) {
    for (const subject of await deps.ledger.begun(partition))
      if (!chains.has(prefix + subject)) await checkBegun(prefix + subject, deps, fault);
  }
  const verified: Verified = { chains: 0, entries: 0, faults: [], decisions: { same: 0, different: [], cannot: [] } };
  for (const chain of chains) {
    const entries = await deps.ledger.sealed(chain);
    verified.chains++;
    verified.entries += entries.length;
    const head = heads.get(chain);
    if (head) checkHead(head, entries, fault);
    for (const found of faultsOf(chain, entries)) fault(found.chain, found.sequence, found.because);
    await checkPointed(entries, feed, fault);
    if (chain.startsWith(DECISION_CHAIN.prefix)) await recheckAll(chain.slice(DECISION_CHAIN.prefix.length), verified, deps);
  }
  for (let day = from; day <= range.to; day += DAY) await checkWritten(await feed.of(day), deps, fault);
  return { ...verified, faults: [...faults.values()] };
}

type Fault = (chain: string, sequence: number, because: string) => void;

/** The anchors, one a day from the first on; answers how far each chain had come at the last. */
async function checkAnchors(
  to: number,
  anchors: ObjectStore,
  { ledger }: LedgerStores,
  fault: Fault,
): Promise<{ first: number | undefined; heads: ReadonlyMap<string, Head> }> {
  const noted = await ledger.notedAnchors();
  const [first] = [...noted.keys(), ...(await anchoredDays(anchors))].sort((one, other) => one - other);
  const heads = new Map<string, Head>();
  let previous: string | null | undefined;
  for (let day = first ?? to; day < dayOf(to); day += DAY) {
    const wrong = (because: string): void => fault(`anchor of ${dayLabel(day)}`, 0, because);
    const read = await readAnchor(day, anchors);
    if (read?.kind !== 'anchor') {
      wrong(read ? 'it cannot be read' : 'the day is over, and its anchor is missing');
      previous = undefined;
      continue;
    }
    const { anchor, hash } = read;
    const note = noted.get(day);
    if (note !== undefined && note !== hash) wrong('it is not the one that was noted when the day was closed');
    // An anchor of before anchors were chained says nothing of the one before it.
    if (previous !== undefined && anchor.previous !== undefined && anchor.previous !== previous)
      wrong('it does not follow the anchor before it');
    for (const head of anchor.heads) {
      const known = heads.get(head.chain);
      if (known && known.sequence > head.sequence)
        fault(head.chain, known.sequence, `the anchor of ${anchor.day} has it shorter than the one before`);
      else heads.set(head.chain, head);
    }
    previous = hash;
  }
  return { first, heads };
}

function checkHead({ chain, sequence, hash }: Head, entries: readonly SealedEntry[], fault: Fault): void {
  const there = entries[sequence - 1];
  if (there?.hash !== hash) fault(chain, sequence, there ? 'it differs from what was anchored that day' : 'it was anchored and is gone');
}

async function checkBegun(chain: string, { ledger }: LedgerStores, fault: Fault): Promise<void> {
  if (!(await ledger.newest(chain))) fault(chain, 1, 'the whole chain is gone');
}

/** Whoever writes an entry points at it first: what nothing points at was not written by us, or was changed and hashed again. */
async function checkPointed(entries: readonly SealedEntry[], feed: FeedByDay, fault: Fault): Promise<void> {
  for (const { chain, sequence, body, hash } of entries) {
    const at = timeIn(body);
    // What cannot be read is a fault already.
    if (at === undefined) continue;
    if (!(await feed.pointsAt(dayOf(at), { chain, sequence, hash }))) fault(chain, sequence, 'the feed of its day does not point at it');
  }
}

async function checkWritten(pointers: readonly Pointer[], { ledger }: LedgerStores, fault: Fault): Promise<void> {
  const longest = new Map<string, number>();
  for (const { chain, sequence, written } of pointers) if (written) longest.set(chain, Math.max(sequence, longest.get(chain) ?? 0));
  for (const [chain, sequence] of longest) {
    if (((await ledger.newest(chain))?.sequence ?? 0) < sequence) fault(chain, sequence, 'it was written and is gone');
  }
}

const Timed = z.object({ at: z.number() });
function timeIn(body: string): number | undefined {
  try {
    return Timed.parse(JSON.parse(body)).at;
  } catch {
    return undefined;
  }
}

/** Pointers of days, read once each. */
class FeedByDay {
  private readonly days = new Map<number, Promise<{ pointers: Pointer[]; places: ReadonlySet<string> }>>();
  constructor(private readonly deps: LedgerStores) {}

  async of(day: number): Promise<Pointer[]> {
    return (await this.read(day)).pointers;
  }

  async pointsAt(day: number, { chain, sequence, hash }: Omit<Pointer, 'written'>): Promise<boolean> {
    return (await this.read(day)).places.has(`${chain} ${sequence} ${hash}`);
  }

  private read(day: number) {
    const known = this.days.get(day) ?? this.load(day);
    this.days.set(day, known);
    return known;
  }

  private async load(day: number) {
    const pointers = await this.deps.ledger.pointers(day);
    return { pointers, places: new Set(pointers.map(({ chain, sequence, hash }) => `${chain} ${sequence} ${hash}`)) };
  }
}

async function recheckAll(campaign: string, verified: Verified, deps: LedgerStores): Promise<void> {
  for (const entry of (await deps.ledger.readable(DECISION_CHAIN, campaign)).entries) {
    const again = await decideAgain(entry, deps);
    const name = `${campaign} ${entry.sequence}`;
    if (again.kind === 'same') verified.decisions.same++;
    else if (again.kind === 'different') verified.decisions.different.push(`${name}: was ${again.was}, is ${again.now}`);
    else verified.decisions.cannot.push(`${name}: ${again.because}`);
  }
}

export type Again = { kind: 'same' } | { kind: 'different'; was: string; now: string } | { kind: 'cannot'; because: string };

/**
 * Makes a recorded decision again from what it was made of: the archived campaign version, the policy by digest, the
 * exonerations and demotions of that time. Facts of members who were acted on are those kept with the action.
 */
async function decideAgain(entry: Entry<DecisionRecord>, deps: LedgerStores): Promise<Again> {
  const was = entry.state;
  const policy = await deps.policies.document(was.policy);
  if (!policy) return { kind: 'cannot', because: `policy ${was.policy} is not kept` };
  if (!(await deps.campaigns.has(was.evidence))) return { kind: 'cannot', because: `${was.evidence} is no longer in the archive` };
  const campaign = await deps.campaigns.document(was.evidence);
  const exonerations = await exonerationsAt(was.exonerated, entry.at, deps);
  const now = decide({
    campaign,
    policy: policy.enforcement,
    facts: new Map(),
    exonerations,
    demoted: new Set(was.demoted),
    now: entry.at,
  });
  const words = (kind: string, rule?: string, mode?: string): string => [kind, rule, mode].filter((word) => word !== undefined).join(' ');
  const before = words(was.kind, was.rule, was.mode);
  const after = words(now.kind, now.kind === 'no-action' ? undefined : now.rule, now.kind === 'act' ? now.mode : undefined);
  return before === after ? { kind: 'same' } : { kind: 'different', was: before, now: after };
}

async function exonerationsAt(labels: readonly string[], at: number, { ledger }: LedgerStores): Promise<Map<string, Exoneration>> {
  const found = new Map<string, Exoneration>();
  for (const label of labels) {
    const then = (await ledger.readable(EXONERATION_CHAIN, label)).entries.filter((entry) => entry.at <= at).at(-1);
    if (then) found.set(scopeLabel(then.state.scope), then.state);
  }
  return found;
}

/** Makes the decision about one account again, from the facts kept with its action: would it be acted on, by the same rule? */
export async function decideAgainAbout(account: string, deps: LedgerStores): Promise<Again> {
  const asked = (await deps.ledger.readable(ACCOUNT_CHAIN, account)).entries.filter((entry) => entry.state.phase.kind === 'asked').at(-1);
  const phase = asked?.state.phase;
  if (!asked || phase?.kind !== 'asked') return { kind: 'cannot', because: 'nothing was ever asked about this account' };
  const { action } = phase;
  if (action.rule === BY_HAND) return { kind: 'cannot', because: 'a person decided about this account' };
  const policy = await deps.policies.document(action.policy);
  if (!policy) return { kind: 'cannot', because: `policy ${action.policy} is not kept` };
  if (!(await deps.campaigns.has(action.evidence))) return { kind: 'cannot', because: `${action.evidence} is no longer in the archive` };
  const campaign = await deps.campaigns.document(action.evidence);
  const member = campaign.members.find((one) => one.account === account);
  if (!member) {
    const erased = await deps.ledger.newest(ERASURE_CHAIN.prefix + account);
    if (erased) return { kind: 'cannot', because: 'its data was erased on request' };
    return { kind: 'different', was: action.rule, now: 'not a member' };
  }
  const decision = decide({
    campaign,
    policy: policy.enforcement,
    facts: new Map([[member.account, action.facts]]),
    exonerations: new Map(),
    demoted: new Set(),
    held: action.rule,
    now: action.askedAt,
  });
  const verdict = decision.kind === 'act' ? decision.members.find((one) => one.account === member.account) : undefined;
  const now =
    verdict && verdict.kind !== 'exclude' && decision.kind === 'act' ? decision.rule : (verdict?.because.toString() ?? decision.kind);
  return now === action.rule ? { kind: 'same' } : { kind: 'different', was: action.rule, now };
}
