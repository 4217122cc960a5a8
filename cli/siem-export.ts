import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { lakeObjects } from '../functions/query/siem/security-lake';
import { siemDay } from '../functions/query/siem/siem-events';
import { dynamoDb, s3 } from '../shared/aws/clients';
import { DynamoTable } from '../shared/aws/dynamo-table';
import { S3ObjectStore } from '../shared/aws/s3-object-store';
import { systemClock as clock } from '../shared/aws/system-clock';
import { MemoryObjectStore } from '../shared/memory/memory-object-store';
import { CampaignStore } from '../shared/stores/campaigns/campaign-store';
import { readOptions, refuse } from './command-line';

const HELP = `npm run siem-export -- --day 2026-11-28 --enforcement TABLE --graph TABLE --access TABLE --archive BUCKET
                     --region eu-west-1 --account 123456789012 (--bucket NAME [--prefix ext/] | --out FOLDER)

One UTC day of findings, decisions, actions and the access log as OCSF 1.3.0 events: Parquet, an object a class, in the layout of a
custom source of Security Lake. The same day twice writes the same objects. Run it once a day, when the day is over.`;

async function main(): Promise<void> {
  const text = { type: 'string' } as const;
  const { day, enforcement, graph, access, archive, region, account, bucket, prefix, out } = readOptions(HELP, {
    ...{ day: text, enforcement: text, graph: text, access: text, archive: text, region: text, account: text, bucket: text, out: text },
    prefix: { type: 'string', default: 'ext/' },
  });
  if (!day || !/^\d{4}-\d\d-\d\d$/.test(day) || Number.isNaN(Date.parse(day))) return refuse(`--day is missing or no day\n${HELP}`);
  if (!enforcement || !graph || !access || !archive || !region || !account) return refuse(`an option is missing\n${HELP}`);
  if ((bucket === undefined) === (out === undefined)) return refuse(`give --bucket or --out\n${HELP}`);
  const database = dynamoDb();
  const table = (name: string) => new DynamoTable(database, name, clock);
  const objects = new S3ObjectStore(s3(), archive);
  const campaigns = new CampaignStore({ graph: table(graph), archive: objects });
  const ports = { enforcement: table(enforcement), access: table(access), campaigns, clock };
  const events = [...(await siemDay(day, 'ledger', ports)), ...(await siemDay(day, 'access', ports))];
  const store = bucket === undefined ? new MemoryObjectStore() : new S3ObjectStore(s3(), bucket);
  for (const { key, bytes, events: count } of lakeObjects(events, day, { prefix, region, account })) {
    if (out === undefined) await store.put(key, bytes);
    else {
      mkdirSync(dirname(join(out, key)), { recursive: true });
      writeFileSync(join(out, key), bytes);
    }
    console.log(`${String(count).padStart(8)} events  ${key}`);
  }
  if (events.length === 0) console.log(`nothing happened on ${day}`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
