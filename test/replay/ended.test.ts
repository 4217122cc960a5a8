import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blocksOf } from '../../cli/replay/read-blocks';
import { FileReplay } from '../../cli/replay/replay-files';
import { reportOf } from '../../cli/replay/report';
import { Pipeline } from '../../local/pipeline';
import recommended from '../../policies/recommended.json';
import { Policy } from '../../shared/domain/policy/policy';
import { DAY } from '../../shared/domain/time';
import { CAMPAIGN, smallTraffic } from '../support/worlds/small-traffic';

const policy = Policy.parse(recommended);
const secret = 'k'.repeat(64);
const timeOf = (line: string): number => Date.parse(JSON.parse(line).time);

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-long-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('what a file found is in its report, though it has ended before the file does', async () => {
  const path = join(folder, 'events.ndjson');
  writeFileSync(
    path,
    smallTraffic()
      .sort((a, b) => timeOf(a) - timeOf(b))
      .join('\n'),
  );
  const replay = new FileReplay(
    (start) => new Pipeline({ policy, secret, start, detectEvery: DAY }),
    () => {},
    () => {},
  );
  await replay.run(blocksOf({ files: [path], secret, detectEvery: DAY }));
  await replay.finish();
  const { pipeline, from, to } = replay;
  const report = () => reportOf(pipeline!, { read: 1, from: from!, to: to!, seconds: 1, peakMemoryMiB: 1 });
  const before = await report();
  expect(before.campaigns.map(({ accounts }) => [...accounts].sort())).toEqual([[...CAMPAIGN].sort()]);

  // As detection does sixty days after anybody of it was seen (test/detection/campaigns-kept.test.ts).
  const { campaigns } = pipeline!.detection;
  for await (const header of campaigns.headers()) await campaigns.end(header, to! + 61 * DAY);
  expect((await report()).campaigns).toEqual(before.campaigns);
});
