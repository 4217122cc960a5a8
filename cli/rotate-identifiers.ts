import { readFileSync } from 'node:fs';
import { rotateIdentifiers } from '../functions/enforcement/commands/rotate-identifiers';
import { SecretsManagerSecrets } from '../shared/aws/secrets-manager';
import { printable } from '../shared/domain/plain-text';
import { KeyedHasher } from '../shared/identity/keyed-hash';
import { keysOf } from '../shared/lambda/key-ring';
import { readOptions, refuse } from './command-line';
import { enforcementOf } from './enforcement-deps';

const USAGE = `usage: npm run rotate-identifiers -- --enforcement TABLE --graph TABLE --archive BUCKET --secret IDENTIFIER_KEY_ARN --by WHO [--ids FILE]

After a new identifier key was put on top of the secret (docs/runbook.md, "Changing the identifier key"): carries what people decided, and
what is in force, over to the new hashes. FILE: the provider's own ids of accounts and organisations that people said something about,
one a line. Exit code 0 when everything was carried over, 1 when the ids of some are not known, 2 for unusable arguments.`;

async function main(): Promise<number> {
  const text = { type: 'string' } as const;
  const { enforcement, graph, archive, secret, by, ids } = readOptions(USAGE, {
    enforcement: text,
    graph: text,
    archive: text,
    secret: text,
    by: text,
    ids: text,
  });
  if (!enforcement || !graph || !archive || !secret || !by) return refuse(USAGE);
  const [to, from] = keysOf(await new SecretsManagerSecrets().get(secret));
  if (from === undefined) return refuse('The secret holds one key: put the new one on top first, and leave the old one below it.');
  const lines =
    ids === undefined
      ? []
      : readFileSync(ids, 'utf8')
          .split(/\r?\n/)
          .filter((line) => line !== '');
  const rotation = {
    from: new KeyedHasher(from),
    to: new KeyedHasher(to),
    ids: lines,
    actor: { kind: 'person', id: by, role: 'admin' },
  } as const;
  const rotated = await rotateIdentifiers(rotation, enforcementOf({ enforcement, graph, archive }));
  console.log(`${rotated.accounts} accounts and ${rotated.exonerations} exonerations carried over, ${rotated.already} were before`);
  for (const one of rotated.unknown) console.log(printable(`  not known by the provider's own id: ${one}`));
  return rotated.unknown.length === 0 ? 0 : 1;
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
