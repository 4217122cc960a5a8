import type { KnownAccount } from '../../shared/domain/account';
import type { Billing } from '../../shared/domain/policy/enforcement-policy';
import type { AccountKey } from '../../shared/identity/ids';
import type { AccountReader, ActionRequest, Provider, ProviderAnswer } from '../../shared/ports';

type Held = { restriction: ActionRequest['kind'] | null; sequence: number; keysRotated: number; letters: string[]; billing: Set<Billing> };

/**
 * A provider in a few lines, for the demo, replay and tests: it does what a real one must. A request id is carried out
 * once; a request with a lower sequence than one seen for the account is acknowledged and ignored.
 */
export class ToyProvider implements Provider {
  private readonly held = new Map<AccountKey, Held>();
  private readonly seen = new Set<string>();
  /** Every request that arrived, repeated ones too. */
  readonly received: ActionRequest[] = [];
  /** How it behaves: tests make it go down, refuse, or say yes and do nothing. */
  behaviour: (action: ActionRequest) => 'obeys' | 'down' | 'refuses' | 'lies' = () => 'obeys';

  async request(action: ActionRequest): Promise<ProviderAnswer> {
    const behaviour = this.behaviour(action);
    if (behaviour === 'down') return { kind: 'unreachable', because: 'connection refused' };
    this.received.push(action);
    if (behaviour === 'refuses') return { kind: 'refused', because: 'the account is under a legal hold' };
    if (behaviour === 'lies' || this.seen.has(action.id)) return { kind: 'acknowledged' };
    this.seen.add(action.id);
    this.carryOut(action);
    return { kind: 'acknowledged' };
  }

  restrictionOn(account: AccountKey): ActionRequest['kind'] | null {
    return this.held.get(account)?.restriction ?? null;
  }

  about(account: AccountKey): Readonly<Held> {
    return this.held.get(account) ?? { restriction: null, sequence: 0, keysRotated: 0, letters: [], billing: new Set() };
  }

  suspended(): AccountKey[] {
    return [...this.held].filter(([, held]) => held.restriction === 'suspend').map(([account]) => account);
  }

  private carryOut(action: ActionRequest): void {
    const held = this.held.get(action.account) ?? { restriction: null, sequence: 0, keysRotated: 0, letters: [], billing: new Set() };
    if (action.sequence < held.sequence) return;
    held.sequence = action.sequence;
    if (action.kind === 'restore') held.restriction = null;
    else if (action.kind === 'rotate-key') held.keysRotated++;
    else if (action.kind === 'stop-renewals' || action.kind === 'hold-balance') held.billing.add(action.kind);
    else if (action.kind === 'resume-renewals') held.billing.delete('stop-renewals');
    else if (action.kind === 'release-balance') held.billing.delete('hold-balance');
    else if (action.kind === 'notify-owner' || action.kind === 'warn') held.letters.push(action.text);
    else held.restriction = action.kind;
    this.held.set(action.account, held);
  }
}

/** What the provider's account events would say if the toy provider sent them: its own standing over the facts. */
export function withStandingOf(provider: Pick<ToyProvider, 'restrictionOn'>, reader: AccountReader): AccountReader {
  return {
    async known(accounts) {
      const known = new Map<AccountKey, KnownAccount>();
      for (const [account, told] of await reader.known(accounts)) {
        const standing = provider.restrictionOn(account) === 'suspend' ? 'suspended' : 'active';
        known.set(account, { ...told, facts: { ...told.facts, standing: told.facts.standing === 'closed' ? 'closed' : standing } });
      }
      return known;
    },
  };
}
