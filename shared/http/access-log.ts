import { z } from 'zod';
import { checked } from '../domain/checked';
import { PERSON_ROLES } from '../domain/person';
import { DAY, dayLabel, iso } from '../domain/time';
import type { Item, Table } from '../ports';

/** Who looked at or did what. Never a token, a body or a query value: the route's pattern and the ids in its path. */
export const AccessEntry = z.object({
  at: z.number(),
  requestId: z.string(),
  /** Absent for the public routes and for refused tokens. */
  principal: z.string().optional(),
  role: z.enum(PERSON_ROLES).optional(),
  method: z.string(),
  /** Pattern, for example /v1/accounts/:account. */
  route: z.string(),
  /** Path parameters that name an account, campaign, case or the like. */
  subjects: z.record(z.string(), z.string()),
  status: z.int(),
  milliseconds: z.number(),
});
export type AccessEntry = z.infer<typeof AccessEntry>;

/** Long enough for a yearly audit and its preparation. */
const KEPT_DAYS = 400;

/** One row a request in the table of the system of record, by day, kept 400 days. */
export class AccessLog {
  constructor(private readonly table: Table) {}

  async write(entry: AccessEntry): Promise<void> {
    const day = dayLabel(entry.at);
    const row = {
      pk: `ACCESS#${day}`,
      sk: `${iso(entry.at)}#${entry.requestId}`,
      entry: checked(AccessEntry, entry, 'an entry of the access log'),
      expires: Math.floor((entry.at + KEPT_DAYS * DAY) / 1000),
    };
    await this.table.put(row, { kind: 'absent' });
  }

  /** One day, newest first. `after` is the `next` of the page before. */
  async page(day: string, limit: number, after?: string): Promise<{ entries: AccessEntry[]; next?: string }> {
    const page = await this.table.query({ pk: `ACCESS#${day}`, reverse: true, limit, ...(after === undefined ? {} : { after }) });
    // One that cannot be read stops no other.
    const entries = page.items.flatMap((item: Item) => AccessEntry.safeParse(item.entry).data ?? []);
    return page.next === undefined ? { entries } : { entries, next: page.next };
  }
}
