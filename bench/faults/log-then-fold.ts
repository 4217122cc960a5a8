import { fold } from '../../functions/features/fold';
import { plan } from '../../functions/features/plan';
import { ingest } from '../../functions/ingest/ingest';
import { HOUR, hourLabel } from '../../shared/domain/time';
import { ByteReader } from '../../shared/formats/bytes';
import { Features } from '../../shared/formats/features';
import { readFoldOutput } from '../../shared/formats/fold-output';
import type { KeyedHasher } from '../../shared/identity/keyed-hash';
import { MemoryObjectStore } from '../../shared/memory/memory-object-store';
import { MemoryTable } from '../../shared/memory/memory-table';
import type { Clock } from '../../shared/ports';
import { HourStore } from '../../shared/stores/archive/hour-store';
import { CountedTable } from '../cost/counted-table';
import { HOURS, START } from './arrivals';
import { type Faults, FaultyObjectStore, FaultyTable } from './faulty';
import type { System } from './system';

const SHARDS = 2;
const SEGMENTS = 4;

export type LogThenFold = System & {
  /** Every row of the newest sealed version, to the byte, with what it says of the account, and every row as the API reads it, as text. */
  rows(): Promise<Map<string, string>>;
};

/** Ingest, plan and fold of the product, on stores that fail. */
export function logThenFold({ faults, clock, hasher }: { faults: Faults; clock: Clock; hasher: KeyedHasher }): LogThenFold {
  let units = 0;
  const table = new MemoryTable(clock);
  const counted = new CountedTable(table, (one) => {
    if (one.what === 'write') units += one.units;
  });
  const store = new MemoryObjectStore();
  const stores = { archive: new FaultyObjectStore(store, faults), features: new FaultyTable(counted, faults) };
  const rows = () => rowsOf({ archive: store, features: table });
  return {
    async take(messages) {
      await ingest(messages, { ...stores, clock, hasher, segments: SEGMENTS });
      return [];
    },
    async work() {
      for (const task of await plan({ ...stores, clock, shards: SHARDS })) await fold(task, { ...stores, rows: 'all' });
    },
    rows,
    async counts() {
      const counts = new Map<string, number>();
      for (const [name, text] of await rows()) {
        if (/^(read\/|facts\/|F#)/.test(name)) continue;
        const features = new Features();
        features.absorb(new ByteReader(Buffer.from(text, 'hex')));
        counts.set(name, features.exchanges);
      }
      return counts;
    },
    units: () => units,
  };
}

async function rowsOf(stores: { archive: MemoryObjectStore; features: MemoryTable }): Promise<Map<string, string>> {
  const rows = new Map<string, string>();
  const hours = new HourStore(stores);
  for (let hour = START; hour < START + HOURS * HOUR; hour += HOUR) {
    const pk = `F#${hourLabel(hour)}`;
    const sealed = await stores.features.get(pk, 'PLAN');
    for (const item of (await stores.features.query({ pk, prefix: 'S#' })).items) {
      if (item.version !== sealed?.version) rows.set(`${pk}/${item.sk}`, 'an older version than the plan');
      for (const row of readFoldOutput((await stores.archive.get(String(item.output)))!).rows) {
        rows.set(`${row.account}/${hourLabel(hour)}`, Buffer.from(row.features).toString('hex'));
        if (row.facts.length > 0) rows.set(`facts/${row.account}/${hourLabel(hour)}`, JSON.stringify(row.facts));
        const read = await hours.get(row.account, hour);
        rows.set(
          `read/${row.account}/${hourLabel(hour)}`,
          read.kind === 'features' ? Buffer.from(read.features).toString('hex') : read.kind,
        );
      }
    }
  }
  return rows;
}
