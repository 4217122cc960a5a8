import { Detection } from '../../functions/detection/detect';
import { writeAccountsInOrder } from '../../functions/detection/profiles/account-file';
import { accountFileOf, Checkpoints, type Head } from '../../functions/detection/profiles/checkpoints';
import { WINDOW_HOURS } from '../../functions/detection/profiles/profile';
import { sizeOf } from '../../functions/detection/screen/columns/screen-columns';
import type { Segments } from '../../functions/detection/screen/holders/census';
import type { DetectionPolicy } from '../../shared/domain/policy/detection-policy';
import { HOUR } from '../../shared/domain/time';
import type { AccountKey } from '../../shared/identity/ids';
import { MemoryTable } from '../../shared/memory/memory-table';
import { SimulatedClock } from '../../shared/memory/simulated-clock';
import type { ObjectStore } from '../../shared/ports';
import type { AsFunctions } from './as-functions';
import { NOW } from './population';
import { profileAt } from './profiles-of';

const LAST = Math.floor(NOW / HOUR) - 1;

/** The population as a checkpoint in an archive, one segment in memory at a time. */
export async function checkpointOf(segments: Segments, archive: ObjectStore): Promise<void> {
  const { count } = segments;
  const files: Head['segments'] = [];
  let accounts = 0;
  for (let segment = 0; segment < count; segment++) {
    const columns = await segments.columns(segment);
    const size = sizeOf(columns);
    accounts += size;
    const bytes = writeAccountsInOrder(
      (function* () {
        for (let at = 0; at < size; at++) yield profileAt(columns, at);
      })(),
    );
    const file = accountFileOf(bytes, { segment, count, last: LAST });
    await archive.put(file.key, bytes);
    files.push(file);
  }
  const start = LAST - (LAST % 24) + 24 - WINDOW_HOURS;
  await new Checkpoints(archive).saveHead(
    { whole: true, last: LAST, start, built: NOW, releases: [], accounts, segments: files },
    new Map(),
  );
}

/** One run of a new process over that checkpoint, kept by segment throughout: each task from nothing. Answers who is in a campaign. */
export async function runBySegments(archive: ObjectStore, functions: AsFunctions, policy: DetectionPolicy): Promise<Set<AccountKey>> {
  const clock = new SimulatedClock(NOW);
  const stores = { archive, features: new MemoryTable(clock), graph: new MemoryTable(clock) };
  const detection = new Detection({ stores, clock, wholeAtMost: 1, heldAtMost: 1, rows: 'none', carryOut: functions.carryOut });
  const { changed } = await detection.run(policy, 'bench');
  return new Set(changed.flatMap(({ members }) => members.map(({ account }) => account)));
}
