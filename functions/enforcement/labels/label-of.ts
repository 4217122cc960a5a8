import { GivenLabel, type Judged, type Label, type LabelSource, type LabelValue } from '../../../shared/domain/campaigns/label';
import { AccountState, type Action } from '../../../shared/domain/cases/action';
import { AppealState } from '../../../shared/domain/cases/appeal';
import { Exoneration } from '../../../shared/domain/cases/exoneration';
import type { LedgerEntry } from '../../../shared/domain/cases/ledger';
import { subjectOfChain } from '../../../shared/domain/cases/ledger-events';
import { VerificationState } from '../../../shared/domain/cases/verification';
import type { Actor } from '../../../shared/domain/person';
import { type AccountKey, accountKey } from '../../../shared/identity/ids';

type Recorded = LedgerEntry & { hash: string };
/** `moved`: the identifier key changed, and what was known of `from` is known of `account`. `denied`: an appeal was, of whoever that account was. */
export type Learned =
  | { kind: 'label'; label: Label }
  | { kind: 'moved'; from: AccountKey; account: AccountKey }
  | { kind: 'denied'; account: AccountKey; label: Omit<Label, 'value' | 'judged'>; rule: string };

/** Reinstatements by people, and what each says. `expired` says nothing: nobody looked. An appeal's grant is read here, where the account is. */
const LIFTED: { readonly [what: string]: LabelSource } = {
  undone: 'undo',
  reversed: 'undo',
  exonerated: 'exoneration',
  'appeal-granted': 'appeal',
};

/**
 * What one entry of the ledger teaches about an account; undefined when it teaches nothing. An approval teaches nothing: who approves
 * agrees with the machine about what it shows, and a label that repeats a decision measures nothing. Pure.
 */
export function labelOf(entry: Recorded): Learned | undefined {
  const about = subjectOfChain(entry.chain);
  switch (about?.subject) {
    case 'account':
      return ofAccount(accountKey(about.id), entry);
    case 'appeal':
      return ofAppeal(entry);
    case 'exoneration':
      return ofExoneration(entry);
    case 'verification':
      return ofVerification(accountKey(about.id), entry);
    case 'label': {
      const given = GivenLabel.safeParse(entry.state);
      if (!given.success) return undefined;
      const { value, source, judged } = given.data;
      return { kind: 'label', label: { ...saidBy(accountKey(about.id), source, entry), value, judged } };
    }
    default:
      return undefined;
  }
}

function ofAccount(account: AccountKey, entry: Recorded): Learned | undefined {
  const state = AccountState.safeParse(entry.state);
  if (!state.success) return undefined;
  const { phase, carried } = state.data;
  if (entry.what === 'carried over') return carried && { kind: 'moved', from: carried.from, account };
  const action = phase.kind === 'free' ? undefined : phase.action;
  const source = LIFTED[entry.what];
  if (source) {
    // Nothing was in force: a word about the future, which the exoneration's own chain has.
    if (phase.kind !== 'reinstating') return undefined;
    return { kind: 'label', label: { ...saidBy(account, source, entry), value: 'honest', judged: judgedIn(action) } };
  }
  if (entry.what === 'confirmed' && action) return confirmedAs(action, account, 'confirmation', entry);
  if (entry.what === 'exoneration revoked')
    return { kind: 'label', label: { ...saidBy(account, 'exoneration', entry), value: null, judged: null } };
  return undefined;
}

function confirmedAs(action: Action, account: AccountKey, source: LabelSource, entry: Recorded): Learned | undefined {
  const value = named(action.classification);
  return value && { kind: 'label', label: { ...saidBy(account, source, entry), value, judged: judgedIn(action) } };
}

/** Two reviewers found that the action was right. Which kind it was for, the account's own chain says. */
function ofAppeal(entry: Recorded): Learned | undefined {
  const state = AppealState.safeParse(entry.state);
  if (!state.success || entry.what !== 'denied') return undefined;
  return { kind: 'denied', account: state.data.account, rule: state.data.rule, label: saidBy(state.data.account, 'appeal', entry) };
}

/** A word about one account. About a campaign or an organisation it is a word about many, some of whom nobody looked at. */
function ofExoneration(entry: Recorded): Learned | undefined {
  const state = Exoneration.safeParse(entry.state);
  if (!state.success || state.data.scope.kind !== 'account') return undefined;
  const { effect, revoked, scope } = state.data;
  // Protected: people decide about it. Nobody found that it is in order.
  if (!revoked && effect === 'protected') return undefined;
  const value = revoked ? null : 'honest';
  return { kind: 'label', label: { ...saidBy(accountKey(scope.account), 'exoneration', entry), value, judged: null } };
}

/** The provider's own check: who passed it is taken to be honest, who failed it for what it was taken for; a result that was taken back says nothing. */
function ofVerification(account: AccountKey, entry: Recorded): Learned | undefined {
  const state = VerificationState.safeParse(entry.state);
  if (!state.success) return undefined;
  const { judged, asked } = state.data;
  const label = saidBy(account, 'verification', entry);
  switch (entry.what) {
    case 'passed':
      return { kind: 'label', label: { ...label, value: 'honest', judged } };
    case 'failed': {
      const value = named(asked.classification);
      return value && { kind: 'label', label: { ...label, value, judged } };
    }
    case 'taken back':
      return { kind: 'label', label: { ...label, value: null, judged: null } };
    default:
      return undefined;
  }
}

const saidBy = (account: AccountKey, source: LabelSource, { actor, at, because, hash }: Recorded): Omit<Label, 'value' | 'judged'> => ({
  account,
  source,
  by: whoIs(actor),
  at,
  because: because.join('; '),
  entry: hash,
});

const whoIs = (actor: Actor): string => (actor.kind === 'person' ? actor.id : actor.kind);

/** A kind that can be true of an account; nobody is unclear. */
export const named = (classification: Judged['classification']): LabelValue | undefined =>
  classification === 'unclear' ? undefined : classification;

export const judgedIn = (action: Action | undefined): Judged | null =>
  action ? { campaign: action.campaign, case: action.case, rule: action.rule, classification: action.classification } : null;
