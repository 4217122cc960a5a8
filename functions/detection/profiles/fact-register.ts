import { gunzipSync, gzipSync } from 'node:zlib';
import type { ObjectStore } from '../../../shared/ports';
import type { Population } from './population';
import type { FactRegister } from './profile';

/**
 * What the provider told us about accounts, kept beyond the detection window: a plan, a creation date or a card is told
 * once and holds for years, and a detection that starts cold must not forget who is protected. One object, a line an
 * account, written once a day (what was told since is in the window's fold outputs).
 */
const KEY = 'detection/facts.ndjson.gz';

export async function readRegister(archive: ObjectStore): Promise<FactRegister[]> {
  const bytes = await archive.get(KEY);
  if (!bytes) return [];
  const lines = gunzipSync(bytes).toString('utf8').split('\n');
  return lines.filter((line) => line !== '').map((line): FactRegister => JSON.parse(line));
}

export async function writeRegister(archive: ObjectStore, population: Population): Promise<void> {
  const lines = [...population.profiles.values()].map((profile) => JSON.stringify(profile.register()));
  await archive.put(KEY, gzipSync(lines.join('\n'), { level: 1 }));
  population.told = false;
}
