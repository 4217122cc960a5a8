import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { gateOf } from '../functions/admission/gate';
import { openAppeals } from '../functions/appeals/appeals';
import { cursors } from '../shared/http/cursor';
import { signAppealLink } from '../shared/identity/appeal-link';
import { canaryKeys } from '../shared/identity/canary';
import { hashesOf } from '../shared/identity/keyed-hash';
import { openedTenants } from '../shared/identity/opened-names';
import { MemoryTable } from '../shared/memory/memory-table';
import type { Pipeline } from './pipeline';
import { type Served, serve } from './server';

/** The API and the console over a running pipeline. Its keys are made here and end with the process. */
export async function servePipeline(pipeline: Pipeline, port: number): Promise<Served> {
  const appealKeys = [{ id: 'local', secret: randomBytes(32).toString('hex') }];
  const { stores, clock, enforcement, detection } = pipeline;
  const keys = new MemoryTable({ now: () => Date.now() });
  const secret = randomBytes(32);
  return serve({
    port,
    ports: (origin) => {
      enforcement.appealLinks = {
        link: async (subject, now) => {
          const validDays = (await enforcement.policy()).policy.enforcement.appeals.linkValidDays.value;
          return signAppealLink(subject, { keys: appealKeys, baseUrl: `${origin}/appeal`, now, validDays });
        },
      };
      return {
        // Keys last as long as this process; what is sent is taken at once, under the clock of the world.
        receive: {
          queue: { send: async (bodies) => void (await pipeline.take(bodies.map((body) => ({ id: randomUUID(), body })))) },
          table: keys,
          clock,
          producers: {},
          secretOf: (request) => createHmac('sha512', secret).update(request).digest('hex'),
        },
        admission: {
          gate: gateOf({
            graph: stores.graph,
            enforcement: stores.enforcement,
            clock,
            hasher: async () => pipeline.hasher,
            policy: enforcement.policy,
            verifications: pipeline.verifications,
          }),
          access: keys,
          count: () => undefined,
        },
        exchange: { objects: stores.enforcement, access: keys },
        query: { stores, clock, cursors: cursors(randomBytes(32).toString('hex')), campaigns: detection.campaigns },
        enforcement,
        names: {
          keyOf: async (id) => pipeline.hasher.account(id).key,
          idOf: async (sealed, account) => pipeline.hasher.openFor(account, sealed),
          hashesOf: async (value) => hashesOf(value, pipeline.hasher),
          tenantsOf: async ({ tenants }) => openedTenants(tenants, [pipeline.hasher]),
          canaries: canaryKeys(async () => pipeline.hasher),
        },
        appeals: openAppeals({ table: stores.enforcement, clock, keys: async () => appealKeys, policy: enforcement.policy }),
      };
    },
  });
}
