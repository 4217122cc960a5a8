import { ACCOUNT_CHAIN } from '../../../shared/domain/cases/action';
import { inBatches } from '../../../shared/in-batches';
import { LabelStore } from '../../../shared/stores/campaigns/label-store';
import { isolated } from '../../../shared/stores/cases/ledger-store';
import type { Enforcement } from '../enforcement';
import { ENTRIES_SETTLE_AFTER, followLedger } from '../ledger/follow';
import { judgedIn, type Learned, labelOf, named } from './label-of';

const AT_ONCE = 16;

/**
 * Reads labels out of the ledger: what is decided there is kept as what is known, once for each entry. `settled`: see `followLedger`; one
 * process that does everything itself waits for nobody.
 */
export async function keepLabels(
  deps: Pick<Enforcement, 'table' | 'ledger' | 'clock'>,
  settled = ENTRIES_SETTLE_AFTER,
): Promise<{ kept: number }> {
  const store = new LabelStore(deps.table);
  let kept = 0;
  await followLedger(
    { pk: 'LABELLED', settled },
    async (entries) => {
      const learned = entries.flatMap((entry) => labelOf(entry) ?? []);
      // In order within an account: of two labels, both lie there before the later one is looked at.
      const byAccount = new Map<string, Learned[]>();
      for (const one of learned) {
        const account = one.kind === 'label' ? one.label.account : one.account;
        byAccount.set(account, [...(byAccount.get(account) ?? []), one]);
      }
      await inBatches([...byAccount.values()], AT_ONCE, async (all) => {
        for (const one of all) await keep(one, store, deps);
      });
      kept += learned.length;
    },
    deps,
  );
  return { kept };
}

async function keep(learned: Learned, store: LabelStore, deps: Pick<Enforcement, 'ledger'>): Promise<void> {
  switch (learned.kind) {
    case 'label':
      return store.put(learned.label);
    case 'moved':
      for (const label of await store.of(learned.from)) await store.put({ ...label, account: learned.account });
      return undefined;
    case 'denied': {
      const head = await isolated(
        () => deps.ledger.head(ACCOUNT_CHAIN, learned.account),
        () => undefined,
      );
      const phase = head?.state.phase;
      const action = !phase || phase.kind === 'free' ? undefined : phase.action;
      const value = action?.rule === learned.rule ? named(action.classification) : undefined;
      return value === undefined ? undefined : store.put({ ...learned.label, value, judged: judgedIn(action) });
    }
    default:
      return learned satisfies never;
  }
}
