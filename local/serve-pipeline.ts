import { randomBytes } from 'node:crypto';
import { openAppeals } from '../functions/appeals/appeals';
import { cursors } from '../shared/http/cursor';
import { signAppealLink } from '../shared/identity/appeal-link';
import type { Pipeline } from './pipeline';
import { type Served, serve } from './server';

/** The API and the console over a running pipeline. Its keys are made here and end with the process. */
export async function servePipeline(pipeline: Pipeline, port: number): Promise<Served> {
  const appealKeys = [{ id: 'local', secret: randomBytes(32).toString('hex') }];
  const { stores, clock, enforcement, detection } = pipeline;
  return serve({
    port,
    doors: (origin) => {
      enforcement.appealLinks = {
        link: async (subject, now) => {
          const validDays = (await enforcement.policy()).policy.enforcement.appeals.linkValidDays.value;
          return signAppealLink(subject, { keys: appealKeys, baseUrl: `${origin}/appeal`, now, validDays });
        },
      };
      return {
        query: { stores, clock, cursors: cursors(randomBytes(32).toString('hex')), campaigns: detection.campaigns },
        enforcement,
        names: {
          keyOf: async (id) => pipeline.hasher.account(id).key,
          idOf: async (sealed) => pipeline.hasher.open(sealed),
        },
        appeals: openAppeals({ table: stores.enforcement, clock, keys: async () => appealKeys, policy: enforcement.policy }),
      };
    },
  });
}
