import { DETECTION_STALE_AFTER } from '../../shared/domain/notice';
import { HOUR, hourLabel, iso } from '../../shared/domain/time';
import type { Table } from '../../shared/ports';
import { markedHours } from '../../shared/stores/archive/manifest-store';
import { AppealStore } from '../../shared/stores/cases/appeal-store';
import { CaseStore } from '../../shared/stores/cases/case-store';
import { LedgerStore } from '../../shared/stores/cases/ledger-store';
import type { QueryPorts } from './query-ports';

export type PipelineHealth = {
  lastRun: string | null;
  stale: boolean;
  foldedThrough: string | null;
  hoursWaiting: number;
  newestEvents: string | null;
  casesWaiting: number;
  appealsOverdue: number;
  restoresWaiting: number;
  activeAccounts: number | null;
};

const LOOKED_BACK = 48 * HOUR;
const MOST_COUNTED = 1_000;

/** Whether the pipeline does its work, from facts that its stages leave behind; each is one small read. */
export async function health({ stores, clock }: Pick<QueryPorts, 'stores' | 'clock'>): Promise<PipelineHealth> {
  const now = clock.now();
  const ledger = new LedgerStore(stores.enforcement, clock);
  const [population, hours, casesWaiting, appealsOverdue, restores] = await Promise.all([
    stores.enforcement.get('BUDGET', 'POPULATION'),
    folded(stores.features, now),
    waitingCases(new CaseStore(stores.enforcement, ledger)),
    overdueAppeals(new AppealStore(stores.enforcement, ledger), now),
    stores.enforcement.query({ pk: 'RESTORING', limit: MOST_COUNTED }),
  ]);
  const lastRun = population ? Number(population.at) : undefined;
  return {
    lastRun: lastRun === undefined ? null : iso(lastRun),
    stale: lastRun === undefined ? hours.newestEvents !== null : now - lastRun > DETECTION_STALE_AFTER,
    ...hours,
    casesWaiting,
    appealsOverdue,
    restoresWaiting: restores.items.length,
    activeAccounts: population ? Number(population.activeAccounts) : null,
  };
}

async function folded(features: Table, now: number): Promise<Pick<PipelineHealth, 'foldedThrough' | 'hoursWaiting' | 'newestEvents'>> {
  const marked = await markedHours(features, now - LOOKED_BACK);
  let newest: number | undefined;
  let waiting = 0;
  for (const { hour } of marked) {
    const plan = await features.get(`F#${hourLabel(hour)}`, 'PLAN');
    const shard = plan && (await features.get(`F#${hourLabel(hour)}`, 'S#0'));
    if (plan && shard && Number(shard.version) >= Number(plan.version)) newest = hour;
    else if (hour + 2 * HOUR <= now) waiting++;
  }
  const last = marked.at(-1);
  return {
    foldedThrough: newest === undefined ? null : iso(newest + HOUR),
    hoursWaiting: waiting,
    newestEvents: last ? iso(last.hour) : null,
  };
}

async function waitingCases(cases: CaseStore): Promise<number> {
  let waiting = 0;
  let after: string | undefined;
  do {
    const page = await cases.page(after, 200);
    waiting += page.cases.filter(
      ({ head }) =>
        head.state.progress.kind === 'awaiting-approval' ||
        head.state.progress.kind === 'stopped' ||
        (head.state.undoRequests.length > 0 && head.state.undoneAt === null),
    ).length;
    after = page.next;
  } while (after !== undefined);
  return waiting;
}

async function overdueAppeals(appeals: AppealStore, now: number): Promise<number> {
  let overdue = 0;
  for await (const { head } of appeals.openOnes({ tidy: false }))
    if (head.state.progress.kind === 'open' && (head.state.progress.answerBy <= now || head.state.progress.escalations > 0)) overdue++;
  return overdue;
}
