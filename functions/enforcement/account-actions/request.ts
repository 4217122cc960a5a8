import type { AccountState, Action } from '../../../shared/domain/cases/action';
import { REASONS } from '../../../shared/domain/cases/reason-codes';
import { BILLING, type Billing } from '../../../shared/domain/policy/enforcement-policy';
import type { AccountKey } from '../../../shared/identity/ids';
import type { ActionRequest, ProviderAnswer } from '../../../shared/ports';
import type { Entry } from '../../../shared/stores/cases/ledger-store';
import type { Enforcement } from '../enforcement';

/** What an action asks of the provider. Owners of stolen keys get a new key and a letter; nothing else happens to them. */
function kindsOf(action: Action): readonly ActionRequest['kind'][] {
  switch (action.action) {
    case 'watch':
      return [];
    case 'disable-key':
      return action.classification === 'hijacked-keys' ? ['rotate-key', 'notify-owner'] : ['disable-key'];
    case 'warn':
    case 'limit':
    case 'challenge':
    case 'suspend':
      return [action.action];
    default:
      return action.action satisfies never;
  }
}

/** What ends each. */
const ENDED = { 'stop-renewals': 'resume-renewals', 'hold-balance': 'release-balance' } as const satisfies Record<
  Billing,
  ActionRequest['kind']
>;
const isBilling = (kind: ActionRequest['kind']): kind is Billing => (BILLING as readonly string[]).includes(kind);

const RESTORED = 'The restriction on this account was lifted. Nothing is left of it.';

/** The requests that an `asked` or `reinstating` entry stands for. Pure: the same entry gives the same requests, so any delivery can be replayed. */
export function requestsOf(account: AccountKey, entry: Pick<Entry<AccountState>, 'state' | 'sequence'>): ActionRequest[] {
  const { phase } = entry.state;
  if (phase.kind !== 'asked' && phase.kind !== 'reinstating') return [];
  const { action } = phase;
  const about = {
    account,
    sealed: action.sealed,
    // Receivers ignore what counts lower than what they have seen of the account, under whatever key it was.
    sequence: entry.sequence + (entry.state.carried?.sequence ?? 0),
    case: action.case,
    classification: action.classification,
    reasonCode: action.reasonCode,
    ...(action.keys === undefined ? {} : { keys: action.keys }),
  };
  if (phase.kind === 'reinstating') {
    const { id } = phase.reinstatement;
    const ends = (action.billing ?? []).map((one) => ({ id: `${id}.${ENDED[one]}`, kind: ENDED[one] }));
    return [{ id, kind: 'restore' as const }, ...ends].map((one) => ({ ...about, ...one, text: RESTORED, hints: [] }));
  }
  const text = REASONS[action.reasonCode].text;
  const expires = action.expiresAt === null ? {} : { expiresAt: action.expiresAt };
  // Asked again because nothing was observed: a new id, or a receiver that remembers the first would do nothing.
  const attempt = phase.attempts > 1 ? `.${phase.attempts}` : '';
  return [...kindsOf(action), ...(action.billing ?? [])].map((kind) => ({
    ...about,
    id: `${action.id}.${kind}${attempt}`,
    kind,
    text,
    hints: action.hints,
    ...expires,
  }));
}

/**
 * Sends them in order; the first that is not acknowledged is the answer. A provider that does nothing about money (`declined`) has carried
 * out the action all the same.
 */
export async function request(
  account: AccountKey,
  entry: Entry<AccountState>,
  { provider, appealLinks }: Pick<Enforcement, 'provider' | 'appealLinks'>,
): Promise<ProviderAnswer & { declined?: { billing: Billing; because: string }[] }> {
  const declined: { billing: Billing; because: string }[] = [];
  for (const one of requestsOf(account, entry)) {
    const appealUrl =
      entry.state.phase.kind === 'reinstating'
        ? undefined
        : await appealLinks?.link({ account, case: one.case, sequence: entry.sequence }, entry.at);
    const answer = await provider.request({ ...one, ...(appealUrl === undefined ? {} : { appealUrl }) });
    if (answer.kind === 'refused' && isBilling(one.kind)) declined.push({ billing: one.kind, because: answer.because });
    else if (answer.kind !== 'acknowledged') return answer;
  }
  return declined.length > 0 ? { kind: 'acknowledged', declined } : { kind: 'acknowledged' };
}
