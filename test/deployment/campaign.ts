import { strict as assert } from 'node:assert';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { type History, MEMBERS } from './history';
import { eventually, type Outside } from './outside';

const Flagged = z.object({ items: z.array(z.looseObject({ account: z.string(), standing: z.string() })) });
const Campaigns = z.object({ items: z.array(z.looseObject({ id: z.string(), classification: z.string() })) });

/** Drops the events into the inbox, as somebody does who moves in with their history. */
export async function dropHistory(outside: Outside, { file, events }: History): Promise<void> {
  await outside.s3.send(new PutObjectCommand({ Bucket: outside.output('InboxBucket'), Key: 'history/three-days.ndjson.gz', Body: file }));
  console.log(`    ${events} events, ${Math.round(file.length / 1024)} KB`);
}

/** The accounts of the campaign, as the API shows them. */
export async function flagged(outside: Pick<Outside, 'api'>, token: string, campaign: string): Promise<z.infer<typeof Flagged>['items']> {
  return Flagged.parse((await outside.api('GET', `/v1/accounts?campaign=${campaign}&limit=200`, { token })).body).items;
}

/** The API names the campaign and its accounts; nobody is acted on, because no policy is live. */
export async function foundCampaign(outside: Pick<Outside, 'api'>, token: string): Promise<string> {
  const campaign = await eventually('a campaign of distillation', 300, async () => {
    const { items } = Campaigns.parse((await outside.api('GET', '/v1/campaigns', { token })).body);
    return items.find(({ classification }) => classification === 'distillation');
  });
  const accounts = await flagged(outside, token, campaign.id);
  console.log(`    ${campaign.id}: ${accounts.length} accounts flagged, ${MEMBERS} planted`);
  assert.ok(accounts.length >= 0.8 * MEMBERS && accounts.length <= MEMBERS, `${accounts.length} accounts flagged`);
  assert.ok(accounts.every(({ standing }) => standing !== 'suspended'));
  return campaign.id;
}
