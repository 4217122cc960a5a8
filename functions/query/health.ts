import { DETECTION_STALE_AFTER } from '../../shared/domain/notice';
import { HOUR, hourLabel, iso } from '../../shared/domain/time';
import type { Table } from '../../shared/ports';
import { markedHours } from '../../shared/stores/archive/manifest-store';
import { AppealStore } from '../../shared/stores/cases/appeal-store';
import { CaseStore } from '../../shared/stores/cases/case-store';
import { LedgerStore } from '../../shared/stores/cases/ledger-store';
import { NoticeStore } from '../../shared/stores/cases/notice-store';
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
  deliveries: Deliveries;
  deadLetters: DeadLetters | null;
  activeAccounts: number | null;
};

/** What was asked of the provider's system and did not happen. */
type Deliveries = {
  /** Cases whose next accounts wait because the provider does not answer, the most tried first. */
  failing: { case: string; lastTry: string; tries: number; retryAt: string }[];
  /** Actions in force that account events do not show yet, and those that were acknowledged, asked again and never carried out. */
  notSeen: number;
  givenUp: number;
};
type DeadLetters = {
  at: string;
  watched: number;
  queues: { queue: string; messages: number; since: string; redrive: string }[];
};

const LOOKED_BACK = 48 * HOUR;
const MOST_COUNTED = 1_000;

/** Whether the pipeline does its work, from facts that its stages leave behind; each is one small read. */
export async function health({ stores, clock }: Pick<QueryPorts, 'stores' | 'clock'>): Promise<PipelineHealth> {
  const now = clock.now();
  const ledger = new LedgerStore(stores.enforcement, clock);
  const [population, hours, cases, appealsOverdue, restores, dead] = await Promise.all([
    stores.enforcement.get('BUDGET', 'POPULATION'),
    folded(stores.features, now),
    openCases(new CaseStore(stores.enforcement, ledger)),
    overdueAppeals(new AppealStore(stores.enforcement, ledger), now),
    stores.enforcement.query({ pk: 'RESTORING', limit: MOST_COUNTED }),
    new NoticeStore(stores.enforcement).deadLetters(),
  ]);
  const lastRun = population ? Number(population.at) : undefined;
  return {
    lastRun: lastRun === undefined ? null : iso(lastRun),
    stale: lastRun === undefined ? hours.newestEvents !== null : now - lastRun > DETECTION_STALE_AFTER,
    ...hours,
    ...cases,
    appealsOverdue,
    restoresWaiting: restores.items.length,
    deadLetters: dead ? deadLettersOf(dead) : null,
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

async function openCases(cases: CaseStore): Promise<Pick<PipelineHealth, 'casesWaiting' | 'deliveries'>> {
  let casesWaiting = 0;
  const deliveries: Deliveries = { failing: [], notSeen: 0, givenUp: 0 };
  let after: string | undefined;
  do {
    const page = await cases.page(after, 200);
    for (const { id, head } of page.cases) {
      const { progress, undoRequests, undoneAt } = head.state;
      if (progress.kind === 'awaiting-approval' || progress.kind === 'stopped' || (undoRequests.length > 0 && undoneAt === null))
        casesWaiting++;
      if (progress.kind === 'containing' && progress.outages > 0)
        deliveries.failing.push({ case: id, lastTry: iso(head.at), tries: progress.outages, retryAt: iso(progress.retryAt) });
      if (progress.kind === 'contained' && progress.outstanding) {
        deliveries.notSeen += progress.outstanding.waiting;
        deliveries.givenUp += progress.outstanding.givenUp;
      }
    }
    after = page.next;
  } while (after !== undefined);
  deliveries.failing.sort((one, other) => other.tries - one.tries || (one.case < other.case ? -1 : 1));
  return { casesWaiting, deliveries };
}

type Counted = NonNullable<Awaited<ReturnType<NoticeStore['deadLetters']>>>;

const deadLettersOf = ({ at, watched, queues }: Counted): DeadLetters => ({
  at: iso(at),
  watched,
  queues: queues.map(({ queue, messages, since, url }) => ({ queue, messages, since: iso(since), redrive: redriveOf(queue, url) })),
});

/** Records of scheduled calls: the next call did the same work, so there is nothing to send again (docs/runbook.md). */
const isRecordOfCalls = (queue: string): boolean => !queue.endsWith('/DeadLetters');

/** `https://sqs.<region>.amazonaws.com/<account>/<name>`: what a queue is called by, and what its redrive is called by. */
function redriveOf(queue: string, url: string): string {
  if (isRecordOfCalls(queue)) return `aws sqs purge-queue --queue-url ${url}`;
  const { hostname, pathname } = new URL(url);
  const [account, name] = pathname.split('/').filter(Boolean);
  return `aws sqs start-message-move-task --source-arn arn:aws:sqs:${hostname.split('.')[1]}:${account}:${name}`;
}

async function overdueAppeals(appeals: AppealStore, now: number): Promise<number> {
  let overdue = 0;
  for await (const { head } of appeals.openOnes({ tidy: false }))
    if (head.state.progress.kind === 'open' && (head.state.progress.answerBy <= now || head.state.progress.escalations > 0)) overdue++;
  return overdue;
}
