import { systemClock as clock } from '../../shared/aws/system-clock';
import { bucket, queue, table } from '../../shared/lambda/adapters';
import { afresh } from '../../shared/lambda/afresh';
import { environment } from '../../shared/lambda/environment';
import { livePolicy } from '../../shared/lambda/live-policy';
import { count, logger } from '../../shared/lambda/observe';
import { KnownOperatorStore } from '../../shared/stores/known-operator-store';
import { LedgerStore } from '../../shared/stores/ledger-store';
import { DetectEnv, type DetectionRan } from '../../shared/wiring';
import { Detection } from './detect';

const env = environment(DetectEnv);
const stores = { archive: bucket(env.ARCHIVE_BUCKET), features: table(env.FEATURES_TABLE), graph: table(env.GRAPH_TABLE) };
const books = table(env.ENFORCEMENT_TABLE);
const live = livePolicy(books, clock);
const operators = new KnownOperatorStore(new LedgerStore(books, clock));
const decisions = queue(env.DECISION_QUEUE_URL);
const remembering = afresh(() => new Detection({ stores, clock }));

export const handler = () =>
  remembering(async (detection) => {
    const { policy, digest } = await live();
    const { changed, ...run } = await detection.run(policy.detection, digest, await operators.watched(clock.now()));
    const campaigns: DetectionRan['campaigns'] = [];
    for await (const { id } of detection.campaigns.headers()) campaigns.push({ id });
    await decisions.send([JSON.stringify({ run: run.id, activeAccounts: run.active, campaigns } satisfies DetectionRan)]);
    count({ DetectionRuns: 1, CampaignsChanged: changed.length });
    logger.info('detected', { ...run, changed: changed.map(({ id }) => id), policy: digest });
  });
