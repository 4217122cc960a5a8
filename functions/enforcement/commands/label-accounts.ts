import { type GivenLabel, type Judged, LABEL_CHAIN, type LabelValue } from '../../../shared/domain/campaigns/label';
import { ACCOUNT_CHAIN } from '../../../shared/domain/cases/action';
import { byPerson, type Command, type CommandAnswer, mayAct } from '../../../shared/domain/person';
import { type AccountKey, accountKey } from '../../../shared/identity/ids';
import { inBatches } from '../../../shared/in-batches';
import { isolated } from '../../../shared/stores/cases/ledger-store';
import type { Enforcement } from '../enforcement';
import { judgedIn } from '../labels/label-of';

const AT_ONCE = 16;

/**
 * What a person found out about accounts, or the provider's own check: kept for measuring, and acting on nobody. `value` null takes
 * back what was given before.
 */
export async function labelAccounts(
  command: Command & { accounts: readonly string[]; value: LabelValue | null; source: GivenLabel['source'] },
  deps: Pick<Enforcement, 'ledger' | 'campaigns'>,
): Promise<CommandAnswer<{ labelled: number }>> {
  const { actor, value } = command;
  if (!mayAct(actor, 'reviewer')) return { kind: 'refused', because: `this takes a reviewer; ${actor.id} is a ${actor.role}` };
  const accounts = [...new Set(command.accounts)].map(accountKey);
  const unknown: string[] = [];
  const judged = new Map<AccountKey, Judged | null>();
  await inBatches(accounts, AT_ONCE, async (account) => {
    const known = await judgedNow(account, deps);
    if (known === undefined) unknown.push(account);
    else judged.set(account, known);
  });
  if (unknown.length > 0)
    return {
      kind: 'unknown',
      because: `${unknown.length} of these accounts were never in a campaign and never acted on, ${unknown.sort()[0]} among them: nobody is labelled`,
    };
  let labelled = 0;
  await inBatches(accounts, AT_ONCE, async (account) => {
    if (await give(account, judged.get(account) ?? null, command, deps)) labelled++;
  });
  if (labelled === 0) return { kind: 'already', because: value === null ? 'no label was given' : `labelled ${value} before` };
  const of = `${labelled} ${labelled === 1 ? 'account' : 'accounts'}`;
  return { kind: 'done', because: value === null ? `the label of ${of} is taken back` : `${of} labelled ${value}`, labelled };
}

/** What the machine says or did about it; null: a bystander of what it did; undefined: it never heard of the account. */
async function judgedNow(account: AccountKey, deps: Pick<Enforcement, 'ledger' | 'campaigns'>): Promise<Judged | null | undefined> {
  const head = await isolated(
    () => deps.ledger.head(ACCOUNT_CHAIN, account),
    () => undefined,
  );
  const phase = head?.state.phase;
  if (phase && phase.kind !== 'free') return judgedIn(phase.action);
  return head || (await deps.campaigns.membership(account)) ? null : undefined;
}

async function give(
  account: AccountKey,
  judged: Judged | null,
  { actor, key, because, value, source }: Command & { value: LabelValue | null; source: GivenLabel['source'] },
  { ledger }: Pick<Enforcement, 'ledger'>,
): Promise<boolean> {
  for (;;) {
    const head = await ledger.head(LABEL_CHAIN, account);
    if ((head?.state.value ?? null) === value && (head === undefined || head.state.source === source)) return false;
    const draft = { actor: byPerson(actor), because: [because], key, state: { value, source, judged } };
    const appended = await ledger.append(LABEL_CHAIN, account, head, { ...draft, what: value === null ? 'label withdrawn' : 'labelled' });
    if (appended.kind === 'appended') return true;
  }
}
