import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { undoCase } from '../../functions/enforcement/commands/undo';
import { verifyLedger } from '../../functions/enforcement/verify-ledger';
import { createTable, startDynalite } from '../../local/engines/dynamodb';
import { EMULATED, type Engine } from '../../local/engines/engine';
import { booksOf, summaryOf } from '../../local/verify-ledger';
import { DynamoTable } from '../../shared/aws/dynamo-table';
import { MemoryObjectStore } from '../../shared/memory/memory-object-store';
import { SimulatedClock } from '../../shared/memory/simulated-clock';
import { caseId } from '../../shared/model/ids';
import { DAY, HOUR, MINUTE } from '../../shared/model/time';
import { buildCampaign, buildMember, T0 } from '../support/build-campaign';
import { BEN, enforcementWorld, says } from '../support/enforcement-world';

/** The stories of the memory twins, once over the wire: the same tables, conditions and pages on a DynamoDB engine. */
let engine: Engine;
let client: DynamoDBClient;
beforeAll(async () => {
  engine = await startDynalite();
  client = new DynamoDBClient({ ...EMULATED, endpoint: engine.endpoint, maxAttempts: 1 });
  await createTable(client, 'enforcement');
  await createTable(client, 'graph');
});
afterAll(async () => {
  client.destroy();
  await engine.stop();
});

test('contained in stages, joined, undone, and every chain whole, on DynamoDB', async () => {
  const clock = new SimulatedClock(T0);
  const stores = {
    enforcement: new DynamoTable(client, 'enforcement', clock),
    graph: new DynamoTable(client, 'graph', clock),
    archive: new MemoryObjectStore(),
  };
  const world = await enforcementWorld({ stores, clock });
  await world.detect(buildCampaign({ size: 40 }));
  await world.pass(2 * HOUR);
  expect(world.provider.suspended()).toHaveLength(40);
  await world.detect(buildCampaign({ members: [...buildCampaign({ size: 40 }).members, buildMember(40)] }));
  expect(world.provider.suspended()).toHaveLength(41);
  await undoCase({ ...says(BEN), case: caseId('C-hydra.0001') }, world.enforcement);
  await world.pass(10 * MINUTE);
  expect(world.provider.suspended()).toEqual([]);
  const verified = await verifyLedger({ from: T0, to: T0 + DAY }, stores.archive, booksOf(stores));
  expect(summaryOf(verified)[0]).toMatch(/^\d+ entries in \d+ chains, 0 faults$/);
  expect(verified.faults).toEqual([]);
  expect(verified.entries).toBeGreaterThan(200);
  expect(verified.decisions.different).toEqual([]);
});
