import { EXONERATION_CHAIN, scopeLabel } from '../../shared/domain/cases/exoneration';
import { SWITCH_CHAIN, THE_SWITCH } from '../../shared/domain/cases/kill-switch';
import { VERIFY_WITHIN, type VerificationNews, type VerificationProgress } from '../../shared/domain/cases/verification';
import type { Admission, AdmissionPolicy } from '../../shared/domain/policy/admission';
import type { Policy } from '../../shared/domain/policy/policy';
import { HOUR, iso } from '../../shared/domain/time';
import type { CampaignId, Hash64 } from '../../shared/identity/ids';
import type { AccountHash, KeyedHasher } from '../../shared/identity/keyed-hash';
import type { Clock, Queue, Table } from '../../shared/ports';
import { KnownByStore } from '../../shared/stores/campaigns/known-by-store';
import { CaseStore } from '../../shared/stores/cases/case-store';
import { LedgerStore } from '../../shared/stores/cases/ledger-store';
import { VerificationStore } from '../../shared/stores/cases/verification-store';
import { admissionFor, asFarAs, type CampaignStanding, type Resemblance, resemblances } from './admit';
import { type Newcomer, showing } from './newcomer';

export type CheckPorts = {
  graph: Table;
  enforcement: Table;
  clock: Clock;
  hasher: () => Promise<KeyedHasher>;
  policy: () => Promise<{ policy: Pick<Policy, 'admission'> }>;
  /** Where it is said that somebody who has a name was challenged or held: enforcement waits for the result of the provider's check. */
  verifications?: Queue;
  /** ms after which a newcomer is let in unchecked. */
  within?: number;
};

/** `checked: false`: something failed or took too long, and the newcomer is let in. */
export type Checked = {
  checked: boolean;
  answer: Admission;
  /** What mode auto would have answered. */
  inAuto: Admission;
  because: string[];
  resembles: Pick<Resemblance, 'campaign' | 'classification' | 'nats' | 'byFamily'> | null;
  /** Of a subject that was asked for proof: where that stands. */
  verification: { state: VerificationProgress['kind']; answerBy: string | null } | null;
  /** Fields that were given and could not be read. */
  unread: string[];
};

/** Long enough for a function that has just started, short enough for who waits to sign up. */
const WITHIN = 1_000;
/** Campaigns whose case is looked at: the likest. */
const MOST_CASES = 3;

/** Looks up whom a newcomer resembles, and answers as far as the policy goes. Writes nothing but that somebody with a name is waited for, and lets in whomever it cannot check. */
export async function check(newcomer: Newcomer, ports: CheckPorts): Promise<Checked> {
  let timer: NodeJS.Timeout | undefined;
  const within = ports.within ?? WITHIN;
  const tooLate = new Promise<Checked>((resolve) => {
    timer = setTimeout(() => resolve(unchecked(`nothing was looked up within ${within} ms`)), within);
  });
  try {
    return await Promise.race([lookUp(newcomer, ports), tooLate]);
  } catch (error) {
    return unchecked(failureOf(error));
  } finally {
    clearTimeout(timer);
  }
}

/** What kind of failure it was: never its text, which may hold what was looked up. */
const failureOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'it failed';
  const { code } = error as { code?: unknown };
  return `it failed: ${error.name}${typeof code === 'string' ? ` ${code}` : ''}`;
};

const letIn = { checked: true, answer: 'allow', inAuto: 'allow', resembles: null, verification: null } as const;
/** Let in without a look, and why. */
export const unchecked = (why: string): Checked => ({
  ...letIn,
  checked: false,
  because: [`Let in without a check: ${why}.`],
  unread: [],
});

async function lookUp(newcomer: Newcomer, ports: CheckPorts): Promise<Checked> {
  const hasher = await ports.hasher();
  const { shown, atOrigin, organization, unread } = showing(newcomer, hasher);
  const ledger = new LedgerStore(ports.enforcement, ports.clock);
  const subject = newcomer.subject ? hasher.account(newcomer.subject) : undefined;
  const proof = subject && (await new VerificationStore(ports.enforcement, ledger).head(subject.key))?.state.progress;
  const verification = proof ? { state: proof.kind, answerBy: proof.kind === 'waiting' ? iso(proof.answerBy) : null } : null;
  const answered = { ...letIn, verification, unread };
  if (shown.length === 0) return { ...answered, because: ['Nothing was given that could be compared.'] };
  const [{ policy }, known] = await Promise.all([ports.policy(), new KnownByStore(ports.graph).of(shown)]);
  const { admission } = policy;
  if (!admission) return { ...answered, because: ['The live policy has no numbers for newcomers: everybody is let in.'] };
  const found = await likest(resemblances(known, atOrigin).slice(0, MOST_CASES), admission, new CaseStore(ports.enforcement, ledger));
  if (found.answer === 'allow') return { ...answered, because: [found.because] };
  const { because, means: _, ...resembles } = found.one;
  const rated = { ...answered, inAuto: found.answer, resembles };
  const pass = PROVEN[proof?.kind ?? ''] ?? (await excused(organization, ledger, ports.clock));
  if (pass) return { ...rated, because: [pass, ...because] };
  const mode = admission.mode.value;
  const answer = asFarAs(found.answer, mode);
  const waiting = answer === 'allow' || !subject ? null : await waitFor(subject, answer, resembles, admission, proof, ports);
  return {
    ...rated,
    answer,
    verification: waiting ?? verification,
    because: answer === found.answer ? because : [`The policy is in mode ${mode}: ${answer}.`, ...because],
  };
}

const PROVEN: { readonly [progress: string]: string } = {
  passed: 'It passed the provider’s own check.',
  released: 'People let it in.',
};

type Found = { answer: 'challenge' | 'hold'; one: Resemblance } | { answer: 'allow'; because: string };

async function likest(alike: readonly Resemblance[], policy: AdmissionPolicy, cases: CaseStore): Promise<Found> {
  const rated = await Promise.all(
    alike.map(async (one) => ({ one, answer: admissionFor(one, await standingOf(one.campaign, cases), policy) })),
  );
  for (const answer of ['hold', 'challenge'] as const) {
    const found = rated.find((one) => one.answer === answer);
    if (found) return { answer, one: found.one };
  }
  return {
    answer: 'allow',
    because: alike.length === 0 ? 'No campaign is known by anything that was shown.' : 'Too little is like a campaign that is acted on.',
  };
}

/** Says that the provider's check of this subject is waited for, once; whoever is waited for, failed or gave up is not asked again. */
async function waitFor(
  { key: account, sealed }: AccountHash,
  answer: 'challenge' | 'hold',
  { campaign, classification }: Pick<Resemblance, 'campaign' | 'classification'>,
  { verifyWithinHours }: AdmissionPolicy,
  proof: VerificationProgress | undefined,
  { verifications, clock }: CheckPorts,
): Promise<Checked['verification']> {
  if (!verifications || proof) return null;
  const at = clock.now();
  const news: VerificationNews = { kind: 'asked', account, sealed, at, answer, campaign, classification };
  await verifications.send([JSON.stringify(news)]);
  const within = verifyWithinHours === undefined ? VERIFY_WITHIN : verifyWithinHours.value * HOUR;
  return { state: 'waiting', answerBy: iso(at + within) };
}

/** Whether the campaign is acted on now. A case in mode observe or shadow acts on nobody. */
async function standingOf(campaign: CampaignId, cases: CaseStore): Promise<CampaignStanding> {
  const state = (await cases.latestOf(campaign))?.head.state;
  if (!state || state.mode === 'observe' || state.mode === 'shadow') return 'none';
  switch (state.progress.kind) {
    case 'containing':
    case 'watching':
    case 'contained':
      return 'contained';
    case 'held':
    case 'awaiting-approval':
    case 'stopped':
      return 'open';
    default:
      return 'none';
  }
}

/** Why nothing is done to the newcomer whatever it resembles: people stopped everything, or vouched for its organisation. */
async function excused(organization: Hash64 | undefined, ledger: LedgerStore, clock: Clock): Promise<string | undefined> {
  const [lever, word] = await Promise.all([
    ledger.head(SWITCH_CHAIN, THE_SWITCH),
    organization && ledger.head(EXONERATION_CHAIN, scopeLabel({ kind: 'organization', organization })),
  ]);
  if (lever?.state.kind !== 'armed') return 'The kill switch is not armed: everybody is let in.';
  if (word && !word.state.revoked && word.state.until > clock.now()) return `Its organisation is ${word.state.effect}.`;
  return undefined;
}

/** What is counted of an answer, by metric. */
export const countsOf = ({ checked, answer }: Checked) => ({
  NewcomersChecked: 1,
  NewcomersNotChecked: checked ? 0 : 1,
  NewcomersChallenged: answer === 'challenge' ? 1 : 0,
  NewcomersHeld: answer === 'hold' ? 1 : 0,
});
