import { ACCOUNT_CHAIN, inForce } from '../../../shared/domain/cases/action';
import { VERIFICATION_CHAIN, VERIFY_WITHIN, VerificationNews, type VerificationResult } from '../../../shared/domain/cases/verification';
import type { Policy } from '../../../shared/domain/policy/policy';
import { DAY, HOUR } from '../../../shared/domain/time';
import type { AccountKey } from '../../../shared/identity/ids';
import { reinstate } from '../account-actions/reinstate';
import type { Enforcement } from '../enforcement';
import { afterAsked, afterResult, isProvable, type Next } from './verification-state';

export type Taken = { kind: 'asked' | 'passed' | 'failed' | 'abandoned' | 'already' | 'not-asked' | 'outdated'; because: string };

/** How long the provider's check may take, ms. */
export const withinOf = ({ admission }: Policy): number =>
  admission?.verifyWithinHours === undefined ? VERIFY_WITHIN : admission.verifyWithinHours.value * HOUR;

/**
 * Takes what comes in about a verification. The entry comes first, then what follows from it; a crash between the two is made good when
 * the message comes again, and the same result twice changes nothing.
 */
export async function takeNews(news: VerificationNews, deps: Enforcement): Promise<Taken> {
  const { account } = news;
  const within = withinOf((await deps.policy()).policy);
  for (;;) {
    const head = await deps.ledger.head(VERIFICATION_CHAIN, account);
    const next: Next =
      news.kind === 'asked'
        ? afterAsked(head?.state, news, within)
        : afterResult(head?.state, inForce((await deps.ledger.head(ACCOUNT_CHAIN, account))?.state), news, within);
    if (next.kind !== 'entry') {
      if (next.kind === 'already' && head?.state.progress.kind === 'passed') await reinstateVerified(account, deps);
      if (next.kind === 'not-asked' && news.kind === 'result') await keepAhead(news, deps);
      if (next.kind === 'already' && news.kind === 'asked') await takeAhead(account, deps);
      return next;
    }
    const { what, because, state } = next;
    if (state.progress.kind === 'waiting') await deps.verifications.waiting(account, (head?.sequence ?? 0) + 1);
    const draft = { actor: news.kind === 'result' ? ({ kind: 'provider' } as const) : ({ kind: 'clock' } as const), what, because, state };
    const appended = await deps.ledger.append(VERIFICATION_CHAIN, account, head, draft);
    if (appended.kind === 'overtaken') continue;
    if (what === 'passed') await reinstateVerified(account, deps);
    if (what === 'asked') await takeAhead(account, deps);
    return { kind: what, because: because.join('; ') };
  }
}

/** A queue keeps no order: a result may come before the word that it was asked for. One that nobody asks for is gone after a day. */
async function keepAhead(news: VerificationResult, { table, clock }: Enforcement): Promise<void> {
  const expires = Math.ceil((clock.now() + DAY) / 1_000);
  await table.put({ pk: `AHEAD#${news.account}`, sk: news.event, body: JSON.stringify(news), expires });
}

async function takeAhead(account: AccountKey, deps: Enforcement): Promise<void> {
  const { items } = await deps.table.query({ pk: `AHEAD#${account}` });
  const ahead = items.map(({ body }) => VerificationNews.parse(JSON.parse(String(body)))).sort((a, b) => a.at - b.at);
  for (const news of ahead) await takeNews(news, deps);
}

/** Gives back what the account was kept from until it proved itself; nothing else. Repeating it is safe. */
async function reinstateVerified(account: AccountKey, deps: Enforcement): Promise<void> {
  const [head, proof] = await Promise.all([deps.ledger.head(ACCOUNT_CHAIN, account), deps.ledger.head(VERIFICATION_CHAIN, account)]);
  const action = inForce(head?.state);
  if (!isProvable(action) || proof?.state.progress.kind !== 'passed' || action.askedAt > proof.state.asked.at) return;
  const because = [`${action.action} lifted: ${proof.because.join('; ')}`];
  await reinstate(account, { why: 'verified', actor: { kind: 'provider' }, because, onlyOf: action.case }, deps);
}
