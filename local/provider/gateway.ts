import type { AccountReader, ActionRequest, Clock, ProviderAnswer, Table } from '../../shared/ports';
import { KnownAccountStore } from '../../shared/stores/archive/known-account-store';
import { Restrictions } from './restrictions';
import { ToyProvider, withStandingOf } from './toy-provider';

/**
 * The provider's side in replay and demo: carries out what enforcement asks (as the toy provider does) and says what its
 * gateway would have done to later requests. A disabled key stops the thief; the owner goes on with a new one, so the
 * account's requests are left as they are.
 */
export class Gateway extends ToyProvider {
  readonly accounts: AccountReader;
  readonly restrictions = new Restrictions();
  readonly effect = this.restrictions.effect;

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
    const effect = restriction === 'suspend' ? 'blocked' : restriction === 'limit' || restriction === 'challenge' ? 'limited' : undefined;
    this.restrictions.hold({ account, at: this.clock.now(), effect });
    return answer;
  }
}
