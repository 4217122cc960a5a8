import { z } from 'zod';
import { sns } from '../aws/clients';
import { SecretsManagerSecrets } from '../aws/secrets-manager';
import { SnsTopic } from '../aws/sns-topic';
import type { NoticeChannel } from '../domain/notice';
import type { Messenger } from '../ports';
import { filteredPost } from '../webhook/filtered-post';
import { messengerOf } from '../webhook/messengers';
import type { NoticeEnv } from '../wiring';
import { webhookSecrets } from './key-ring';

const TIMEOUT_MS = 5_000;
const ChannelSecrets = z.record(z.string(), z.string());

/** The channels of a stage, ready to deliver. Secrets are read at each use (cached a few minutes), so a change needs no deployment. */
export function noticeChannels(env: z.output<typeof NoticeEnv>): (NoticeChannel & Messenger)[] {
  const secrets = new SecretsManagerSecrets();
  const client = sns();
  const world = {
    post: filteredPost({ timeoutMs: TIMEOUT_MS }),
    topic: (arn: string) => new SnsTopic(client, arn),
    secrets: async () => (env.CHANNEL_SECRET === 'none' ? {} : ChannelSecrets.parse(JSON.parse(await secrets.get(env.CHANNEL_SECRET)))),
    signing: async () => webhookSecrets(await secrets.get(env.WEBHOOK_KEY_SECRET)),
  };
  return env.CHANNELS.map((channel) => ({ ...channel, ...messengerOf(channel, world) }));
}
