import { ACCOUNT_CHAIN, inForce } from '../../../shared/domain/cases/action';
import { isClosed } from '../../../shared/domain/cases/case';
import type { Exoneration, Scope } from '../../../shared/domain/cases/exoneration';
import { scopeLabel } from '../../../shared/domain/cases/exoneration';
import { byPerson, type Command, type CommandAnswer, mayAct, type Person } from '../../../shared/domain/person';
import type { Policy } from '../../../shared/domain/policy/policy';
import { DAY, iso } from '../../../shared/domain/time';
import { type AccountKey, accountKey, campaignId } from '../../../shared/identity/ids';
import { type Entry, isolated } from '../../../shared/stores/cases/ledger-store';
import { reinstate } from '../account-actions/reinstate';
import type { Enforcement } from '../enforcement';
import { KEY_CHARACTERS } from '../standing/standing';
import { undoCase } from './undo';

/**
 * A standing word about an account, an organisation or a campaign, until a date. It holds for findings that exist and
 * findings to come; exonerated and exempt also give back what is in force now. Exempting takes an admin: it is a licence.
 */
export async function exonerate(
  command: Command & { scope: Scope; effect: Exoneration['effect']; until: number },
  deps: Enforcement,
): Promise<CommandAnswer<{ reinstated: number }>> {
  const { actor, because, scope, effect, until } = command;
  const needs = effect === 'exempt' ? 'admin' : 'reviewer';
  if (!mayAct(actor, needs)) return { kind: 'refused', because: `this takes a ${needs}; ${actor.id} is a ${actor.role}` };
  const now = deps.clock.now();
  if (until <= now) return { kind: 'refused', because: `${iso(until)} is past: an exoneration is time-boxed and ends in the future` };
  const longest = now + longestDays(actor.role, (await deps.policy()).policy) * DAY;
  if (until > longest)
    return { kind: 'refused', because: `a ${actor.role} may say so until ${iso(longest)} at most: it can be said again then` };
  const exoneration: Exoneration = { scope, effect, until, because, by: actor.id, revoked: false };
  const kept = await keep(exoneration, command, deps);
  if (kept === 'not-yours') return { kind: 'refused', because: NOT_YOURS };
  const reinstated = effect === 'protected' ? 0 : await reinstateWhatIsInForce(exoneration, command, deps);
  if (kept === 'already' && reinstated === 0)
    return { kind: 'already', because: `${named(scope)} is ${effect} until ${iso(until).slice(0, 10)}` };
  return { kind: 'done', because: `${named(scope)} is ${effect} until ${iso(until).slice(0, 10)}`, reinstated };
}

/** For people: `organisation 0123456789abc`. */
const named = (scope: Scope): string =>
  scopeLabel(scope)
    .replace(/^organization:/, 'organisation ')
    .replace(':', ' ');

/** How long a word of each role holds at most, days. A contract that runs longer is renewed by a person who reads it. */
const ADMIN_DAYS = 3 * 366;
const longestDays = (role: Person['role'], { enforcement }: Policy): number =>
  role === 'admin' ? ADMIN_DAYS : enforcement.appeals.exonerationDays.value;

const NOT_YOURS = 'an admin said so: it takes an admin to take it back, to shorten it or to say less';
const STRENGTH = { protected: 0, exonerated: 1, exempt: 2 } as const satisfies Record<Exoneration['effect'], number>;

const isWeaker = (next: Exoneration, stands: Exoneration, now: number): boolean =>
  !stands.revoked && stands.until > now && (STRENGTH[next.effect] < STRENGTH[stands.effect] || next.until < stands.until);

/** Weakening takes the role that said it. */
const mayWeaken = (actor: Person, { actor: by }: Entry<Exoneration>): boolean => by.kind !== 'person' || mayAct(actor, by.role);

/**
 * Takes the word back from now on; nothing is acted on by this alone. Of an account: also what an undo or a granted appeal left on
 * its own chain. Of a campaign: also what undoing its cases left on the accounts of those.
 */
export async function revokeExoneration(command: Command & { scope: Scope }, deps: Enforcement): Promise<CommandAnswer> {
  const { actor, scope } = command;
  if (!mayAct(actor, 'reviewer')) return { kind: 'refused', because: `this takes a reviewer; ${actor.id} is a ${actor.role}` };
  const word = await revokeWord(command, deps);
  if (word === 'not-yours') return { kind: 'refused', because: NOT_YOURS };
  let accounts = 0;
  for (const account of await accountsUnder(scope, deps)) if (await revokeOnChain(account, command, deps)) accounts++;
  if (word === 'none' && accounts === 0) return { kind: 'unknown', because: `nothing stands about ${named(scope)}` };
  if (word === 'already' && accounts === 0) return { kind: 'already', because: 'it is revoked' };
  const also = scope.kind === 'campaign' && accounts > 0 ? ` (${accounts} accounts of its undone case)` : '';
  return { kind: 'done', because: `${named(scope)} is exonerated no longer${also}` };
}

async function revokeWord(
  { actor, key, because, scope }: Command & { scope: Scope },
  deps: Enforcement,
): Promise<'revoked' | 'already' | 'none' | 'not-yours'> {
  for (;;) {
    const head = await deps.exonerations.head(scope);
    if (!head) return 'none';
    if (head.state.revoked) return 'already';
    if (!mayWeaken(actor, head)) return 'not-yours';
    const state = { ...head.state, because, revoked: true };
    const appended = await deps.exonerations.append(head, state, { actor: byPerson(actor), what: 'revoked', key });
    if (appended.kind === 'appended') return 'revoked';
  }
}

async function accountsUnder(scope: Scope, deps: Enforcement): Promise<AccountKey[]> {
  if (scope.kind === 'account') return [accountKey(scope.account)];
  if (scope.kind === 'organization') return [];
  const latest = await deps.cases.latestOf(campaignId(scope.campaign));
  return latest ? [...(await deps.cases.touched(latest.id)).keys()] : [];
}

/** True when the account's own chain exonerated it until now. Cases that were undone stay barred: they are over. */
async function revokeOnChain(account: AccountKey, { actor, key, because }: Command, deps: Enforcement): Promise<boolean> {
  for (;;) {
    const head = await deps.ledger.head(ACCOUNT_CHAIN, account);
    if (!head || (head.state.exoneratedUntil ?? 0) <= deps.clock.now()) return false;
    const draft = {
      actor: byPerson(actor),
      what: 'exoneration revoked' as const,
      because: [because],
      key,
      state: { ...head.state, exoneratedUntil: null },
    };
    if ((await deps.ledger.append(ACCOUNT_CHAIN, account, head, draft)).kind === 'appended') return true;
  }
}

async function keep(exoneration: Exoneration, { actor, key }: Command, deps: Enforcement): Promise<'kept' | 'already' | 'not-yours'> {
  for (;;) {
    const head = await deps.exonerations.head(exoneration.scope);
    const same = head && !head.state.revoked && head.state.effect === exoneration.effect && head.state.until === exoneration.until;
    if (same) return 'already';
    if (head && isWeaker(exoneration, head.state, deps.clock.now()) && !mayWeaken(actor, head)) return 'not-yours';
    const appended = await deps.exonerations.append(head, exoneration, { actor: byPerson(actor), what: exoneration.effect, key });
    if (appended.kind === 'appended') return 'kept';
  }
}

async function reinstateWhatIsInForce({ scope, effect, until }: Exoneration, command: Command, deps: Enforcement): Promise<number> {
  switch (scope.kind) {
    case 'account':
      return reinstateOne(accountKey(scope.account), { effect, until }, command, deps);
    case 'campaign': {
      const latest = await deps.cases.latestOf(campaignId(scope.campaign));
      if (!latest || isClosed(latest.head.state.progress)) return 0;
      const undone = await undoCase({ ...command, case: latest.id }, deps);
      return undone.kind === 'done' && undone.head.state.progress.kind === 'undoing' ? (await deps.cases.answered(latest.id)).length : 0;
    }
    case 'organization': {
      let reinstated = 0;
      for (const first of KEY_CHARACTERS) {
        for await (const subject of deps.ledger.allListed(ACCOUNT_CHAIN.listedIn(first))) {
          const account = accountKey(subject);
          const action = await isolated(
            async () => inForce((await deps.ledger.head(ACCOUNT_CHAIN, account))?.state),
            () => undefined,
          );
          if (action?.facts.organization === scope.organization)
            reinstated += await reinstateOne(account, { effect, until }, command, deps);
        }
      }
      return reinstated;
    }
    default:
      return scope satisfies never;
  }
}

async function reinstateOne(
  account: AccountKey,
  { effect, until }: Pick<Exoneration, 'effect' | 'until'>,
  { actor, key, because }: Command,
  deps: Enforcement,
): Promise<number> {
  const head = await deps.ledger.head(ACCOUNT_CHAIN, account);
  if (!inForce(head?.state)) return 0;
  await reinstate(
    account,
    { why: 'exonerated', actor: byPerson(actor), because: [`${effect}: ${because}`], key, exoneratedUntil: until },
    deps,
  );
  return 1;
}
