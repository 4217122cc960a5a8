import { type Enforcement, openEnforcement } from '../functions/enforcement/enforcement';
import { dynamoDb, s3 } from '../shared/aws/clients';
import { DynamoTable } from '../shared/aws/dynamo-table';
import { S3ObjectStore } from '../shared/aws/s3-object-store';
import { systemChance as chance, systemClock as clock } from '../shared/aws/system-clock';
import { livePolicy } from '../shared/lambda/live-policy';
import { KnownAccountStore } from '../shared/stores/archive/known-account-store';

export type Names = { enforcement: string; graph: string; archive: string };

/** A deployment's enforcement for a command at an operator's own machine and with their own rights. It starts no execution and asks nobody, unless it is given how. */
export function enforcementOf(names: Names, given: Partial<Pick<Enforcement, 'provider' | 'appealLinks'>> = {}): Enforcement {
  const client = dynamoDb();
  const [enforcement, graph] = [new DynamoTable(client, names.enforcement, clock), new DynamoTable(client, names.graph, clock)];
  return openEnforcement({
    stores: { enforcement, graph, archive: new S3ObjectStore(s3(), names.archive) },
    accounts: new KnownAccountStore(graph),
    provider: { request: async () => ({ kind: 'unreachable', because: 'this command asks nobody' }) },
    workflow: { start: async () => {}, wake: async () => {} },
    policy: livePolicy(enforcement, clock),
    clock,
    chance,
    ...given,
  });
}
