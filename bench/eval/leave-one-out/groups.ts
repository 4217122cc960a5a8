import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { Assessment } from '../../../functions/detection/findings/assess';
import type { Pipeline } from '../../../local/pipeline';
import { LEGS } from '../../../shared/domain/campaigns/campaign';
import { HOUR } from '../../../shared/domain/time';
import type { AccountKey } from '../../../shared/identity/ids';
import { LABELS } from '../../../simulator/actor';
import type { Truth } from '../../../simulator/simulate';

/** One detected group in one run: what the classifier sees of it, and who its members really are. A line of groups.ndjson. */
export const GroupRow = z.object({
  world: z.string(),
  /** ms since the epoch. */
  at: z.number(),
  /** The row of populations/ or behaviours/ (or the background's kind) that most members are of, what they are, and their share. */
  population: z.string(),
  label: z.enum(LABELS),
  purity: z.number(),
  /** What the pipeline itself called it, and how probable it found distillation. */
  classification: z.string(),
  probability: z.number(),
  /** What a judge may use, by name. */
  features: z.record(z.string(), z.number()),
  /** Families of evidence that count, and which of the three legs hold. */
  families: z.int(),
  legs: z.record(z.enum(LEGS), z.boolean()),
  /** `fits`: has use of its own that is not unlike the group's (a rule about members asks no more than that). */
  members: z.array(z.object({ id: z.string(), population: z.string(), label: z.enum(LABELS), fits: z.boolean() })),
});
export type GroupRow = z.infer<typeof GroupRow>;

/** A described row's name, of an account in a group of it: `hydra-0` is hydra's. Without a group the kind itself. */
export const populationOf = ({ kind, group }: Pick<Truth, 'kind' | 'group'>): string => group?.replace(/-\d+$/, '') ?? kind;

/** A world by its name, and what all its accounts were. */
export type WorldTruth = { world: string; truths: readonly Truth[] };

/** The commonest of some values and how many there are of it; of equals, the first. */
function commonest<T>(values: readonly T[], name: (value: T) => string): { value: T; count: number } | undefined {
  const counts = new Map<string, { value: T; count: number }>();
  for (const value of values) {
    const known = counts.get(name(value));
    if (known) known.count++;
    else counts.set(name(value), { value, count: 1 });
  }
  let best: { value: T; count: number } | undefined;
  for (const one of counts.values()) if (!best || one.count > best.count) best = one;
  return best;
}

type Held = Pick<GroupRow, 'at' | 'classification' | 'probability' | 'features' | 'families' | 'legs'> & {
  members: readonly { account: AccountKey; fits: boolean }[];
};

/** Requests of its own that a member has, at least, before a rule may act on it. */
const OWN_USE = 3;

const AGAIN_AFTER = 6 * HOUR;

/** Collects the groups of a replay. The truth comes when it is over: an operator that answers makes accounts while it runs. */
export class GroupRecorder {
  private readonly held: Held[] = [];
  private readonly last = new Map<string, number>();

  /** The same members again are news every six hours: what they did since counts, and a file of every hour would be all the same. */
  record(assessments: readonly Assessment[], at: number): void {
    for (const assessment of assessments) {
      const { legs, unlike, features, families } = assessment;
      const members = assessment.network.members.map(({ entry: { profile }, families }) => ({
        account: profile.account,
        fits: families.length >= 2 && profile.exchanges >= OWN_USE && !unlike.has(profile.account),
      }));
      const name = members
        .map(({ account }) => account)
        .sort()
        .join();
      if (at - (this.last.get(name) ?? -Infinity) < AGAIN_AFTER) continue;
      this.last.set(name, at);
      this.held.push({
        at,
        members,
        classification: assessment.classification,
        probability: assessment.probabilities.distillation,
        features,
        families: families.length,
        legs: Object.fromEntries(LEGS.map((leg) => [leg, legs[leg].holds])) as GroupRow['legs'],
      });
    }
  }

  rows(world: string, pipeline: Pipeline, truths: readonly Truth[]): GroupRow[] {
    const byId = new Map(truths.map((truth) => [truth.id, truth]));
    const ids = new Map<AccountKey, string>();
    for (const { account, sealed } of pipeline.detection.population.profiles.values()) ids.set(account, pipeline.hasher.open(sealed));
    return this.held.map(({ members, ...held }) => {
      const known = members.flatMap(({ account, fits }) => {
        const truth = byId.get(ids.get(account) ?? '');
        return truth ? [{ ...truth, fits }] : [];
      });
      const most = commonest(known, (truth) => `${populationOf(truth)} ${truth.label}`);
      if (!most) throw new Error(`${world}: a group at ${held.at} has no member that the truth knows`);
      return {
        world,
        ...held,
        population: populationOf(most.value),
        label: most.value.label,
        purity: most.count / members.length,
        members: known.map(({ fits, ...truth }) => ({ id: truth.id, population: populationOf(truth), label: truth.label, fits })),
      };
    });
  }
}

export async function readGroups(file: string): Promise<GroupRow[]> {
  const rows: GroupRow[] = [];
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity }))
    if (line) rows.push(GroupRow.parse(JSON.parse(line)));
  return rows;
}
