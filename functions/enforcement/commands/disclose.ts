import { probabilityOf } from '../../../shared/domain/campaigns/campaign';
import {
  type Attribution,
  DISCLOSURE_CHAIN,
  DISCLOSURES,
  type Disclosed,
  type Disclosure,
  discloseOf,
  MOST_DISCLOSED,
  type Use,
} from '../../../shared/domain/campaigns/disclosure';
import { CASE_CHAIN } from '../../../shared/domain/cases/case';
import { unnamed } from '../../../shared/domain/cases/unnamed';
import { type Actor, byPerson, type Command, type CommandAnswer, mayAct } from '../../../shared/domain/person';
import type { CampaignId } from '../../../shared/identity/ids';
import { inBatches } from '../../../shared/in-batches';
import type { Enforcement } from '../enforcement';

export type NewDisclosure = {
  title: string;
  campaigns: readonly CampaignId[];
  from?: number;
  to?: number;
  prices?: NonNullable<Disclosure['value']>['prices'];
  attribution?: Omit<Attribution, 'author'>;
};
const AT_ONCE = 64;

/**
 * Freezes what is known of some campaigns as the next disclosure: the ledger's entry is the document, its sequence the number. Nothing
 * that is found later changes it; a correction is another one. The same command again is answered by the number that it made.
 */
export async function disclose(command: Command & { asked: NewDisclosure }, deps: Enforcement): Promise<CommandAnswer<{ number: number }>> {
  const { actor, key, because, asked } = command;
  if (!mayAct(actor, 'reviewer')) return { kind: 'refused', because: `this takes a reviewer; ${actor.id} is a ${actor.role}` };
  const ids = [...new Set(asked.campaigns)];
  if (ids.length > MOST_DISCLOSED) return { kind: 'refused', because: `name at most ${MOST_DISCLOSED} campaigns` };
  if (asked.from !== undefined && asked.to !== undefined && asked.from >= asked.to)
    return { kind: 'refused', because: 'the range ends before it begins' };
  const before = (await deps.ledger.readable(DISCLOSURE_CHAIN, DISCLOSURES)).entries.find((entry) => entry.key === key);
  if (before) return { kind: 'already', because: `it is disclosure ${before.sequence}` };
  const about: Disclosed[] = [];
  for (const id of ids) {
    const campaign = await deps.campaigns.get(id);
    if (!campaign) return { kind: 'unknown', because: `there is no campaign ${id}` };
    if (campaign.classification === 'shared-origin')
      return { kind: 'refused', because: `${id} is one organisation's own accounts: there is no operator to disclose` };
    about.push({ campaign, probability: probabilityOf(campaign), done: await doneIn(id, deps) });
  }
  const document = discloseOf(about, {
    title: asked.title,
    ...(asked.from === undefined ? {} : { from: asked.from }),
    ...(asked.to === undefined ? {} : { to: asked.to }),
    now: deps.clock.now(),
    use: await usageOf(about, deps.summaries),
    prices: asked.prices ?? null,
    attribution: asked.attribution ? { ...asked.attribution, author: actor.id } : null,
  });
  for (;;) {
    const head = await deps.ledger.head(DISCLOSURE_CHAIN, DISCLOSURES);
    const draft = { actor: byPerson(actor), what: 'disclosed' as const, because: [because], key, state: document };
    const appended = await deps.ledger.append(DISCLOSURE_CHAIN, DISCLOSURES, head, draft);
    if (appended.kind === 'appended') {
      const { sequence: number } = appended.entry;
      return { kind: 'done', because: `it is disclosure ${number}`, number };
    }
  }
}

/** The history of its newest case; persons stay unnamed, and what they wrote stays inside. */
async function doneIn(campaign: CampaignId, deps: Enforcement): Promise<Disclosed['done']> {
  const newest = await deps.cases.latestOf(campaign);
  if (!newest) return [];
  const { entries } = await deps.ledger.readable(CASE_CHAIN, newest.id);
  return entries.map((entry) => ({
    at: entry.at,
    what: entry.what,
    by: nameOf(entry.actor),
    because: entry.actor.kind === 'person' ? '' : unnamed(entry).map(saidBy(entry.actor)).join('; '),
  }));
}

/** A rule's sentence begins with the rule, which `by` names already. */
const saidBy =
  (actor: Actor) =>
  (text: string): string =>
    actor.kind === 'policy' && text.startsWith(`${actor.rule}: `) ? text.slice(actor.rule.length + 2) : text;

function nameOf(actor: Actor): string {
  switch (actor.kind) {
    case 'person':
      return `by a ${actor.role}`;
    case 'policy':
      return `by rule ${actor.rule}`;
    case 'clock':
      return 'on schedule';
    case 'provider':
      return "by the provider's system";
    case 'appellant':
      return 'by the person concerned';
    default:
      return actor satisfies never;
  }
}

async function usageOf(about: readonly Disclosed[], summaries: Enforcement['summaries']): Promise<Use> {
  const use: Use = { accounts: 0, requests: 0, models: {}, channels: {} };
  const accounts = new Set(about.flatMap(({ campaign }) => campaign.members.map(({ account }) => account)));
  await inBatches([...accounts], AT_ONCE, async (account) => {
    const summary = await summaries.get(account);
    if (!summary) return;
    use.accounts++;
    use.requests += summary.exchanges + summary.prevented;
    for (const part of ['models', 'channels'] as const)
      for (const [name, count] of Object.entries(summary[part])) use[part][name] = (use[part][name] ?? 0) + count;
  });
  return use;
}
