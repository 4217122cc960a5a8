import { ACCOUNT_CHAIN, type AccountState, type Action, UNTOUCHED } from '../../../shared/domain/cases/action';
import { EXONERATION_CHAIN, type Exoneration, type Scope, scopeLabel } from '../../../shared/domain/cases/exoneration';
import type { Actor } from '../../../shared/domain/person';
import { type AccountKey, accountKey } from '../../../shared/identity/ids';
import { hashText, type KeyedHasher } from '../../../shared/identity/keyed-hash';
import { openedKey } from '../../../shared/identity/opened-names';
import type { Entry } from '../../../shared/stores/cases/ledger-store';
import type { Enforcement } from '../enforcement';
import { KEY_CHARACTERS } from '../standing/standing';

type Head = Entry<AccountState>;
export type Rotation = {
  /** The key that identifiers were hashed under, and the one that they are hashed under now. */
  from: KeyedHasher;
  to: KeyedHasher;
  /** The provider's own ids of accounts and organisations that people said something about: a keyed hash has no way back. */
  ids: readonly string[];
  actor: Actor;
};
export type Rotated = { accounts: number; exonerations: number; already: number; unknown: string[] };

/**
 * After the identifier key changed: what people decided, and what is in force, goes on under the new hashes. An account's new chain
 * begins with the state of its old one and goes on counting where that stood, because receivers ignore what counts lower; the old one ends
 * by saying where it went on. Exonerations of accounts and organisations are said again as they stand. Nothing is asked of the
 * provider. It may be stopped and run again at any time, and should be, while both keys stand: what was done is not done twice.
 */
export async function rotateIdentifiers(rotation: Rotation, deps: Enforcement): Promise<Rotated> {
  const rotated: Rotated = { accounts: 0, exonerations: 0, already: 0, unknown: [] };
  const told = new Map(rotation.ids.map((id) => [rotation.from.account(id).key, id]));
  const current = new Set(
    rotation.ids.flatMap((id) => [rotation.to.account(id).key as string, hashText(rotation.to.object('organization', id)) as string]),
  );
  for (const first of KEY_CHARACTERS) {
    for await (const subject of deps.ledger.allListed(ACCOUNT_CHAIN.listedIn(first))) {
      const old = accountKey(subject);
      const head = await deps.ledger.head(ACCOUNT_CHAIN, old);
      if (!head || current.has(old)) continue;
      if (head.state.movedTo !== undefined) rotated.already++;
      else {
        const id = await idOf(old, head, rotation, told, deps);
        if (id === 'of the new key') continue;
        if (id === undefined) rotated.unknown.push(`account ${old}`);
        else {
          await moveAccount(old, id, rotation, deps);
          rotated.accounts++;
        }
      }
    }
  }
  const organizations = new Map(rotation.ids.map((id) => [hashText(rotation.from.object('organization', id)) as string, id]));
  for await (const { state } of deps.exonerations.all()) {
    if (state.revoked || state.until <= deps.clock.now() || state.scope.kind === 'campaign') continue;
    const subject = state.scope.kind === 'account' ? state.scope.account : state.scope.organization;
    if (current.has(subject)) continue;
    const scope = await newScope(state.scope, rotation, { told, organizations }, deps);
    if (!scope) rotated.unknown.push(scopeLabel(state.scope));
    else if (await sayAgain({ ...state, scope }, rotation.actor, deps)) rotated.exonerations++;
    else rotated.already++;
  }
  return rotated;
}

/** The provider's own id, from what was sealed with an action, kept of a member, or told to us. */
async function idOf(
  old: AccountKey,
  { state }: Pick<Head, 'state'>,
  { from, to }: Rotation,
  told: ReadonlyMap<AccountKey, string>,
  deps: Enforcement,
): Promise<string | 'of the new key' | undefined> {
  const sealed = state.phase.kind === 'free' ? (await deps.accounts.known([old])).get(old)?.sealed : state.phase.action.sealed;
  if (sealed !== undefined) {
    if (isOf(to, old, sealed)) return 'of the new key';
    if (isOf(from, old, sealed)) return from.openFor(old, sealed);
  }
  return told.get(old);
}

function isOf(hasher: KeyedHasher, account: AccountKey, sealed: Action['sealed']): boolean {
  try {
    return hasher.openFor(account, sealed) !== '';
  } catch {
    return false;
  }
}

async function moveAccount(old: AccountKey, id: string, rotation: Rotation, deps: Enforcement): Promise<void> {
  const { to, actor } = rotation;
  const next = to.account(id);
  for (;;) {
    const head = await deps.ledger.head(ACCOUNT_CHAIN, old);
    if (!head || head.state.movedTo !== undefined) return;
    // Pointers first: an undo of the case must find the account under its new name.
    for (const one of casesOf(head.state))
      await deps.cases.touch(one, next.key, { asked: (await deps.cases.touchedOne(one, old))?.asked ?? true, sequence: 0 });
    if (head.state.exoneratedUntil !== null) await deps.exonerations.exonerating(next.key);
    const there = await deps.ledger.head(ACCOUNT_CHAIN, next.key);
    if (there?.state.carried?.from !== old) {
      const state = carriedInto(there, old, head, next.sealed, rotation);
      const draft = { actor, what: 'carried over' as const, because: ['the identifier key changed'], state };
      if ((await deps.ledger.append(ACCOUNT_CHAIN, next.key, there, draft)).kind === 'overtaken') continue;
    }
    const gone: AccountState = { ...head.state, phase: { kind: 'free' }, movedTo: next.key };
    const because = ['the identifier key changed: its history goes on under another key'];
    if ((await deps.ledger.append(ACCOUNT_CHAIN, old, head, { actor, what: 'moved', because, state: gone })).kind === 'appended') return;
  }
}

const casesOf = ({ phase, barred }: AccountState): AccountState['barred'] => [
  ...new Set([...barred, ...(phase.kind === 'free' ? [] : [phase.action.case])]),
];

/** The old state under the new name. Where something happened under the new name already, what is in force there stays. */
function carriedInto(
  there: Head | undefined,
  old: AccountKey,
  { state, sequence }: Head,
  sealed: Action['sealed'],
  rotation: Pick<Rotation, 'from' | 'to'>,
): AccountState {
  const mine = there?.state ?? UNTOUCHED;
  const phase =
    mine.phase.kind === 'free' && state.phase.kind !== 'free'
      ? { ...state.phase, action: { ...state.phase.action, sealed, ...renamed(state.phase.action, rotation) } }
      : mine.phase;
  const until = Math.max(mine.exoneratedUntil ?? 0, state.exoneratedUntil ?? 0);
  return {
    ...mine,
    phase,
    exoneratedUntil: until === 0 ? null : until,
    barred: [...new Set([...mine.barred, ...state.barred])],
    carried: { from: old, sequence: sequence + (state.carried?.sequence ?? 0) },
  };
}

/** The API keys that an action is about, under the new key. */
const renamed = ({ keys }: Action, { from, to }: Pick<Rotation, 'from' | 'to'>): Pick<Action, 'keys'> =>
  keys === undefined
    ? {}
    : {
        keys: keys.map((named) => {
          const id = openedKey(named, [from]);
          return { key: hashText(to.object('api-key', id)), sealed: to.sealed(id) };
        }),
      };

async function newScope(
  scope: Exclude<Scope, { kind: 'campaign' }>,
  rotation: Rotation,
  { told, organizations }: { told: ReadonlyMap<AccountKey, string>; organizations: ReadonlyMap<string, string> },
  deps: Enforcement,
): Promise<Scope | undefined> {
  if (scope.kind === 'organization') {
    const id = organizations.get(scope.organization);
    return id === undefined ? undefined : { kind: 'organization', organization: hashText(rotation.to.object('organization', id)) };
  }
  const old = accountKey(scope.account);
  const head = await deps.ledger.head(ACCOUNT_CHAIN, old);
  if (head?.state.movedTo !== undefined) return { kind: 'account', account: head.state.movedTo };
  const id = await idOf(old, { state: head?.state ?? UNTOUCHED }, rotation, told, deps);
  if (id === undefined) return undefined;
  return { kind: 'account', account: id === 'of the new key' ? old : rotation.to.account(id).key };
}

/** Answers whether anything had to be said. */
async function sayAgain(exoneration: Exoneration, actor: Actor, deps: Enforcement): Promise<boolean> {
  for (;;) {
    const head = await deps.ledger.head(EXONERATION_CHAIN, scopeLabel(exoneration.scope));
    if (head) return false;
    const appended = await deps.exonerations.append(head, exoneration, { actor, what: exoneration.effect });
    if (appended.kind === 'appended') return true;
  }
}
