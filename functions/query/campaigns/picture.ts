import { z } from '@hono/zod-openapi';
import { type Campaign, FAMILIES, type Link, ROLES, type Role, TIE_TYPES } from '../../../shared/domain/campaigns/campaign';
import type { Person } from '../../../shared/domain/person';
import { HOUR, hourOf, iso } from '../../../shared/domain/time';
import { When } from '../../../shared/http/fields';
import type { AccountKey, Hash64 } from '../../../shared/identity/ids';
import type { MemberHours } from '../../../shared/stores/campaigns/campaign-graph-store';
import { revealed } from '../accounts/account-view';

/** What the campaign page draws, in columns: 25,000 accounts and their links in about two megabytes. */

export const GraphView = z
  .object({
    version: z.int(),
    accounts: z.array(z.string()),
    roles: z.array(z.int()).openapi({ description: `By account: index into ${ROLES.join(', ')}.` }),
    scores: z.array(z.number()),
    shared: z
      .array(z.object({ type: z.enum(TIE_TYPES), family: z.enum(FAMILIES), indicator: z.string().nullable(), members: z.int() }))
      .openapi({ description: 'What members share. `indicator` is a keyed hash, null for viewers.' }),
    from: z.array(z.int()).openapi({ description: 'By link: index into accounts.' }),
    to: z.array(z.int()),
    weight: z.array(z.number()),
    reasons: z.array(z.array(z.int())).openapi({ description: 'By link: indexes into shared, most telling first.' }),
    omitted: z.int().openapi({ description: 'Weaker links left out.' }),
  })
  .openapi('Graph');
export type GraphView = z.infer<typeof GraphView>;

export const HoursView = z
  .object({
    version: z.int(),
    from: When.nullable(),
    hours: z.int().openapi({ description: 'Columns: hours from `from` on.' }),
    of: z.int().openapi({ description: 'Members of the campaign; `rows` is a sample of them.' }),
    rows: z.array(
      z.object({
        account: z.string(),
        role: z.enum(ROLES),
        exchanges: z.array(z.number()),
        stopped: z.array(z.number()).openapi({ description: 'Requests by hour that our action prevented.' }),
        prevented: z.number(),
      }),
    ),
  })
  .openapi('Hours');
export type HoursView = z.infer<typeof HoursView>;

/** More lines than this are a grey disc on any screen. */
const MOST_LINKS = 60_000;
/** 14 days. */
const MOST_HOURS = 336;

export function graphView(campaign: Campaign, links: readonly Link[], to: Person): GraphView {
  const index = new Map<AccountKey, number>(campaign.members.map(({ account }, at) => [account, at]));
  const inside = links.filter((link) => index.has(link.from) && index.has(link.to)).sort((one, other) => other.weight - one.weight);
  const kept = inside.slice(0, MOST_LINKS);
  const places = new Map<Hash64, number>();
  const shared: GraphView['shared'] = [];
  const holders: Set<AccountKey>[] = [];
  const reasons = kept.map((link) =>
    [...link.reasons]
      .sort((one, other) => other.weight - one.weight)
      .map(({ type, family, hash }) => {
        let place = places.get(hash);
        if (place === undefined) {
          place = shared.push({ type, family, indicator: revealed<string>(to, hash), members: 0 }) - 1;
          places.set(hash, place);
          holders.push(new Set());
        }
        holders[place]?.add(link.from).add(link.to);
        return place;
      }),
  );
  return {
    version: campaign.version,
    accounts: campaign.members.map(({ account }) => account),
    roles: campaign.members.map(({ role }) => ROLES.indexOf(role)),
    scores: campaign.members.map(({ score }) => Math.round(score * 10) / 10),
    shared: shared.map((entry, place) => ({ ...entry, members: holders[place]?.size ?? 0 })),
    from: kept.map((link) => index.get(link.from) ?? 0),
    to: kept.map((link) => index.get(link.to) ?? 0),
    weight: kept.map((link) => Math.round(link.weight * 10) / 10),
    reasons,
    omitted: inside.length - kept.length,
  };
}

/**
 * Rows in order of role, then by their angle in the plane of the two strongest patterns among them, so that what moves
 * together lies together: shifts, halves of a rota and waves show as bands.
 */
export function hoursView(campaign: Campaign, sample: readonly MemberHours[], rows: number): HoursView {
  const last = sample.reduce((latest, { hours }) => Math.max(latest, hours.at(-1)?.[0] ?? 0), 0);
  const first = sample.reduce((earliest, { hours }) => Math.min(earliest, hours[0]?.[0] ?? earliest), last);
  const from = Math.max(hourOf(first), hourOf(last) - (MOST_HOURS - 1) * HOUR);
  const width = sample.length === 0 ? 0 : (hourOf(last) - from) / HOUR + 1;
  const roles = new Map(campaign.members.map(({ account, role }) => [account, role]));
  const members = sample.flatMap(({ account, hours }) => {
    const role = roles.get(account);
    if (role === undefined) return [];
    const exchanges = new Array<number>(width).fill(0);
    const prevents = new Array<number>(width).fill(0);
    let prevented = 0;
    for (const [at, count, stopped] of hours) {
      const column = (hourOf(at) - from) / HOUR;
      if (column >= 0 && column < width) {
        exchanges[column] = count;
        prevents[column] = stopped;
      }
      prevented += stopped;
    }
    return [{ account, role, exchanges, stopped: prevents, prevented }];
  });
  const angles = patternAngles(members.map((member) => member.exchanges.map((count, column) => count + (member.stopped[column] ?? 0))));
  const order = [...members.keys()].sort(
    (one, other) => rank(members[one]) - rank(members[other]) || (angles[one] ?? 0) - (angles[other] ?? 0),
  );
  const step = Math.max(1, members.length / rows);
  const shown = Array.from({ length: Math.min(rows, members.length) }, (_, row) => members[order[Math.floor(row * step)] ?? 0]).filter(
    (row) => row !== undefined,
  );
  return {
    version: campaign.version,
    from: sample.length === 0 ? null : iso(from),
    hours: width,
    of: campaign.members.length,
    rows: shown,
  };
}

const rank = (row: { role: Role } | undefined): number => ROLES.indexOf(row?.role ?? 'bystander');

/** Angle of each row in the plane of the first two principal components (power iteration with deflation, from a fixed start). */
function patternAngles(rows: readonly number[][]): number[] {
  const width = rows[0]?.length ?? 0;
  const means = Array.from(
    { length: width },
    (_, column) => rows.reduce((sum, row) => sum + (row[column] ?? 0), 0) / Math.max(1, rows.length),
  );
  let centred = rows.map((row) => row.map((value, column) => value - (means[column] ?? 0)));
  const projections = [0, 1].map((component) => {
    let direction = Array.from({ length: width }, (_, column) => Math.cos((column + 1) * (component + 1)));
    for (let round = 0; round < ROUNDS; round++) {
      const along = centred.map((row) => dot(row, direction));
      direction = unit(
        Array.from({ length: width }, (_, column) =>
          centred.reduce((sum, row, index) => sum + (row[column] ?? 0) * (along[index] ?? 0), 0),
        ),
      );
    }
    const along = centred.map((row) => dot(row, direction));
    centred = centred.map((row, index) => row.map((value, column) => value - (along[index] ?? 0) * (direction[column] ?? 0)));
    return along;
  });
  return rows.map((_, index) => Math.atan2(projections[1]?.[index] ?? 0, projections[0]?.[index] ?? 0));
}

/** Enough for the order of rows; it need not be exact. */
const ROUNDS = 12;
const dot = (one: readonly number[], other: readonly number[]): number =>
  one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0);
function unit(vector: number[]): number[] {
  const length = Math.sqrt(dot(vector, vector)) || 1;
  return vector.map((value) => value / length);
}
