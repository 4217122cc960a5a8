import { type KillSwitch, SWITCH_CHAIN, THE_SWITCH } from '../../../shared/domain/cases/kill-switch';
import { byPerson, type Command, type CommandAnswer, mayAct } from '../../../shared/domain/person';
import { isolated } from '../../../shared/stores/cases/ledger-store';
import type { Enforcement } from '../enforcement';

/** Read before every batch of actions, never cached. An outage throws, which stops the step as well, and what cannot be read is not armed: it fails closed. */
export async function isArmed({ ledger }: Pick<Enforcement, 'ledger'>): Promise<boolean> {
  return isolated(
    async () => (await ledger.head(SWITCH_CHAIN, THE_SWITCH))?.state.kind === 'armed',
    () => false,
  );
}

/** Any reviewer may stop everything; only an admin may arm it again. */
export async function turnKillSwitch(
  command: Command & { to: KillSwitch['kind'] },
  { ledger }: Pick<Enforcement, 'ledger'>,
): Promise<CommandAnswer> {
  const { actor, key, because, to } = command;
  if (!mayAct(actor, to === 'armed' ? 'admin' : 'reviewer'))
    return { kind: 'refused', because: `a ${actor.role} may not turn the kill switch to ${to}` };
  for (;;) {
    const readable = await isolated(
      async () => ({ head: await ledger.head(SWITCH_CHAIN, THE_SWITCH) }),
      () => undefined,
    );
    const head = readable ? readable.head : await ledger.headToRepair(SWITCH_CHAIN, THE_SWITCH);
    if (readable && head?.state.kind === to) return { kind: 'already', because: `it is ${to} since ${new Date(head.at).toISOString()}` };
    const draft = { actor: byPerson(actor), what: to, because: [because], key, state: { kind: to } };
    const appended = await ledger.append(SWITCH_CHAIN, THE_SWITCH, head, draft);
    if (appended.kind === 'appended') return { kind: 'done', because: `enforcement is ${to}` };
  }
}
