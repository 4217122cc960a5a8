import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { countRefused, type Repair, recordsIn, redrive, refusedRecords, repaired, type Which } from '../functions/ingest/redrive';
import { s3, sqs } from '../shared/aws/clients';
import { S3ObjectStore } from '../shared/aws/s3-object-store';
import { SqsQueue } from '../shared/aws/sqs-queue';
import { numberOf, readOptions, refuse } from './command-line';

const HELP = `npm run redrive -- list|show|send --bucket RefusedBucket [--queue EventQueueUrl] [--producer NAME] [--reason CODE] [--day 2026-11-28]
                                 [--set PATH=JSON]… [--unset PATH]… [--records] [--limit 20]
npm run redrive -- list|show|send --from report/refused.ndjson [--out repaired.ndjson]  [the same]

What ingest refused is kept as it came, for as long as refusedDays says.
  list   counts by day, producer and reason; nothing is decrypted
  show   why each was refused and what to change; with --records the records themselves, which hold identifiers and prompts
  send   to the event queue again, and removes what was sent: after a producer was enabled, or repaired with --set and --unset;
         late events go to the function that takes them although they are late, within a quarter of an hour
With --from it works on the file that a replay wrote; send then writes the records to --out, to be replayed.
RefusedBucket, EventQueueUrl and RedriveRoleArn are outputs of the stacks: assume that role, nobody else may read the bucket.`;

async function main(): Promise<void> {
  const [command, ...rest] = process.argv.slice(2);
  const values = readOptions(
    HELP,
    {
      bucket: { type: 'string' },
      queue: { type: 'string' },
      from: { type: 'string' },
      out: { type: 'string' },
      producer: { type: 'string' },
      reason: { type: 'string' },
      day: { type: 'string' },
      set: { type: 'string', multiple: true },
      unset: { type: 'string', multiple: true },
      records: { type: 'boolean' },
      limit: { type: 'string', default: '20' },
    },
    command === '--help' ? ['--help'] : rest,
  );
  if (command !== 'list' && command !== 'show' && command !== 'send') return refuse(`give list, show or send\n${HELP}`);
  const { producer, reason, day } = values;
  const which: Which = { producer, reason, day };
  const repair: Repair = [...(values.set ?? []).map(assignment), ...(values.unset ?? []).map((path) => ({ path, value: undefined }))];
  const limit = numberOf('limit', values.limit, { from: 1, whole: true });
  if (values.from !== undefined) return fromFile(command, values.from, { which, repair, limit, records: values.records, out: values.out });
  if (values.bucket === undefined) return refuse(`--bucket or --from is missing\n${HELP}`);
  const store = new S3ObjectStore(s3(), values.bucket);
  switch (command) {
    case 'list':
      for (const { day, producer, reason, count } of await countRefused(store, which))
        console.log(`${day}  ${String(count).padStart(8)}  ${producer}  ${reason}`);
      return;
    case 'show': {
      let left = limit;
      for await (const { records } of refusedRecords(store, which)) {
        for (const one of records.slice(0, left)) shown(one, values.records);
        left -= records.length;
        if (left <= 0) return;
      }
      return;
    }
    case 'send': {
      if (values.queue === undefined) return refuse('--queue is missing: the output EventQueueUrl');
      const { sent, messages, late } = await redrive(store, new SqsQueue(sqs(), values.queue), which, repair);
      console.log(`${sent} records sent again in ${messages} messages; what is refused again is kept again`);
      if (late > 0) console.log(`${late} late records are taken within a quarter of an hour`);
      return;
    }
    default:
      command satisfies never;
  }
}

type FileOptions = { which: Which; repair: Repair; limit: number; records: boolean | undefined; out: string | undefined };

function fromFile(command: 'list' | 'show' | 'send', file: string, { which, repair, limit, records, out }: FileOptions): void {
  const path = (name: string): string => resolve(process.env.INIT_CWD ?? '.', name);
  const found = recordsIn(readFileSync(path(file))).filter(
    ({ producer, reason }) => (which.producer ?? producer) === producer && (which.reason ?? reason) === reason,
  );
  if (command === 'list') {
    const counts = new Map<string, number>();
    for (const { producer, reason } of found) counts.set(`${producer}  ${reason}`, (counts.get(`${producer}  ${reason}`) ?? 0) + 1);
    for (const [name, count] of counts) console.log(`${String(count).padStart(8)}  ${name}`);
  } else if (command === 'show') for (const one of found.slice(0, limit)) shown(one, records);
  else if (out === undefined) refuse('--out is missing: the file that the records are written to');
  else {
    const lines = found
      .map(({ record }) => repaired(record, repair))
      .map((record) => (typeof record === 'string' ? record : JSON.stringify(record)));
    writeFileSync(path(out), lines.map((line) => `${line}\n`).join(''));
    console.log(`${lines.length} records written to ${out}: npm run replay -- ${out}`);
  }
}

function shown(
  {
    place,
    producer,
    reason,
    because,
    remedy,
    record,
  }: { place: string; producer: string; reason: string; because: string; remedy: string; record?: unknown },
  withRecord: boolean | undefined,
): void {
  console.log(`${place}  ${producer}  ${reason}: ${because}; ${remedy}`);
  if (withRecord) console.log(typeof record === 'string' ? record : JSON.stringify(record));
}

/** `data.model="atlas-5"`; a value that is no JSON is text. */
function assignment(text: string): { path: string; value: unknown } {
  const at = text.indexOf('=');
  if (at <= 0) return refuse(`--set ${text}: give PATH=VALUE, for example --set data.model='"atlas-5"'`);
  const value = text.slice(at + 1);
  try {
    return { path: text.slice(0, at), value: JSON.parse(value) };
  } catch {
    return { path: text.slice(0, at), value };
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
