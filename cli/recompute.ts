import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { recompute } from '../functions/detection/recompute';
import { Policy } from '../shared/domain/policy/policy';
import { iso } from '../shared/domain/time';
import { campaignId } from '../shared/identity/ids';
import { readOptions, refuse } from './command-line';

const USAGE = `usage: npm run recompute -- [--archive replay-report/archive] [--campaign c-…] [--policy policies/recommended.json]

Counts every number of every finding again, from the archive alone: the folds of the hours before the verdict, and the campaigns as
they stood. A replay leaves an archive with --keep. Exit code 0 when all come out the same, 1 when one does not, 2 for unusable arguments.
What is said of the population (base, p, divergence …) may have been read up to six hours before the verdict: a quarter of difference is let pass.`;

const givenPath = (path: string): string => resolve(process.env.INIT_CWD ?? '.', path);

/** The objects of a folder, by key. */
const archiveIn = (folder: string) => ({
  get: async (key: string): Promise<Uint8Array> => readFileSync(join(folder, key)),
  async *list(prefix: string): AsyncIterable<string> {
    const from = join(folder, prefix);
    if (!existsSync(from)) return;
    const files = readdirSync(from, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    yield* files.map(({ parentPath, name }) => relative(folder, join(parentPath, name)).replaceAll('\\', '/')).sort();
  },
});

async function main(): Promise<number> {
  const values = readOptions(USAGE, {
    archive: { type: 'string', default: 'replay-report/archive' },
    campaign: { type: 'string' },
    policy: { type: 'string', default: join(process.env.LOCKSTEP_ROOT ?? join(__dirname, '..'), 'policies/recommended.json') },
  });
  const folder = givenPath(values.archive);
  if (!existsSync(folder)) return refuse(`--archive ${values.archive}: there is no such folder. A replay leaves one with --keep.`);
  const { detection } = Policy.parse(JSON.parse(readFileSync(givenPath(values.policy), 'utf8')));
  const wanted = values.campaign === undefined ? undefined : campaignId(values.campaign);
  let [same, other, verdicts] = [0, 0, 0];
  for await (const { campaign, version, judgedAt, counts, missing } of recompute(archiveIn(folder), detection, wanted)) {
    verdicts++;
    const differing = counts.filter(({ isSame }) => !isSame);
    same += counts.length - differing.length;
    other += differing.length + (missing ? 1 : 0);
    console.log(
      `${campaign} version ${version}, judged ${iso(judgedAt)}: ${missing ? 'its network is not found again' : `${counts.length - differing.length} of ${counts.length} numbers come out the same`}`,
    );
    for (const { detector, number, recorded, recounted } of differing)
      console.log(`  ${detector} ${number}: recorded ${recorded}, counted again ${recounted ?? 'nothing: the finding is not made'}`);
  }
  if (verdicts === 0) return refuse(wanted ? `the archive holds no campaign ${wanted}` : 'the archive holds no campaign');
  console.log(`${verdicts} verdicts: ${same} numbers are the same, ${other} are not`);
  return other === 0 ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
