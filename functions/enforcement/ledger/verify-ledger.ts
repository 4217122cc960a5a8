import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import { ACCOUNT_CHAIN } from '../../../shared/domain/action';
import { DECISION_CHAIN, type DecisionRecord } from '../../../shared/domain/decision-record';
import { EXONERATION_CHAIN, type Exoneration, scopeLabel } from '../../../shared/domain/exoneration';
import type { ChainFault } from '../../../shared/domain/ledger';
import { DAY, dayLabel, dayOf } from '../../../shared/domain/time';
import type { ObjectStore } from '../../../shared/ports';
import type { Entry } from '../../../shared/stores/ledger-store';
import type { Enforcement } from '../enforcement';
import { decide } from '../policy/decide';

/** What verifying reads; it writes nothing and asks nobody. */
export type Books = Pick<Enforcement, 'ledger' | 'policies' | 'campaigns'>;
export type Verified = {
  chains: number;
  entries: number;
  faults: ChainFault[];
  decisions: { same: number; different: string[]; cannot: string[] };
};

/** Day, and the newest entry each chain had when the day was closed. */
const Anchor = z.object({ day: z.string(), heads: z.array(z.object({ chain: z.string(), sequence: z.int(), hash: z.string() })) });
type Anchor = z.infer<typeof Anchor>;
const anchorKey = (day: number): string => `ledger/${dayLabel(day)}.json.gz`;

/**
 * Closes a UTC day: writes down, outside the table, how far every chain that moved on that day had come. A chain that is
 * cut off at its end is still a whole chain; only the anchor shows that something is missing.
 */
export async function anchorDay(day: number, archive: ObjectStore, { ledger }: Pick<Books, 'ledger'>): Promise<{ chains: number }> {
  const heads: Anchor['heads'] = [];
  for (const chain of await ledger.chainsOf(day)) {
    const newest = (await ledger.sealed(chain)).at(-1);
    if (newest) heads.push({ chain, sequence: newest.sequence, hash: newest.hash });
  }
  const anchor: Anchor = { day: dayLabel(day), heads: heads.sort((a, b) => (a.chain < b.chain ? -1 : 1)) };
  await archive.put(anchorKey(day), gzipSync(JSON.stringify(anchor)), { ifAbsent: true });
  return { chains: heads.length };
}

/** Checks every chain that moved in [from, to]: whole, not shorter than its anchors say, and every decision made again. */
export async function verifyLedger(range: { from: number; to: number }, archive: ObjectStore, world: Books): Promise<Verified> {
  const verified: Verified = { chains: 0, entries: 0, faults: [], decisions: { same: 0, different: [], cannot: [] } };
  const seen = new Set<string>();
  for (let day = dayOf(range.from); day <= range.to; day += DAY) {
    const anchor = await readAnchor(day, archive);
    const anchored = new Map(anchor?.heads.map((head) => [head.chain, head]));
    for (const chain of new Set([...(await world.ledger.chainsOf(day)), ...anchored.keys()])) {
      const head = anchored.get(chain);
      if (head) await checkAnchor(chain, head, verified, world);
      if (seen.has(chain)) continue;
      seen.add(chain);
      verified.chains++;
      verified.entries += (await world.ledger.sealed(chain)).length;
      verified.faults.push(...(await world.ledger.faults(chain)));
      if (chain.startsWith(DECISION_CHAIN.prefix)) await recheckAll(chain.slice(DECISION_CHAIN.prefix.length), verified, world);
    }
  }
  return verified;
}

async function readAnchor(day: number, archive: ObjectStore): Promise<Anchor | undefined> {
  const bytes = await archive.get(anchorKey(day));
  return bytes && Anchor.parse(JSON.parse(gunzipSync(bytes).toString()));
}

async function checkAnchor(chain: string, head: Anchor['heads'][number], verified: Verified, { ledger }: Books): Promise<void> {
  const there = (await ledger.sealed(chain))[head.sequence - 1];
  if (there?.hash === head.hash) return;
  const because = there ? 'it differs from what was anchored that day' : 'it was anchored and is gone';
  verified.faults.push({ chain, sequence: head.sequence, because });
}

async function recheckAll(campaign: string, verified: Verified, world: Books): Promise<void> {
  for (const entry of (await world.ledger.readable(DECISION_CHAIN, campaign)).entries) {
    const again = await decideAgain(entry, world);
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
export async function decideAgain(entry: Entry<DecisionRecord>, world: Books): Promise<Again> {
  const was = entry.state;
  const policy = await world.policies.document(was.policy);
  if (!policy) return { kind: 'cannot', because: `policy ${was.policy} is not kept` };
  if (!(await world.campaigns.has(was.evidence))) return { kind: 'cannot', because: `${was.evidence} is no longer in the archive` };
  const campaign = await world.campaigns.document(was.evidence);
  const exonerations = await exonerationsAt(was.exonerated, entry.at, world);
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
  const after = words(now.kind, now.kind === 'leave' ? undefined : now.rule, now.kind === 'act' ? now.mode : undefined);
  return before === after ? { kind: 'same' } : { kind: 'different', was: before, now: after };
}

async function exonerationsAt(labels: readonly string[], at: number, { ledger }: Books): Promise<Map<string, Exoneration>> {
  const found = new Map<string, Exoneration>();
  for (const label of labels) {
    const then = (await ledger.readable(EXONERATION_CHAIN, label)).entries.filter((entry) => entry.at <= at).at(-1);
    if (then) found.set(scopeLabel(then.state.scope), then.state);
  }
  return found;
}

/** Makes the decision about one account again, from the facts kept with its action: would it be acted on, by the same rule? */
export async function decideAgainAbout(account: string, world: Books): Promise<Again> {
  const asked = (await world.ledger.readable(ACCOUNT_CHAIN, account)).entries.filter((entry) => entry.state.phase.kind === 'asked').at(-1);
  const phase = asked?.state.phase;
  if (!asked || phase?.kind !== 'asked') return { kind: 'cannot', because: 'nothing was ever asked about this account' };
  const { action } = phase;
  const policy = await world.policies.document(action.policy);
  if (!policy) return { kind: 'cannot', because: `policy ${action.policy} is not kept` };
  if (!(await world.campaigns.has(action.evidence))) return { kind: 'cannot', because: `${action.evidence} is no longer in the archive` };
  const campaign = await world.campaigns.document(action.evidence);
  const member = campaign.members.find((one) => one.account === account);
  if (!member) return { kind: 'different', was: action.rule, now: 'not a member' };
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
    verdict && verdict.kind !== 'spare' && decision.kind === 'act' ? decision.rule : (verdict?.because.toString() ?? decision.kind);
  return now === action.rule ? { kind: 'same' } : { kind: 'different', was: action.rule, now };
}
