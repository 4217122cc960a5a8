import { z } from 'zod';
import { CASE_CHAIN } from '../../../shared/domain/cases/case';
import type { LedgerEntry } from '../../../shared/domain/cases/ledger';
import { unnamed } from '../../../shared/domain/cases/unnamed';
import type { Actor } from '../../../shared/domain/person';
import { DAY, dayLabel, dayOf, iso } from '../../../shared/domain/time';
import type { CampaignId } from '../../../shared/identity/ids';
import { CaseStore } from '../../../shared/stores/cases/case-store';
import { LedgerStore, placeInFeed } from '../../../shared/stores/cases/ledger-store';
import type { Dossier } from '../campaigns/dossier';
import type { QueryPorts } from '../query-ports';

export type Recorded = LedgerEntry & { hash: string };

/** Days without an entry, and pointers to entries about other things, that one page may pass over before it answers short. */
const MOST_DAYS = 120;
const MOST_EXAMINED = 5_000;
const AT_ONCE = 200;

/**
 * Everything that anybody did, newest first, from the end of the day `until` backwards. `after` is the `next` of the page before:
 * the day and the place in it. Entries are never changed and never moved, so a page is exact whatever is appended meanwhile.
 */
export async function feed(
  query: {
    until: number;
    since: number;
    about: (chain: string) => boolean;
    keep?: (entry: Recorded) => boolean;
    after?: string;
    limit: number;
  },
  { stores, clock }: QueryPorts,
): Promise<{ entries: Recorded[]; next?: string }> {
  const ledger = new LedgerStore(stores.enforcement, clock);
  const [label = '', place] = query.after?.split(' ') ?? [];
  let day = query.after === undefined ? dayOf(query.until) : Date.parse(`${label}T00:00:00Z`);
  let after = place;
  const entries: Recorded[] = [];
  let days = 0;
  let examined = 0;
  while (days < MOST_DAYS && examined < MOST_EXAMINED && entries.length < query.limit) {
    if (day < dayOf(query.since)) return { entries };
    const page = await ledger.feed(day, { reverse: true, about: query.about, limit: AT_ONCE, ...(after === undefined ? {} : { after }) });
    const wanted = page.entries.filter(({ at }) => at <= query.until && at >= query.since).filter(query.keep ?? (() => true));
    const taken = wanted.slice(0, query.limit - entries.length);
    entries.push(...taken);
    const last = taken.at(-1);
    if (taken.length < wanted.length && last) after = placeInFeed(last);
    else if (page.next !== undefined) {
      after = page.next;
      examined += AT_ONCE;
    } else {
      day -= DAY;
      after = undefined;
      days++;
    }
  }
  return { entries, next: after === undefined ? dayLabel(day) : `${dayLabel(day)} ${after}` };
}

/** One subject's chain, oldest first, with everything that is wrong with it (nothing, unless somebody changed the table). */
export async function chain(name: string, { stores, clock }: QueryPorts): Promise<{ entries: Recorded[]; faults: string[] }> {
  const ledger = new LedgerStore(stores.enforcement, clock);
  const [{ entries }, faults] = await Promise.all([ledger.readable(ANY_CHAIN, name), ledger.faults(name)]);
  return { entries, faults: faults.map((fault) => `entry ${fault.sequence}: ${fault.because}`) };
}

/** What was done about a campaign, for its dossier: the history of its newest case. */
export async function doneAbout(campaign: CampaignId, { stores, clock }: QueryPorts): Promise<Dossier['done']> {
  const ledger = new LedgerStore(stores.enforcement, clock);
  const newest = await new CaseStore(stores.enforcement, ledger).latestOf(campaign);
  if (!newest) return [];
  const { entries } = await ledger.readable(CASE_CHAIN, newest.id);
  return entries.map((entry) => ({ at: iso(entry.at), what: entry.what, by: nameOf(entry.actor), because: unnamed(entry).join('; ') }));
}

/** Persons stay unnamed in a dossier: it is given to others. */
function nameOf(actor: Actor): string {
  switch (actor.kind) {
    case 'person':
      return `a ${actor.role}`;
    case 'policy':
      return `rule ${actor.rule}`;
    case 'clock':
      return 'the clock';
    case 'provider':
      return 'the provider';
    case 'appellant':
      return 'the person concerned';
    default:
      return actor satisfies never;
  }
}

/** Read for the list only: whatever the state is, it is not acted on. */
const ANY_CHAIN = { prefix: '', state: z.unknown() };
