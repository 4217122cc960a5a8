import { openAppeals } from '../../functions/appeals/appeals';
import { openEnforcement } from '../../functions/enforcement/enforcement';
import { cursors } from '../../shared/http/cursor';
import { describe } from '../../shared/http/openapi';
import { MemoryObjectStore } from '../../shared/memory/memory-object-store';
import { MemoryTable } from '../../shared/memory/memory-table';
import { composeApi } from '../compose-api';

/** Every stage’s handlers over empty stores: good for describing them, and for nothing else. */
export function emptyHandlers() {
  const clock = { now: () => 0 };
  const table = () => new MemoryTable(clock);
  const stores = { archive: new MemoryObjectStore(), features: table(), graph: table(), enforcement: table() };
  const onlyDescribes = async (): Promise<never> => {
    throw new Error('This process only describes the API.');
  };
  const http = { verify: onlyDescribes, state: table(), clock, newRequestId: () => '', addressOf: () => '', report: () => undefined };
  const enforcement = openEnforcement({
    stores,
    accounts: { known: onlyDescribes },
    provider: { request: onlyDescribes },
    workflow: { start: onlyDescribes, wake: onlyDescribes },
    policy: onlyDescribes,
    clock,
    chance: { next: () => 0 },
  });
  const appeals = openAppeals({ table: stores.enforcement, clock, keys: onlyDescribes, policy: onlyDescribes });
  return {
    http,
    ports: {
      receive: { queue: { send: onlyDescribes }, table: table(), clock, producers: {}, secretOf: () => '' },
      admission: { gate: onlyDescribes, access: table(), count: () => undefined },
      query: { stores, clock, cursors: cursors('describes, signs nothing') },
      enforcement,
      appeals,
      exchange: { objects: table(), access: table() },
      names: {
        keyOf: onlyDescribes,
        idOf: onlyDescribes,
        hashesOf: onlyDescribes,
        tenantsOf: onlyDescribes,
        canaries: { mint: onlyDescribes, hashOf: onlyDescribes },
      },
    },
  };
}

/** The description of every route, made from the routes themselves. */
export function describeApi() {
  const { http, ports } = emptyHandlers();
  return describe(composeApi(http, ports));
}
