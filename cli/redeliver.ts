import { replayDeliveries } from '../functions/enforcement/account-actions/replay-deliveries';
import { dynamoDb } from '../shared/aws/clients';
import { DynamoTable } from '../shared/aws/dynamo-table';
import { SecretsManagerSecrets } from '../shared/aws/secrets-manager';
import { systemClock as clock } from '../shared/aws/system-clock';
import { signAppealLink } from '../shared/identity/appeal-link';
import { appealKeys, keyOpenerFor, openerFor, webhookSecrets } from '../shared/lambda/key-ring';
import { livePolicy } from '../shared/lambda/live-policy';
import { filteredPost } from '../shared/webhook/filtered-post';
import { WebhookProvider } from '../shared/webhook/webhook-provider';
import { readOptions, refuse } from './command-line';
import { enforcementOf } from './enforcement-deps';

const USAGE = `usage: npm run redeliver -- --enforcement TABLE --graph TABLE --archive BUCKET --identifier-key ARN --webhook-key ARN --appeal-key ARN
                        --url WEBHOOK --appeal-url CONSOLE/appeal --from 2026-06-01T00:00:00Z --to 2026-06-02T00:00:00Z

For a receiver that lost its data: sends again what was asked of the provider in that time, from the ledger, the newest request of each
account. The same entry gives the same message id, so what arrived before changes nothing. Suspensions only while enforcement is armed.`;

async function main(): Promise<number> {
  const text = { type: 'string' } as const;
  const given = readOptions(USAGE, {
    enforcement: text,
    graph: text,
    archive: text,
    'identifier-key': text,
    'webhook-key': text,
    'appeal-key': text,
    url: text,
    'appeal-url': text,
    from: text,
    to: text,
  });
  const { enforcement, graph, archive, url } = given;
  const { 'identifier-key': identifierKey, 'webhook-key': webhookKey, 'appeal-key': appealKey, 'appeal-url': baseUrl } = given;
  const [from, to] = [Date.parse(given.from ?? ''), Date.parse(given.to ?? '')];
  if (!enforcement || !graph || !archive || !url || !identifierKey || !webhookKey || !appealKey || !baseUrl || !(from < to))
    return refuse(USAGE);
  const secrets = new SecretsManagerSecrets();
  const policy = livePolicy(new DynamoTable(dynamoDb(), enforcement, clock), clock);
  const provider = new WebhookProvider({
    endpoint: async () => ({ url, secrets: webhookSecrets(await secrets.get(webhookKey)) }),
    open: openerFor(await secrets.get(identifierKey)),
    openKey: keyOpenerFor(await secrets.get(identifierKey)),
    post: filteredPost({ timeoutMs: 5_000 }),
    clock,
  });
  const appealLinks = {
    link: async (subject: Parameters<typeof signAppealLink>[0], now: number) =>
      signAppealLink(subject, {
        keys: appealKeys(await secrets.get(appealKey)),
        baseUrl,
        now,
        validDays: (await policy()).policy.enforcement.appeals.linkValidDays.value,
      }),
  };
  const { sent, unreachable, outdated } = await replayDeliveries(
    { from, to },
    enforcementOf({ enforcement, graph, archive }, { provider, appealLinks }),
  );
  console.log(`${sent} sent again, ${outdated} overruled by later ones and left out, ${unreachable} not sent: run it again`);
  return unreachable === 0 ? 0 : 1;
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
