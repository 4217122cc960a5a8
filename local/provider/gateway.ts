import type { Effect, EffectAt } from '../../functions/ingest/ingest';
import type { AccountKey } from '../../shared/identity/ids';
import type { AccountReader, ActionRequest, Clock, ProviderAnswer, Table } from '../../shared/ports';
import { KnownAccountStore } from '../../shared/stores/archive/known-account-store';
import { ToyProvider, withStandingOf } from './toy-provider';

/**
 * The provider's side in replay and demo: carries out what enforcement asks (as the toy provider does) and says what its
 * gateway would have done to later requests. A disabled key stops the thief; the owner goes on with a new one, so the
 * account's requests are left as they are.
 */
export class Gateway extends ToyProvider {
  readonly accounts: AccountReader;
  /** What became of each account's requests, and since when; `undefined`: they were let through again. Oldest first. */
  private readonly restrictions = new Map<AccountKey, { at: number; effect: ReturnType<EffectAt> }[]>();

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
    else this.hold(account, undefined);
    return answer;
  }

  private hold(account: AccountKey, effect: ReturnType<EffectAt>): void {
    const held = this.restrictions.get(account) ?? [];
    if (held.at(-1)?.effect === effect) return;
    this.restrictions.set(account, [...held, { at: this.clock.now(), effect }]);
  }

  /** By the request's time, not by when it is asked about: events may be read before or after an action falls due. */
  readonly effect: Effect = (account) => {
    const held = this.restrictions.get(account);
    return held && ((at) => held.findLast((since) => at >= since.at)?.effect);
  };
}
