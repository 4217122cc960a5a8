import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import { Link } from '../../domain/campaigns/campaign';
import { checkedJson } from '../../domain/checked';
import type { AccountKey, CampaignId } from '../../identity/ids';
import type { ObjectStore } from '../../ports';

/** Hours of one member, oldest first: [hour start ms, exchanges, prevented]. */
export const MemberHours = z.object({
  account: z.custom<AccountKey>((value) => typeof value === 'string'),
  hours: z.array(z.tuple([z.number(), z.number(), z.number()])),
});
export type MemberHours = z.infer<typeof MemberHours>;

const LinksOf = z.object({ links: z.array(Link) });
const HoursOf = z.object({ members: z.array(MemberHours) });

/** Members whose hours are kept for the synchrony map, at most: more rows than a screen has pixels show nothing more. */
export const MOST_MEMBER_HOURS = 400;

/**
 * What a campaign's page draws and no decision reads: its links, and the hours of a sample of its members.
 * One object each per campaign version, beside the campaign's document in the archive.
 */
export class CampaignGraphStore {
  constructor(private readonly archive: ObjectStore) {}

  async saveLinks(id: CampaignId, version: number, links: readonly Link[]): Promise<void> {
    await this.archive.put(linksKey(id, version), gzipSync(checkedJson(LinksOf, { links }, `links of campaign ${id}`), { level: 1 }));
  }

  /** Undefined when this version was saved without links. */
  async links(id: CampaignId, version: number): Promise<Link[] | undefined> {
    const bytes = await this.archive.get(linksKey(id, version));
    return bytes && LinksOf.parse(JSON.parse(gunzipSync(bytes).toString('utf8'))).links;
  }

  async saveHours(id: CampaignId, version: number, members: readonly MemberHours[]): Promise<void> {
    if (members.length > MOST_MEMBER_HOURS) throw new Error(`at most ${MOST_MEMBER_HOURS} members' hours are kept; sample before saving`);
    await this.archive.put(hoursKey(id, version), gzipSync(checkedJson(HoursOf, { members }, `hours of campaign ${id}`), { level: 1 }));
  }

  async hours(id: CampaignId, version: number): Promise<MemberHours[] | undefined> {
    const bytes = await this.archive.get(hoursKey(id, version));
    return bytes && HoursOf.parse(JSON.parse(gunzipSync(bytes).toString('utf8'))).members;
  }

  /** Takes an account out of what is drawn, of every version. Answers how many objects lost it. */
  async erase(account: AccountKey): Promise<number> {
    const links = await this.rewrite('links/', LinksOf, ({ links: all }) => ({
      links: all.filter(({ from, to }) => from !== account && to !== account),
    }));
    const hours = await this.rewrite('hours/', HoursOf, ({ members }) => ({ members: members.filter((one) => one.account !== account) }));
    return links + hours;
  }

  private async rewrite<S extends z.ZodType>(prefix: string, schema: S, change: (drawn: z.output<S>) => z.input<S>): Promise<number> {
    let changed = 0;
    for await (const key of this.archive.list(prefix)) {
      const bytes = await this.archive.get(key);
      if (!bytes) continue;
      const text = gunzipSync(bytes).toString('utf8');
      const next = checkedJson(schema, change(schema.parse(JSON.parse(text))), key);
      if (next.length === text.length) continue;
      await this.archive.put(key, gzipSync(next, { level: 1 }));
      changed++;
    }
    return changed;
  }
}

const linksKey = (id: CampaignId, version: number): string => `links/${id}/${version}.json.gz`;
const hoursKey = (id: CampaignId, version: number): string => `hours/${id}/${version}.json.gz`;
