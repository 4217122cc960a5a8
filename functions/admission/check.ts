import { EXONERATION_CHAIN, scopeLabel } from '../../shared/domain/cases/exoneration';
import { SWITCH_CHAIN, THE_SWITCH } from '../../shared/domain/cases/kill-switch';
import type { Admission } from '../../shared/domain/policy/admission';
import type { Policy } from '../../shared/domain/policy/policy';
import type { CampaignId, Hash64 } from '../../shared/identity/ids';
import type { KeyedHasher } from '../../shared/identity/keyed-hash';
import type { Clock, Table } from '../../shared/ports';
import { KnownByStore } from '../../shared/stores/campaigns/known-by-store';
import { CaseStore } from '../../shared/stores/cases/case-store';
import { LedgerStore } from '../../shared/stores/cases/ledger-store';
import { admissionFor, asFarAs, type CampaignStanding, type Resemblance, resemblances } from './admit';
import { type Newcomer, showing } from './newcomer';

export type CheckPorts = {
  graph: Table;
  enforcement: Table;
  clock: Clock;
  hasher: () => Promise<KeyedHasher>;
  policy: () => Promise<{ policy: Pick<Policy, 'admission'> }>;
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
  resembles: Pick<Resemblance, 'campaign' | 'kind' | 'nats' | 'byFamily'> | null;
  /** Fields that were given and could not be read. */
  unread: string[];
};

/** Long enough for a function that has just started, short enough for who waits to sign up. */
const WITHIN = 1_000;
/** Campaigns whose case is looked at: the likest. */
const MOST_CASES = 3;

/** Looks up whom a newcomer resembles, and answers as far as the policy goes. Writes nothing, and lets in whomever it cannot check. */
export async function check(newcomer: Newcomer, ports: CheckPorts): Promise<Checked> {
  let timer: NodeJS.Timeout | undefined;
  const within = ports.within ?? WITHIN;
  const tooLate = new Promise<Checked>((resolve) => {
    timer = setTimeout(() => resolve(unchecked(`nothing was looked up within ${within} ms`)), within);
  });
  try {
    return await Promise.race([lookUp(newcomer, ports), tooLate]);
  } catch (error) {
    return unchecked(error instanceof Error ? error.name : 'failed');
  } finally {
    clearTimeout(timer);
  }
}

const letIn = { checked: true, answer: 'allow', inAuto: 'allow', resembles: null } as const;
/** Let in without a look, and why. */
export const unchecked = (why: string): Checked => ({
  ...letIn,
  checked: false,
  because: [`Let in without a check: ${why}.`],
  unread: [],
});

async function lookUp(newcomer: Newcomer, ports: CheckPorts): Promise<Checked> {
  const { shown, atOrigin, organization, unread } = showing(newcomer, await ports.hasher());
  if (shown.length === 0) return { ...letIn, because: ['Nothing was given that could be compared.'], unread };
  const ledger = new LedgerStore(ports.enforcement, ports.clock);
  const [{ policy }, known] = await Promise.all([ports.policy(), new KnownByStore(ports.graph).of(shown)]);
  const { admission } = policy;
  if (!admission) return { ...letIn, because: ['The live policy has no numbers for newcomers: everybody is let in.'], unread };
  const cases = new CaseStore(ports.enforcement, ledger);
  const alike = resemblances(known, atOrigin).slice(0, MOST_CASES);
  const rated = await Promise.all(
    alike.map(async (one) => ({ one, answer: admissionFor(one, await standingOf(one.campaign, cases), admission) })),
  );
  const found = rated.find(({ answer }) => answer === 'hold') ?? rated.find(({ answer }) => answer === 'challenge');
  if (!found) {
    const because =
      alike.length === 0 ? 'No campaign is known by anything that was shown.' : 'Too little is like a campaign that is acted on.';
    return { ...letIn, because: [because], unread };
  }
  const { because, means: _, ...resembles } = found.one;
  const answered = { checked: true, inAuto: found.answer, resembles, unread };
  const pass = await excused(organization, ledger, ports.clock);
  if (pass) return { ...answered, answer: 'allow', because: [pass, ...because] };
  const mode = admission.mode.value;
  const answer = asFarAs(found.answer, mode);
  return { ...answered, answer, because: answer === found.answer ? because : [`The policy is in mode ${mode}: ${answer}.`, ...because] };
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
