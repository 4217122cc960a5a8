import type { Campaign } from '../../shared/domain/campaigns/campaign';
import type { KnownOperator } from '../../shared/domain/campaigns/known-operator';
import type { DetectionPolicy } from '../../shared/domain/policy/detection-policy';
import type { Stores } from '../../shared/ports';
import { membersOfHostile } from './campaigns/hostile';
import type { Assessment } from './findings/assess';
import type { Accounts } from './profiles/accounts';
import type { Population } from './profiles/population';
import { Spill } from './screen/columns/spill';
import type { Segments } from './screen/holders/census';
import { type ScreenedPopulation, Screening, type ScreeningGiven } from './screen/screened';
import { ScreenedBySegments } from './segments/screened-by-segments';
import type { SegmentedPopulation } from './segments/segmented-population';
import type { CarryOut } from './tasks/called-task';
import { countedBesides, isTied, judgeUnits, marksOf, rulesOf } from './units/judge-units';
import { JudgedElsewhere } from './units/judged-elsewhere';
import { JudgedHere } from './units/judged-here';
import { type SettledUnit, settled, type Tracking } from './units/settled';

const PER_PARTITION = 25_000;
const ROWS_AT_ONCE = 500_000;
/** Accounts that are handed with their packed profiles at once, where no process holds all: some 400 MB. */
const HANDED_AT_ONCE = 200_000;

/** How a population that is screened is judged. But for `record`, which collects, all of it decides time and memory, never what is found. */
export type ByUnitsPorts = {
  stores: Pick<Stores, 'archive'>;
  /** Carries out the tasks of a population that no process holds side by side, a list of them under a key; without, they are done here, one after the other. */
  carryOut?: CarryOut;
  /** Accounts whose traits are counted in one reading of the columns. */
  countedAtOnce?: number;
  /** Accounts of units that a function judges in one task, about. */
  unitsAtOnce?: number;
  /** Is shown what was found out about each network of a run that is judged here, before it becomes campaigns: evaluation collects it. */
  record?: (assessments: readonly Assessment[], given: Pick<ByUnitsGiven, 'before' | 'policy' | 'operators' | 'now'>) => void;
};
export type ByUnitsGiven = {
  before: readonly Campaign[];
  policy: DetectionPolicy;
  operators: readonly KnownOperator[];
  now: number;
  provenance: Campaign['provenance'];
};

/** Everybody, in columns: who is to be judged, and with whom. */
export function screened(segments: Segments, { profiles }: Population, given: ByUnitsGiven): Promise<Screening> {
  return Screening.of(segments, { profiles, ...screeningOf(profiles.size, given) }, new Spill());
}

/** The same of a population that no process holds: by tasks throughout, which hand on objects of the archive. */
export const screenedBySegments = (population: SegmentedPopulation, given: ByUnitsGiven, { stores }: ByUnitsPorts) =>
  ScreenedBySegments.of(population, screeningOf(population.size, given), stores.archive);

const screeningOf = (size: number, { before, policy, now }: ByUnitsGiven): Omit<ScreeningGiven, 'profiles'> => ({
  ties: before.filter(isTied).map(({ members }) => members.map(({ account }) => account)),
  known: new Set(membersOfHostile(before)),
  now,
  policy,
  cut: { partitions: Math.ceil(size / PER_PARTITION), rowsAtOnce: ROWS_AT_ONCE },
});

/** What becomes of those units, here; of a population that no process holds (`bySegment`) by tasks. */
export function settledUnits(
  screening: ScreenedPopulation,
  { releases }: Pick<Accounts, 'releases'>,
  { tracking, ...asked }: ByUnitsGiven & { tracking: Tracking },
  ports: ByUnitsPorts,
  bySegment?: SegmentedPopulation,
): AsyncIterable<SettledUnit> {
  const { countedAtOnce = bySegment ? HANDED_AT_ONCE : undefined, unitsAtOnce, record } = ports;
  const { before, policy, operators, now } = asked;
  const given = { units: screening.units, campaigns: before, operators, policy, now };
  const judged = {
    screening,
    rules: rulesOf(given, releases),
    marks: marksOf(before),
    besides: countedBesides(given),
    ...(countedAtOnce === undefined ? {} : { countedAtOnce }),
  };
  if (!bySegment)
    return judgeUnits(
      given,
      new JudgedHere(judged, (unit) => {
        record?.(unit.assessments, asked);
        return settled(unit, policy, tracking);
      }),
    );
  const atOnce = unitsAtOnce === undefined ? {} : { batchOf: unitsAtOnce };
  const { board, elsewhere } = bySegment.run;
  return judgeUnits(given, new JudgedElsewhere({ ...judged, ...atOnce, tracking }, board, elsewhere));
}
