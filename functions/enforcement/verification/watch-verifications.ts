import { ACCOUNT_CHAIN, AccountState, inForce } from '../../../shared/domain/cases/action';
import { VERIFICATION_CHAIN, type VerificationState } from '../../../shared/domain/cases/verification';
import { type AccountKey, accountKey } from '../../../shared/identity/ids';
import { type Entry, isolated } from '../../../shared/stores/cases/ledger-store';
import { CLOCK } from '../case/move';
import type { Enforcement } from '../enforcement';
import { ENTRIES_SETTLE_AFTER, followLedger } from '../ledger/follow';
import { withinOf } from './take-news';
import { isProvable, ofAction } from './verification-state';

/**
 * The clock of verifications: whoever was challenged or limited since is waited for, and whoever did not answer in time lapses; what it is
 * kept from stays until it ends by itself. `settled`: see `followLedger`. `nextDue` (ms): when the next one lapses.
 */
export async function watchVerifications(
  deps: Enforcement,
  settled = ENTRIES_SETTLE_AFTER,
): Promise<{ opened: number; lapsed: number; waiting: number; nextDue?: number }> {
  let opened = 0;
  await followLedger(
    { pk: 'VERIFIED', settled },
    async (entries) => {
      for (const entry of entries) {
        if (!entry.chain.startsWith(ACCOUNT_CHAIN.prefix) || !(entry.what === 'challenge asked' || entry.what === 'limit asked')) continue;
        const state = AccountState.safeParse(entry.state);
        if (state.success && (await open(accountKey(entry.chain.slice(ACCOUNT_CHAIN.prefix.length)), state.data, deps))) opened++;
      }
    },
    deps,
  );
  return { opened, ...(await lapse(deps)) };
}

async function open(account: AccountKey, asked: AccountState, deps: Enforcement): Promise<boolean> {
  const action = inForce(asked);
  if (!isProvable(action)) return false;
  const within = withinOf((await deps.policy()).policy);
  for (;;) {
    const head = await deps.ledger.head(VERIFICATION_CHAIN, account);
    if (head && head.state.asked.at >= action.askedAt) return false;
    const state = { ...ofAction(action, within), results: head?.state.results ?? [] };
    const because = [`${action.action} asked in case ${action.case}`];
    await deps.verifications.waiting(account, (head?.sequence ?? 0) + 1);
    const appended = await deps.ledger.append(VERIFICATION_CHAIN, account, head, { actor: CLOCK, what: 'asked', because, state });
    if (appended.kind === 'appended') return true;
  }
}

async function lapse(deps: Enforcement): Promise<{ lapsed: number; waiting: number; nextDue?: number }> {
  const now = deps.clock.now();
  let lapsed = 0;
  let waiting = 0;
  let nextDue: number | undefined;
  for await (const { account, head } of deps.verifications.open()) {
    const { progress } = head.state;
    if (progress.kind !== 'waiting') continue;
    const isMoot = head.state.asked.by === 'action' && !isProvable(inForce((await deps.ledger.head(ACCOUNT_CHAIN, account))?.state));
    if (isMoot) await end(account, head, 'moot', 'what it was asked for is no longer in force', deps);
    else if (progress.answerBy <= now) {
      await end(account, head, 'lapsed', 'no result came in time: what it is kept from stays until it ends by itself', deps);
      lapsed++;
    } else {
      waiting++;
      nextDue = Math.min(nextDue ?? progress.answerBy, progress.answerBy);
    }
  }
  return { lapsed, waiting, ...(nextDue === undefined ? {} : { nextDue }) };
}

/** Whoever wrote in between (a result, people) wins: the next round looks again. */
async function end(
  account: AccountKey,
  head: Entry<VerificationState>,
  kind: 'moot' | 'lapsed',
  because: string,
  { ledger, clock }: Enforcement,
): Promise<void> {
  const state: VerificationState = { ...head.state, progress: { kind, at: clock.now() } };
  await isolated(
    () => ledger.append(VERIFICATION_CHAIN, account, head, { actor: CLOCK, what: kind, because: [because], state }),
    () => undefined,
  );
}
