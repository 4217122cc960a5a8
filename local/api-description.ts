import { cursors } from '../shared/http/cursor';
import { describe } from '../shared/http/openapi';
import { MemoryObjectStore } from '../shared/memory/memory-object-store';
import { MemoryTable } from '../shared/memory/memory-table';
import { composeApi } from './compose-api';

/** The description of every route, made from the routes themselves over empty stores. */
export function describeApi() {
  const clock = { now: () => 0 };
  const table = () => new MemoryTable(clock);
  const stores = { archive: new MemoryObjectStore(), features: table(), graph: table(), enforcement: table() };
  const http = {
    verify: async () => ({ kind: 'refused' as const, because: 'This process only describes the API.' }),
    state: table(),
    clock,
    newRequestId: () => '',
    addressOf: () => '',
    report: () => undefined,
  };
  return describe(composeApi(http, { query: { stores, clock, cursors: cursors('describes, signs nothing') } }));
}
