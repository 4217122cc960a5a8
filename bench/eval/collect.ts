import { writeFileSync } from 'node:fs';
import type { Assessment } from '../../functions/detection/findings/assess';
import type { Pipeline } from '../../local/pipeline';
import { LEGS } from '../../shared/domain/campaign';
import type { AccountKey } from '../../shared/identity/ids';
import type { Truth } from '../../simulator/simulate';

/** What was found out about one network in one run, with what its members really are. */
export type GroupRow = {
  world: string;
  at: number;
  /** The population or campaign that most members are of, its label, and their share. */
  population: string;
  label: string;
  purity: number;
  size: number;
  used: number;
  kind: string;
  probability: number;
  families: readonly string[];
  legs: Record<string, boolean>;
  because: readonly string[];
  features: Assessment['features'];
  measures: unknown;
  unlike: number;
};

export class GroupRecorder {
  readonly rows: GroupRow[] = [];
  private readonly truths: Map<string, Truth>;
  private readonly ids = new Map<AccountKey, string>();

  constructor(
    private readonly world: string,
    truths: readonly Truth[],
  ) {
    this.truths = new Map(truths.map((truth) => [truth.id, truth]));
  }

  record(pipeline: Pipeline, assessments: readonly Assessment[], at: number): void {
    for (const one of assessments) {
      const counts = new Map<string, { label: string; count: number }>();
      for (const { entry } of one.network.members) {
        const truth = this.truths.get(this.idOf(pipeline, entry.profile.account, entry.profile.sealed));
        const population = truth?.campaign ?? truth?.kind ?? 'unknown';
        const known = counts.get(population);
        if (known) known.count++;
        else counts.set(population, { label: truth?.label ?? 'unknown', count: 1 });
      }
      const [population, { label, count }] = [...counts].sort((a, b) => b[1].count - a[1].count)[0]!;
      const { measures, features } = one;
      this.rows.push({
        world: this.world,
        at,
        population,
        label,
        purity: count / one.network.members.length,
        size: one.network.members.length,
        used: one.network.members.filter(({ entry }) => entry.profile.windowExchanges >= 3).length,
        kind: one.kind,
        probability: one.probabilities.distillation,
        families: one.families,
        legs: Object.fromEntries(LEGS.map((leg) => [leg, one.legs[leg].holds])),
        because: LEGS.map((leg) => one.legs[leg].because),
        features,
        measures,
        unlike: one.unlike.size,
      });
    }
  }

  private idOf(pipeline: Pipeline, account: AccountKey, sealed: Parameters<Pipeline['hasher']['open']>[0]): string {
    let id = this.ids.get(account);
    if (id === undefined) {
      id = pipeline.hasher.open(sealed);
      this.ids.set(account, id);
    }
    return id;
  }

  write(file: string): void {
    writeFileSync(file, this.rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  }
}
