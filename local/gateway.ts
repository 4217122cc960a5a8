import type { AccountKey } from '../shared/model/ids';
import type { AccountReader, ActionRequest, Clock, ProviderAnswer, Table } from '../shared/ports';
import { KnownAccountStore } from '../shared/stores/known-account-store';
import { ToyProvider, withStandingOf } from './toy-provider';

/**
 * The provider's side in replay and demo: carries out what enforcement asks (as the toy provider does) and says what its
 * gateway would have done to later requests. A disabled key stops the thief; the owner goes on with a new one, so the
 * account's requests are left as they are.
 */
export class Gateway extends ToyProvider {
  readonly accounts: AccountReader;
  private readonly since = new Map<AccountKey, { at: number; effect: 'limited' | 'blocked' }>();

  constructor(
    private readonly clock: Clock,
    graph: Table,
  ) {
    super();
    this.accounts = withStandingOf(this, new KnownAccountStore(graph));
  }

  override async request(action: ActionRequest): Promise<ProviderAnswer> {
    const answer = await super.request(action);
    const { account } = action;
    const restriction = this.restrictionOn(account);
    if (restriction === 'suspend') this.hold(account, 'blocked');
    else if (restriction === 'limit' || restriction === 'challenge') this.hold(account, 'limited');
    else this.since.delete(account);
    return answer;
  }

  private hold(account: AccountKey, effect: 'limited' | 'blocked'): void {
    if (this.since.get(account)?.effect !== effect) this.since.set(account, { at: this.clock.now(), effect });
  }

  readonly effect = (account: AccountKey, at: number): 'limited' | 'blocked' | undefined => {
    const held = this.since.get(account);
    return held && at >= held.at ? held.effect : undefined;
  };
}
