import type { Pipeline } from '../../local/pipeline';
import { type Arrivals, fieldShares, silentFamilies } from '../../shared/domain/arrival';
import type { Policy } from '../../shared/domain/policy/policy';
import { DAY, HOUR } from '../../shared/domain/time';

export type Arrived = { fields: ReturnType<typeof fieldShares>; accounts: number; established: number; withFacts: number };

/** Who and what arrived, as far as detection can use it: an account is established when it is old enough to be compared with. */
export function arrivedOf(arrivals: Arrivals, pipeline: Pipeline | undefined, policy: Policy, to: number): Arrived {
  const profiles = [...(pipeline?.detection.population.profiles.values() ?? [])];
  const oldest = to - policy.detection.referenceAgeDays.value * DAY;
  return {
    fields: fieldShares(arrivals),
    accounts: profiles.length,
    established: profiles.filter(({ firstUse, bornAt }) => Number.isFinite(firstUse) && bornAt <= oldest).length,
    withFacts: profiles.filter(({ facts }) => Object.keys(facts).length > 0).length,
  };
}

const counted = (count: number, what: string): string => `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;

/** Why nothing was found, in the order in which it would have to be mended. */
export function reasonsForNothing(arrived: Arrived, arrivals: Arrivals, policy: Policy, span: { from: number; to: number }): string[] {
  const accepted = Object.values(arrivals).reduce((sum, one) => sum + one.accepted, 0);
  const refused = refusedReasons(arrivals);
  if (accepted === 0) {
    if (refused.length === 0) return ['the input holds no records'];
    return [`no event was accepted: ${refused.map(({ count, producer, reason }) => `${count} ${reason} (${producer})`).join(', ')}`];
  }
  const { smallestReference, referenceAgeDays } = policy.detection;
  const because: string[] = [];
  if (arrived.established < smallestReference.value)
    because.push(
      `${counted(arrived.accounts, 'account')}, ${arrived.established.toLocaleString('en')} established (seen or made ${counted(referenceAgeDays.value, 'day')} before the end); ${smallestReference.value} are needed for contrast`,
    );
  if (span.to - span.from < HOUR) because.push('the events span less than an hour: a group shows over hours and days');
  because.push(...silentFamilies(arrivals));
  if (refused.length > 0)
    because.push(`refused: ${refused.map(({ count, producer, reason }) => `${count} ${reason} (${producer})`).join(', ')}`);
  if (because.length === 0) because.push('no group shares what unrelated accounts do not');
  return because;
}

const refusedReasons = (arrivals: Arrivals): { producer: string; reason: string; count: number }[] =>
  Object.entries(arrivals)
    .flatMap(([producer, { refused }]) => Object.entries(refused).map(([reason, count]) => ({ producer, reason, count })))
    .sort((a, b) => b.count - a.count);

/** `refused` of the report: by producer and reason. */
export const refusedOf = (arrivals: Arrivals): Record<string, Record<string, number>> =>
  Object.fromEntries(
    Object.entries(arrivals)
      .filter(([, { refused }]) => Object.keys(refused).length > 0)
      .map(([producer, { refused }]) => [producer, refused]),
  );

const percent = (share: number): string => `${Math.round(100 * share)} %`;

/** What arrived, in a line that ends every replay. */
export function summaryOf(
  events: { accepted: number; duplicate: number; rejected: number },
  arrived: Omit<Arrived, 'fields'> & { fields: Record<string, number> },
): string {
  const { fields, accounts, established, withFacts } = arrived;
  const shares = Object.entries(fields)
    .filter(([, share]) => share > 0)
    .map(([name, share]) => `${name} ${percent(share)}`);
  return `arrived: ${counted(events.accepted, 'event')}, ${events.duplicate} duplicates, ${events.rejected} refused; ${counted(accounts, 'account')}, ${established} established, ${withFacts} with facts; ${shares.length === 0 ? 'no fields beyond the required' : shares.join(', ')}`;
}
