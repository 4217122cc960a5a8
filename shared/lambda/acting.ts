import { SFNClient } from '@aws-sdk/client-sfn';
import type { z } from 'zod';
import { SecretsManagerSecrets } from '../aws/secrets-manager';
import { StepFunctionsWorkflow } from '../aws/step-functions-workflow';
import { systemChance as chance, systemClock as clock } from '../aws/system-clock';
import { signAppealLink } from '../identity/appeal-link';
import type { AbuseDesks, Provider } from '../ports';
import { KnownAccountStore } from '../stores/archive/known-account-store';
import { filteredPost } from '../webhook/filtered-post';
import { WebhookDesks } from '../webhook/webhook-desks';
import { WebhookProvider } from '../webhook/webhook-provider';
import type { ActingEnv } from '../wiring';
import { bucket, table } from './adapters';
import { appealKeysIn } from './appeal-keys-in';
import { keyOpenerFor, openerFor, tenantsUnder, webhookSecrets } from './key-ring';
import { livePolicy } from './live-policy';

type Env = z.output<typeof ActingEnv>;

/** Until the operator says where: nothing is asked, and every action says why it stays open. */
const NOBODY: Provider = {
  request: async () => ({ kind: 'unreachable', because: 'no webhook is configured for this stage (infra/stages.ts)' }),
};
const WEBHOOK_TIMEOUT_MS = 5_000;

/** What acting needs of the world, on AWS. Keys are read at each use (cached a few minutes), so that a change of keys needs no deployment. */
export function actingPorts(env: Env) {
  const secrets = new SecretsManagerSecrets();
  const enforcement = table(env.ENFORCEMENT_TABLE);
  const graph = table(env.GRAPH_TABLE);
  const policy = livePolicy(enforcement, clock);
  const linkKeys = appealKeysIn(env.APPEAL_KEY_SECRET, secrets);
  return {
    stores: { archive: bucket(env.ARCHIVE_BUCKET), graph, enforcement },
    accounts: new KnownAccountStore(graph),
    provider: env.WEBHOOK_URL === 'none' ? NOBODY : webhook(env.WEBHOOK_URL, env, secrets),
    desks: desksOf(env, secrets),
    workflow: new StepFunctionsWorkflow(new SFNClient(), env.SUSPENSION_MACHINE, enforcement),
    policy,
    appealLinks: {
      link: async (subject: Parameters<typeof signAppealLink>[0], now: number) =>
        signAppealLink(subject, {
          keys: await linkKeys(),
          baseUrl: env.APPEAL_URL,
          now,
          validDays: (await policy()).policy.enforcement.appeals.linkValidDays.value,
        }),
    },
    clock,
    chance,
  };
}

const postOf = ({ WEBHOOK_ALLOW }: Env) =>
  filteredPost({ timeoutMs: WEBHOOK_TIMEOUT_MS, allow: WEBHOOK_ALLOW === undefined ? [] : [WEBHOOK_ALLOW] });

const desksOf = (env: Env, secrets: SecretsManagerSecrets): AbuseDesks =>
  new WebhookDesks({
    urls: env.ABUSE_DESKS,
    secrets: async () => webhookSecrets(await secrets.get(env.WEBHOOK_KEY_SECRET)),
    open: async ({ tenants }) => tenantsUnder(await secrets.get(env.IDENTIFIER_KEY_SECRET), tenants),
    post: postOf(env),
    clock,
  });

/** Opens sealed ids under the keys of the moment; one circuit breaker an instance. */
function webhook(url: string, env: Env, secrets: SecretsManagerSecrets): Provider {
  let opening: { account: ReturnType<typeof openerFor>; key: ReturnType<typeof keyOpenerFor> } | undefined;
  const opened = () => {
    if (!opening) throw new Error('asked before the identifier key was read');
    return opening;
  };
  const provider = new WebhookProvider({
    endpoint: async () => ({ url, secrets: webhookSecrets(await secrets.get(env.WEBHOOK_KEY_SECRET)) }),
    open: (sealed, account) => opened().account(sealed, account),
    openKey: (named) => opened().key(named),
    post: postOf(env),
    clock,
  });
  return {
    request: async (action) => {
      const secret = await secrets.get(env.IDENTIFIER_KEY_SECRET);
      opening = { account: openerFor(secret), key: keyOpenerFor(secret) };
      return provider.request(action);
    },
  };
}
