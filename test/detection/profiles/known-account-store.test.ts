import { summarize } from '../../../shared/formats/account-summary';
import { Features } from '../../../shared/formats/features';
import { accountKey, hash64, sealedId } from '../../../shared/identity/ids';
import { SimulatedClock } from '../../../shared/memory/simulated-clock';
import { KnownAccountStore } from '../../../shared/stores/archive/known-account-store';
import { SummaryStore } from '../../../shared/stores/archive/summary-store';
import { onBothSides, storesOn } from '../../support/sides';

onBothSides((side) => {
  test('whoever is in use is known by the row of their page, a member by their own, whom nobody told of not at all', async () => {
    const stores = await storesOn(side, new SimulatedClock(0));
    const [member, other, untold, stranger] = ['m', 'o', 'u', 's'].map((name) => accountKey(name.repeat(22)));
    const sealed = (account: string) => sealedId(`sealed ${account}`);
    const summaries = new SummaryStore(stores.graph);
    const card = hash64('0123456789abc');
    for (const account of [member!, other!])
      await summaries.put(summarize(account, new Features(), { plan: 'trial', paymentInstrument: card }, 5), sealed(account));
    await summaries.put(summarize(untold!, new Features(), {}, 5), sealed(untold!));
    const known = new KnownAccountStore(stores.graph);
    await known.put({ account: member!, sealed: sealed(member!), facts: { plan: 'paid' } });
    expect([...(await known.known([stranger!, other!, untold!, member!])).values()]).toEqual([
      { account: other, sealed: sealed(other!), facts: { plan: 'trial', paymentInstrument: card } },
      { account: member, sealed: sealed(member!), facts: { plan: 'paid' } },
    ]);
    // Who was erased is known no more.
    await summaries.erase(other!);
    expect((await known.known([other!])).size).toBe(0);
  });
});
