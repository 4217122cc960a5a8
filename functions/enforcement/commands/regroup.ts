import { createHash } from 'node:crypto';
import { type Change, holds, MOST_REGROUPED, MOST_REGROUPINGS, type Regrouping } from '../../../shared/domain/campaigns/regrouping';
import { byPerson, type Command, type CommandAnswer, mayAct, type Person } from '../../../shared/domain/person';
import { type AccountKey, type CampaignId, campaignId } from '../../../shared/identity/ids';
import type { Enforcement } from '../enforcement';
import { approversFor } from '../policy/approvers';

/** What a person wants: of a split, the name of the new campaign follows from whom it is about. */
export type Wanted =
  | { kind: 'merge'; from: CampaignId; into: CampaignId }
  | { kind: 'split'; from: CampaignId; accounts: readonly AccountKey[] }
  | { kind: 'add'; into: CampaignId; accounts: readonly AccountKey[] }
  | { kind: 'remove'; from: CampaignId; accounts: readonly AccountKey[] };
type Dependencies = Pick<Enforcement, 'regroupings' | 'campaigns' | 'accounts' | 'policy' | 'clock'>;
type Asked = { change: Change; size: number };

const DONE = { merge: 'merged', split: 'split', add: 'added', remove: 'removed' } as const;
/** Said of whatever holds: detection is the one writer of campaigns. */
const NEXT_RUN = 'campaigns show it with the next run of detection';

/**
 * Says who belongs together, whatever detection finds: from the next run on, until it is withdrawn. It acts on nobody and restores
 * nobody, and no machine acts on an account for where a person put it. More accounts than one person may decide about take a second:
 * the same change, asked by another person, is their agreement.
 */
export async function regroup(command: Command & { wanted: Wanted }, deps: Dependencies): Promise<CommandAnswer<{ regrouping: string }>> {
  const { actor, key, because, wanted } = command;
  const refused = reviewersOnly(actor);
  if (refused) return refused;
  const asked = await checked(wanted, deps);
  if ('because' in asked) return asked;
  const { change, size } = asked;
  const id = nameOf(change);
  const { policy } = await deps.policy();
  for (;;) {
    const head = await deps.regroupings.head(id);
    if (head && !head.state.withdrawn) return agree({ actor, key, because, id }, deps);
    if (!head && (await deps.regroupings.holding()).length >= MOST_REGROUPINGS)
      return { kind: 'refused', because: `${MOST_REGROUPINGS} regroupings hold already: withdraw some first` };
    const state: Regrouping = {
      id,
      change,
      size,
      approversNeeded: Math.max(1, approversFor(size, 'assist', policy.enforcement)),
      approvals: [actor.id],
      askedAt: deps.clock.now(),
      because,
      withdrawn: false,
    };
    const appended = await deps.regroupings.append(head, state, { actor: byPerson(actor), what: DONE[change.kind], because, key });
    if (appended.kind === 'appended') return { kind: 'done', because: inWords(state), regrouping: id };
  }
}

/** Another person agrees to a change that takes two. */
export async function agree(
  { actor, key, because, id }: Command & { id: string },
  deps: Dependencies,
): Promise<CommandAnswer<{ regrouping: string }>> {
  const refused = reviewersOnly(actor);
  if (refused) return refused;
  for (;;) {
    const head = await deps.regroupings.head(id);
    if (!head) return { kind: 'unknown', because: `there is no regrouping ${id}` };
    const { state } = head;
    if (state.withdrawn) return { kind: 'refused', because: 'it was withdrawn: ask for it again' };
    if (holds(state)) return { kind: 'already', because: 'it was decided before' };
    if (state.approvals.includes(actor.id))
      return { kind: 'refused', because: `${actor.id} asked for it: ${state.size} accounts take another person` };
    const next = { ...state, approvals: [...state.approvals, actor.id] };
    const appended = await deps.regroupings.append(head, next, { actor: byPerson(actor), what: 'agreed', because, key });
    if (appended.kind === 'appended') return { kind: 'done', because: inWords(next), regrouping: id };
  }
}

/** Back to what detection finds. One person is enough: it takes away only what people had added. */
export async function withdrawRegrouping(
  { actor, key, because, id }: Command & { id: string },
  deps: Dependencies,
): Promise<CommandAnswer> {
  const refused = reviewersOnly(actor);
  if (refused) return refused;
  for (;;) {
    const head = await deps.regroupings.head(id);
    if (!head) return { kind: 'unknown', because: `there is no regrouping ${id}` };
    if (head.state.withdrawn) return { kind: 'already', because: 'it was withdrawn before' };
    const next = { ...head.state, withdrawn: true };
    const appended = await deps.regroupings.append(head, next, { actor: byPerson(actor), what: 'withdrawn', because, key });
    if (appended.kind === 'appended') return { kind: 'done', because: `it is withdrawn: ${NEXT_RUN}` };
  }
}

const reviewersOnly = (actor: Person) =>
  mayAct(actor, 'reviewer') ? undefined : { kind: 'refused' as const, because: `this takes a reviewer; ${actor.id} is a ${actor.role}` };

const inWords = (state: Regrouping): string =>
  holds(state)
    ? `${accountsIn(state.size)} regrouped: ${NEXT_RUN}`
    : `${accountsIn(state.size)} take another person: nothing is changed until somebody agrees`;
const accountsIn = (size: number): string => `${size} ${size === 1 ? 'account' : 'accounts'}`;

/** The same change has the same name, so that asking twice is asking once. */
const nameOf = (change: Change): string =>
  `g-${createHash('sha256')
    .update(
      JSON.stringify([
        change.kind,
        'from' in change && change.from,
        'into' in change && change.into,
        'accounts' in change && change.accounts,
      ]),
    )
    .digest('hex')
    .slice(0, 12)}`;

/** The change in full, or why it cannot be. */
async function checked(wanted: Wanted, deps: Dependencies): Promise<Asked | { kind: 'refused' | 'unknown'; because: string }> {
  for (const id of [...('from' in wanted ? [wanted.from] : []), ...('into' in wanted ? [wanted.into] : [])])
    if (!(await deps.campaigns.header(id))) return { kind: 'unknown', because: `there is no campaign ${id}` };
  const accounts = 'accounts' in wanted ? [...new Set(wanted.accounts)].sort() : [];
  if (accounts.length > MOST_REGROUPED) return { kind: 'refused', because: `at most ${MOST_REGROUPED} accounts are regrouped at once` };
  switch (wanted.kind) {
    case 'merge':
      return checkedMerge(wanted, deps);
    case 'split':
    case 'remove': {
      const members = new Set((await deps.campaigns.get(wanted.from))?.members.map(({ account }) => account));
      const strangers = accounts.filter((account) => !members.has(account));
      if (strangers.length > 0)
        return { kind: 'refused', because: `${strangers.length} of these are no members of ${wanted.from}, ${strangers[0]} among them` };
      if (wanted.kind === 'remove') return { change: { kind: 'remove', from: wanted.from, accounts }, size: accounts.length };
      if (accounts.length === members.size)
        return { kind: 'refused', because: `these are all members of ${wanted.from}: nothing would be left of it` };
      const into = campaignId(
        `split-${createHash('sha256')
          .update(JSON.stringify([wanted.from, accounts]))
          .digest('hex')
          .slice(0, 12)}`,
      );
      return { change: { kind: 'split', from: wanted.from, into, accounts }, size: accounts.length };
    }
    case 'add': {
      const known = await deps.accounts.known(accounts);
      const unknown = accounts.filter((account) => !known.has(account));
      if (unknown.length > 0)
        return {
          kind: 'refused',
          because: `no account event ever told us about ${unknown[0]}${unknown.length > 1 ? ` and ${unknown.length - 1} more` : ''}`,
        };
      return { change: { kind: 'add', into: wanted.into, accounts }, size: accounts.length };
    }
    default:
      return wanted satisfies never;
  }
}

async function checkedMerge(
  { from, into }: Extract<Wanted, { kind: 'merge' }>,
  deps: Dependencies,
): Promise<Asked | { kind: 'refused'; because: string }> {
  if (from === into) return { kind: 'refused', because: 'a campaign cannot be merged with itself' };
  const gone = (await deps.regroupings.holding()).find(({ change }) => change.kind === 'merge' && change.from === into);
  if (gone?.change.kind === 'merge')
    return { kind: 'refused', because: `${into} was merged into ${gone.change.into}: merge into that one` };
  const size = (await deps.campaigns.get(from))?.members.length ?? 0;
  return { change: { kind: 'merge', from, into }, size };
}
