import {
  type Again,
  decideAgainAbout,
  type LedgerStores,
  type Verified,
  verifyLedger,
} from '../functions/enforcement/ledger/verify-ledger';
import { dynamoDb, s3 } from '../shared/aws/clients';
import { DynamoTable } from '../shared/aws/dynamo-table';
import { S3ObjectStore } from '../shared/aws/s3-object-store';
import { printable } from '../shared/domain/plain-text';
import type { Stores } from '../shared/ports';
import { CampaignStore } from '../shared/stores/campaigns/campaign-store';
import { LedgerStore } from '../shared/stores/cases/ledger-store';
import { PolicyStore } from '../shared/stores/policy-store';
import { readOptions, refuse } from './command-line';

/**
 * npm run verify-ledger -- --enforcement TABLE --graph TABLE --archive BUCKET --anchors BUCKET [--from 2026-04-22] [--to 2026-06-05]
 *   [--account KEY]
 * Without --from: from the first anchor on, so that a chain that was there once is missed when it is gone. --anchors is an output of
 * the state stack; anchors of before they had a bucket of their own are in the archive, under ledger/: copy them.
 * With --account only this: whether the newest action about one account (its key) comes out the same again.
 * Reads a deployment's ledger with the caller's AWS credentials (read access is enough). Exit code 0 when every chain is
 * whole and every decision comes out the same again, 1 when not, 2 for unusable arguments.
 */
const USAGE =
  'usage: npm run verify-ledger -- --enforcement TABLE --graph TABLE --archive BUCKET --anchors BUCKET [--from YYYY-MM-DD] [--to YYYY-MM-DD] [--account KEY]';

export function ledgerStoresOf(stores: Pick<Stores, 'enforcement' | 'graph' | 'archive'>): LedgerStores {
  const ledger = new LedgerStore(stores.enforcement, { now: () => Date.now() });
  return { ledger, policies: new PolicyStore(stores.enforcement, ledger), campaigns: new CampaignStore(stores) };
}

export function summaryOf({ chains, entries, faults, decisions }: Verified): string[] {
  return [
    `${entries} entries in ${chains} chains, ${faults.length} faults`,
    ...faults.map((fault) => `  ${fault.chain} entry ${fault.sequence}: ${fault.because}`),
    `${decisions.same} decisions made again with the same answer, ${decisions.different.length} with another, ${decisions.cannot.length} can no longer be made`,
    ...[...decisions.different, ...decisions.cannot].map((line) => `  ${line}`),
  ];
}

export function sentenceOf(account: string, again: Again): string {
  if (again.kind === 'same') return `${account}: the same rule would act on it again`;
  if (again.kind === 'different') return `${account}: ${again.was} acted on it, now: ${again.now}`;
  return `${account}: cannot be decided again: ${again.because}`;
}

function argumentsOf() {
  const day = (text: string): number => Date.parse(`${text}T00:00:00Z`);
  const text = { type: 'string' } as const;
  const values = readOptions(USAGE, { enforcement: text, graph: text, archive: text, anchors: text, from: text, to: text, account: text });
  const { enforcement, graph, archive, anchors } = values;
  const range = {
    ...(values.from === undefined ? {} : { from: day(values.from) }),
    to: values.to === undefined ? Date.now() : day(values.to),
  };
  if (!enforcement || !graph || !archive || !anchors || Object.values(range).some(Number.isNaN)) return refuse(USAGE);
  return { enforcement, graph, archive, anchors, range, account: values.account };
}

async function main(): Promise<number> {
  const given = argumentsOf();
  const clock = { now: () => Date.now() };
  const client = dynamoDb();
  const archive = new S3ObjectStore(s3(), given.archive);
  const stores = {
    enforcement: new DynamoTable(client, given.enforcement, clock),
    graph: new DynamoTable(client, given.graph, clock),
    archive,
  };
  if (given.account !== undefined) {
    const again = await decideAgainAbout(given.account, ledgerStoresOf(stores));
    console.log(printable(sentenceOf(given.account, again)));
    return again.kind === 'different' ? 1 : 0;
  }
  const verified = await verifyLedger(given.range, new S3ObjectStore(s3(), given.anchors), ledgerStoresOf(stores));
  for (const line of summaryOf(verified)) console.log(printable(line));
  return verified.faults.length === 0 && verified.decisions.different.length === 0 ? 0 : 1;
}

if (require.main === module) {
  main().then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 2;
    },
  );
}
