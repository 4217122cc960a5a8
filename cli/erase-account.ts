import { randomUUID } from 'node:crypto';
import { dynamoDb, s3 } from '../shared/aws/clients';
import { DynamoTable } from '../shared/aws/dynamo-table';
import { S3ObjectStore } from '../shared/aws/s3-object-store';
import { SecretsManagerSecrets } from '../shared/aws/secrets-manager';
import { systemChance as chance, systemClock as clock } from '../shared/aws/system-clock';
import { printable } from '../shared/domain/plain-text';
import { KeyedHasher } from '../shared/identity/keyed-hash';
import { keysOf } from '../shared/lambda/key-ring';
import { readOptions, refuse } from './command-line';
import { enforcementOf } from './enforcement-deps';
import { eraseAccount } from './erase/erase';

const USAGE = `usage: npm run erase-account -- --account ID --because REASON --by WHO --secret IDENTIFIER_KEY_ARN
                                --enforcement TABLE --graph TABLE --features TABLE --archive BUCKET [--refused BUCKET]

Erases what is held of one account on its person's request (docs/runbook.md, "Erasing a person's data"): its events, everything that
was computed of them, and its place in campaigns. Prints what was removed, what is kept, and why. The reason goes into the ledger, which
is kept: write a ticket's number, not a name. Names are outputs of the stacks.
Exit code 0 when it is done, 1 when it has to be run again or is refused, 2 for unusable arguments.`;

async function main(): Promise<number> {
  const text = { type: 'string' } as const;
  const given = readOptions(USAGE, {
    account: text,
    because: text,
    by: text,
    secret: text,
    enforcement: text,
    graph: text,
    features: text,
    archive: text,
    refused: text,
  });
  const { account: id, because, by, secret, enforcement, graph, features, archive, refused } = given;
  if (!id || !because || !by || !secret || !enforcement || !graph || !features || !archive) return refuse(USAGE);
  if (because.includes(id)) return refuse('--because names the account: the ledger keeps it, so write a ticket’s number instead.');
  const client = dynamoDb();
  const stores = {
    archive: new S3ObjectStore(s3(), archive),
    features: new DynamoTable(client, features, clock),
    graph: new DynamoTable(client, graph, clock),
    enforcement: new DynamoTable(client, enforcement, clock),
  };
  const deps = enforcementOf({ enforcement, graph, archive });
  const command = { actor: { id: by, role: 'admin' }, because, key: `erase-${randomUUID()}` } as const;
  let code = 0;
  // Under every key that identifiers are or were hashed under.
  for (const key of keysOf(await new SecretsManagerSecrets().get(secret))) {
    const account = new KeyedHasher(key).account(id).key;
    const ports = { stores, enforcement: deps, chance, ...(refused ? { refused: { store: new S3ObjectStore(s3(), refused), id } } : {}) };
    const erased = await eraseAccount(account, command, ports);
    console.log(printable(`account ${account}:`));
    if (erased.kind !== 'erased') {
      console.log(printable(`  ${erased.kind}: ${erased.because}`));
      code = 1;
      continue;
    }
    for (const [what, count] of Object.entries(erased.removed)) console.log(`  removed  ${String(count).padStart(6)}  ${what}`);
    for (const line of erased.kept) console.log(printable(`  kept     ${line}`));
  }
  if (!refused) console.log('refused records were not looked through (--refused): they go by themselves after refusedDays');
  console.log(
    'goes by itself: old versions of objects after 7 days, recovery points of tables after 35, logs after logDays, the access log after 400 days',
  );
  return code;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
  },
);
