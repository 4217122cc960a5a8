import { type CaseState, isClosed } from '../../../shared/domain/cases/case';
import type { AccountKey, CampaignId, CaseId } from '../../../shared/identity/ids';
import type { CampaignHeader } from '../../../shared/stores/campaigns/campaign-store';
import { CaseStore } from '../../../shared/stores/cases/case-store';
import { type Entry, LedgerStore } from '../../../shared/stores/cases/ledger-store';
import { SituationStore } from '../../../shared/stores/cases/situation-store';
import type { QueryPorts } from '../query-ports';

export type CaseHead = { id: CaseId; head: Entry<CaseState> };
export type QueueEntry = CaseHead & { header: CampaignHeader | undefined };

const bookOf = ({ stores, clock }: QueryPorts): CaseStore => new CaseStore(stores.enforcement, new LedgerStore(stores.enforcement, clock));

/**
 * Cases, what waits for people first, then by opening, newest first. There are as many cases as contained campaigns: each page
 * reads them all, like the list of campaigns.
 */
export async function cases(
  query: { open: boolean | undefined; campaign?: CampaignId; after?: string; limit: number },
  ports: QueryPorts,
): Promise<{ cases: QueueEntry[]; next?: string }> {
  const found: { key: string; found: CaseHead }[] = [];
  for (const one of await everyCase(bookOf(ports))) {
    const { state } = one.head;
    if (query.open !== undefined && isClosed(state.progress) === query.open) continue;
    if (query.campaign !== undefined && state.campaign !== query.campaign) continue;
    const key = sortKey(one);
    if (query.after === undefined || key > query.after) found.push({ key, found: one });
  }
  found.sort((one, other) => (one.key < other.key ? -1 : 1));
  const page = found.slice(0, query.limit);
  const entries = await Promise.all(
    page.map(async ({ found: one }) => ({ ...one, header: await ports.campaigns.header(one.head.state.campaign) })),
  );
  const last = page.at(-1);
  return last && found.length > query.limit ? { cases: entries, next: last.key } : { cases: entries };
}

export async function oneCase(
  id: CaseId,
  ports: QueryPorts,
): Promise<
  | { kind: 'case'; entry: QueueEntry; touched: number; appeals: number; keysAtWork: readonly AccountKey[]; history: Entry<CaseState>[] }
  | { kind: 'unknown' }
> {
  const book = bookOf(ports);
  const head = await book.head(id);
  if (!head) return { kind: 'unknown' };
  const [header, touched, appeals, atWork, history] = await Promise.all([
    ports.campaigns.header(head.state.campaign),
    book.touched(id),
    book.appeals(id),
    new SituationStore(ports.stores.enforcement).one('key-at-work', id),
    book.history(id),
  ]);
  return {
    kind: 'case',
    entry: { id, head, header },
    touched: touched.size,
    appeals: appeals.length,
    keysAtWork: atWork?.accounts ?? [],
    history,
  };
}

async function everyCase(book: CaseStore): Promise<CaseHead[]> {
  const all: CaseHead[] = [];
  let after: string | undefined;
  do {
    const page = await book.page(after, 200);
    all.push(...page.cases);
    after = page.next;
  } while (after !== undefined);
  return all;
}

/** People first: a case that waits for an approval or was stopped. */
function sortKey({ id, head }: CaseHead): string {
  const waits = head.state.progress.kind === 'awaiting-approval' || head.state.progress.kind === 'stopped';
  return `${waits ? 0 : 1}#${String(Number.MAX_SAFE_INTEGER - head.state.openedAt).padStart(16, '0')}#${id}`;
}
