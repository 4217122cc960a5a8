import type { Profile } from '../../functions/detection/profiles/profile';
import { addProfile, readColumns, ScreenBuilder, writeColumns } from '../../functions/detection/screen/columns/screen-columns';
import type { Segments } from '../../functions/detection/screen/holders/census';
import { segmentOf } from '../../shared/formats/segment-of';

const byAccount = (one: Profile, other: Profile): number => (one.account < other.account ? -1 : 1);

/** Profiles, by segment, as the screen takes them. */
export function segmentsOf(profiles: readonly Profile[], count: number): Segments {
  const made = Array.from({ length: count }, (_, segment) => {
    const to = new ScreenBuilder();
    for (const one of profiles.filter(({ account }) => segmentOf(account, count) === segment).sort(byAccount))
      addProfile(to, one, new Map());
    return readColumns(writeColumns(to.columns()));
  });
  return { count, columns: async (segment) => made[segment]! };
}
