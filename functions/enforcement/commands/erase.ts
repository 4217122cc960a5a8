import { LABEL_CHAIN } from '../../../shared/domain/campaigns/label';
import { ACCOUNT_CHAIN } from '../../../shared/domain/cases/action';
import { APPEAL_CHAIN } from '../../../shared/domain/cases/appeal';
import { isClosed, type Progress } from '../../../shared/domain/cases/case';
import { ERASURE_CHAIN, type Erasure } from '../../../shared/domain/cases/erasure';
import { EXONERATION_CHAIN, scopeLabel } from '../../../shared/domain/cases/exoneration';
import { byPerson, type Command, mayAct } from '../../../shared/domain/person';
import type { AccountKey } from '../../../shared/identity/ids';
import type { Entry } from '../../../shared/stores/cases/ledger-store';
import type { Enforcement } from '../enforcement';

export type Asked = { kind: 'asked'; head: Entry<Erasure> } | { kind: 'refused'; because: string };

/**
 * A person's request to erase what is held of one account, in the ledger before anything goes. Refused while people or a machine decide
 * about the account, or a legal hold keeps its events: what it did is needed, and an answer that they wait for would be lost. What is in force does not refuse it.
 */
export async function askErasure(account: AccountKey, { actor, because, key }: Command, deps: Enforcement): Promise<Asked> {
  if (!mayAct(actor, 'admin')) return { kind: 'refused', because: `this takes an admin; ${actor.id} is a ${actor.role}` };
  const undecided = await undecidedAbout(account, deps);
  if (undecided !== undefined) return { kind: 'refused', because: undecided };
  for (;;) {
    const head = await deps.ledger.head(ERASURE_CHAIN, account);
    if (head?.state.progress === 'asked') return { kind: 'asked', head };
    const state: Erasure = { progress: 'asked', removed: {} };
    const draft = { actor: byPerson(actor), what: 'erasure asked' as const, because: [because], key, state };
    const appended = await deps.ledger.append(ERASURE_CHAIN, account, head, draft);
    if (appended.kind === 'appended') return { kind: 'asked', head: appended.entry };
  }
}

/** Ends it. `removed`: what was taken away in the call that ended it. */
export async function noteErased(
  account: AccountKey,
  removed: Erasure['removed'],
  { actor, because, key }: Command,
  deps: Enforcement,
): Promise<void> {
  for (;;) {
    const head = await deps.ledger.head(ERASURE_CHAIN, account);
    if (head?.state.progress !== 'asked') return;
    const draft = {
      actor: byPerson(actor),
      what: 'erased' as const,
      because: [because],
      key,
      state: { progress: 'erased' as const, removed },
    };
    if ((await deps.ledger.append(ERASURE_CHAIN, account, head, draft)).kind === 'appended') return;
  }
}

/** Takes away what stands beside the ledger: what the person wrote in appeals, API keys, and labels, whose sums stay without a name. */
export async function eraseFromEnforcement(
  account: AccountKey,
  placeholder: AccountKey,
  deps: Enforcement,
): Promise<{ statements: number; labels: number; keys: number }> {
  let statements = 0;
  for (const id of await appealsOf(account, deps)) if (await deps.appeals.eraseStatement(id)) statements++;
  return { statements, labels: await deps.labels.erase(account, placeholder), keys: await deps.keys.erase(account) };
}

/** What stays, and why: for whoever answers the person. */
export async function keptOf(account: AccountKey, deps: Enforcement): Promise<string[]> {
  const chains: [string, string][] = [
    ['what was done about the account', ACCOUNT_CHAIN.prefix + account],
    ['what people found out about it', LABEL_CHAIN.prefix + account],
    ['what people said in its favour', EXONERATION_CHAIN.prefix + scopeLabel({ kind: 'account', account })],
    ['this request', ERASURE_CHAIN.prefix + account],
    ...(await appealsOf(account, deps)).map((id): [string, string] => ['an appeal, without its text', APPEAL_CHAIN.prefix + id]),
  ];
  const kept: string[] = [];
  for (const [what, chain] of chains) {
    const entries = (await deps.ledger.sealed(chain)).length;
    if (entries > 0) kept.push(`${entries} ledger entries on ${what} (${chain}): ${LEDGER_REASON}`);
  }
  const member = kept.length > 1 ? ', and entries of cases and regroupings that people named it in' : '';
  kept.push(
    `its keyed hash${member}: so that what still comes of before is left out, and the ledger can be verified`,
    'indicators of campaigns that it was in: they describe the campaign, name nobody, and protect others (legitimate interest, Art. 6(1)(f) GDPR)',
    'a member without a name in older versions of those campaigns, so that decisions about the others come out the same again',
  );
  return kept;
}

const LEDGER_REASON = 'kept to establish, exercise or defend legal claims (Art. 17(3)(e) GDPR), by keyed hash, until you decide otherwise';

async function undecidedAbout(account: AccountKey, deps: Enforcement): Promise<string | undefined> {
  const campaign = (await deps.campaigns.membership(account))?.campaign;
  for (const { id, head } of await deps.cases.openCases({ tidy: false })) {
    const { state } = head;
    if (isAtRest(state.progress)) continue;
    const chosen = [...state.takenIn, ...state.leftOut].includes(account);
    if (chosen || state.campaign === campaign || (await deps.cases.touchedOne(id, account)))
      return `case ${id} is ${state.progress.kind}: end it first (approve, reject or undo), or wait until it is contained`;
  }
  for (const { id, change } of await deps.regroupings.holding())
    if ((change.kind === 'add' || change.kind === 'split') && change.accounts.includes(account))
      return `regrouping ${id} puts it in campaign ${change.into}, at every run: withdraw it first`;
  for (const { id, about, releasedAt } of await deps.holds.all()) {
    if (releasedAt !== null) continue;
    const named = about.kind === 'accounts' ? about.accounts.includes(account) : about.campaign === campaign;
    if (named || (await deps.held.batches(id)).some((batch) => batch.includes(account)))
      return `legal hold ${id} keeps its events: release it first, and wait until its copies are gone`;
  }
  for await (const { id, head } of deps.appeals.openOnes({ tidy: false }))
    if (head.state.account === account) return `appeal ${id} is open: answer it first`;
  return undefined;
}

/** Nothing more is decided by itself: what is in force ends at its time, from what the ledger holds. */
const isAtRest = (progress: Progress): boolean => isClosed(progress) || (progress.kind === 'contained' && progress.checkAt === null);

async function appealsOf(account: AccountKey, { appeals }: Enforcement): Promise<string[]> {
  const found: string[] = [];
  let after: string | undefined;
  do {
    const page = await appeals.page(after, 200);
    for (const { id, head } of page.appeals) if (head.state.account === account) found.push(id);
    after = page.next;
  } while (after !== undefined);
  return found;
}
