import { z } from '@hono/zod-openapi';
import { When } from '../../shared/http/fields';
import { type Campaign, FAMILIES, Indicator, type Link, ROLES } from '../../shared/model/campaign';
import type { AccountKey, Hash64 } from '../../shared/model/ids';
import type { Person } from '../../shared/model/person';
import { HOUR, hourOf, iso } from '../../shared/model/time';
import type { MemberHours } from '../../shared/stores/campaign-picture-store';
import { revealed } from './account-view';

/** What the campaign page draws, in columns: 25,000 accounts and their links in about two megabytes. */

export const GraphView = z
  .object({
    version: z.int(),
    accounts: z.array(z.string()),
    roles: z.array(z.int()).openapi({ description: `By account: index into ${ROLES.join(', ')}.` }),
    scores: z.array(z.number()),
    shared: z
      .array(z.object({ type: Indicator.shape.type, family: z.enum(FAMILIES), indicator: z.string().nullable(), members: z.int() }))
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
    rows: z.array(z.object({ account: z.string(), role: z.enum(ROLES), exchanges: z.array(z.number()), prevented: z.number() })),
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

/** Rows in order of role, then of their hours' centre, so that what moves together lies together. */
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
    let prevented = 0;
    for (const [at, count, stopped] of hours) {
      const column = (hourOf(at) - from) / HOUR;
      if (column >= 0 && column < width) exchanges[column] = count;
      prevented += stopped;
    }
    return [{ account, role, exchanges, prevented }];
  });
  members.sort((one, other) => ROLES.indexOf(one.role) - ROLES.indexOf(other.role) || centre(one.exchanges) - centre(other.exchanges));
  const step = Math.max(1, members.length / rows);
  const shown = Array.from({ length: Math.min(rows, members.length) }, (_, row) => members[Math.floor(row * step)]).filter(
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

function centre(exchanges: readonly number[]): number {
  const total = exchanges.reduce((sum, count) => sum + count, 0);
  return total === 0 ? 0 : exchanges.reduce((sum, count, column) => sum + count * column, 0) / total;
}
