import { refold } from '../functions/features/refold';
import { dynamoDb } from '../shared/aws/clients';
import { DynamoTable } from '../shared/aws/dynamo-table';
import { systemClock } from '../shared/aws/system-clock';
import { readOptions, refuse } from './command-line';

const USAGE =
  'usage: npm run refold -- --table FEATURES_TABLE --from 2026-06-01T00 --to 2026-06-02T00 (hours in UTC; AWS credentials and region from the environment)';

const hour = (text: string | undefined): number =>
  text !== undefined && /^\d{4}-\d\d-\d\dT\d\d$/.test(text) ? Date.parse(`${text}:00:00Z`) : Number.NaN;

async function main(): Promise<number> {
  const values = readOptions(USAGE, { table: { type: 'string' }, from: { type: 'string' }, to: { type: 'string' } });
  const [from, to] = [hour(values.from), hour(values.to)];
  if (values.table === undefined || !(from < to)) return refuse(USAGE);
  const marked = await refold(new DynamoTable(dynamoDb(), values.table, systemClock), from, to);
  console.log(`${marked} hours will be sealed again by the next plan and folded under a new version`);
  return 0;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
