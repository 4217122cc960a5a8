import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import { Campaign, FAMILIES, type Member, ROLES, tenantsOf } from '../../domain/campaigns/campaign';
import { checkedJson } from '../../domain/checked';
import { type AccountKey, type CampaignId, campaignId } from '../../identity/ids';
import { inBatches } from '../../in-batches';
import type { Item, ObjectStore, Stores, Table } from '../../ports';

/** A campaign without what grows with its size. `counts` are members by role. */
export const CampaignHeader = Campaign.omit({ members: true, indicators: true, timeline: true, lineage: true }).extend({
  counts: z.record(z.enum(ROLES), z.number()),
  /** Tenants of other clouds that could be referred to them (no bystanders), by cloud; absent where there are none. */
  tenants: z.record(z.string(), z.number()).optional(),
  /** The full document's key in the archive; it ends in the document's SHA-256 (first 16 hex digits). */
  document: z.string(),
  /** When it was put away: nobody of it was seen for long. Absent while it goes on. */
  endedAt: z.number().optional(),
});
export type CampaignHeader = z.infer<typeof CampaignHeader>;

/** Which campaign an account belongs to now. Scores and sentences are in the campaign's document. */
export const Membership = z.object({
  account: z.custom<AccountKey>(),
  campaign: z.custom<CampaignId>(),
  role: z.enum(ROLES),
  families: z.array(z.enum(FAMILIES)),
  joinedAt: z.number(),
});
export type Membership = z.infer<typeof Membership>;

export type Saved = { kind: 'saved'; header: CampaignHeader } | { kind: 'overtaken'; because: string };

const AsWritten = z.custom<Campaign>((value) => Campaign.safeParse(value).success);

/** What is kept of a campaign cannot be read: somebody changed it, it is damaged, or its document is gone. An outage is none of these. */
export class UnreadableCampaign extends Error {}

const HEADERS = 'CAMPAIGN';
/** Campaigns that ended, in no list of those that go on. */
const ENDED = 'CAMPAIGN-ENDED';
const MEMBERSHIP = 'CAMPAIGN';

/**
 * Campaigns: a header row each (graph table), the full document gzipped in the archive, a membership row an account.
 * Detection writes; enforcement and query read.
 *
 * Order of a save: document, membership rows, header. The header is the commit (conditional on the version before);
 * a crash before it leaves a document nobody points to and rows that the retry writes again. Enforcement reads
 * documents only; a membership row is a hint where to look.
 */
export class CampaignStore {
  private readonly table: Table;
  private readonly archive: ObjectStore;
  /** The newest few documents: paging through members and the next save read them again. */
  private readonly recent = new Map<string, Campaign>();

  constructor(stores: Pick<Stores, 'graph' | 'archive'>) {
    this.table = stores.graph;
    this.archive = stores.archive;
  }

  /** A document as `keep` put it, its fields in their order: saved, it is the same to the byte. */
  async kept(document: string): Promise<Campaign> {
    const bytes = await this.archive.get(document);
    if (!bytes) throw new Error(`campaign document ${document} is missing from the archive`);
    return AsWritten.parse(JSON.parse(gunzipSync(bytes).toString()));
  }

  /** Puts the document alone: nothing points to it yet. Answers its key. */
  async keep(campaign: Campaign): Promise<string> {
    const { document, text } = documentOf(campaign);
    await this.archive.put(document, gzipSync(text, { level: 1 }));
    return document;
  }

  /** `kept`: the document's key, if it is in the archive already. `campaign.version` must be one more than what is stored (1 for a new campaign); otherwise `overtaken`, and nothing changed. */
  async save(campaign: Campaign, kept?: string): Promise<Saved> {
    const before = await this.header(campaign.id);
    if ((before?.version ?? 0) !== campaign.version - 1) {
      return { kind: 'overtaken', because: `version ${before?.version ?? 0} is stored; ${campaign.version} cannot follow it` };
    }
    const previous = before && (await this.readable(before.document));
    const { sorted, document, text } = documentOf(campaign);
    if (document !== kept) await this.archive.put(document, gzipSync(text, { level: 1 }));
    await this.writeMemberships(campaign, previous);
    const header = headerOf(campaign, document);
    const row = {
      pk: HEADERS,
      sk: campaign.id,
      version: campaign.version,
      body: checkedJson(CampaignHeader, header, `the header of campaign ${campaign.id}`),
    };
    const { kind } = await this.table.put(
      row,
      before ? { kind: 'equals', attribute: 'version', value: before.version } : { kind: 'absent' },
    );
    if (kind === 'refused') return { kind: 'overtaken', because: `another run saved version ${campaign.version} first` };
    this.remember(document, sorted);
    return { kind: 'saved', header };
  }

  /** Of one that goes on or has ended. Undefined where there is none, or none that can be read: detection names it and mends it. */
  async header(id: CampaignId): Promise<CampaignHeader | undefined> {
    const row = (await this.table.get(HEADERS, id)) ?? (await this.table.get(ENDED, id));
    return row && headerIn(row);
  }

  /** Puts a campaign away: it stays readable under its id, and is in `ended`. May be repeated. */
  async end(header: CampaignHeader, now: number): Promise<void> {
    const body = checkedJson(CampaignHeader, { ...header, endedAt: now }, `the header of campaign ${header.id}`);
    await this.table.put({ pk: ENDED, sk: header.id, version: header.version, body });
    await this.table.delete(HEADERS, header.id);
  }

  /**
   * Writes the header of a campaign anew from the newest of its documents that can be read, not newer than what was saved. For the one
   * who writes campaigns, when its header or its document cannot be read. Undefined: nothing of it can be, and it is left as it is.
   */
  async mend(id: CampaignId): Promise<{ header: CampaignHeader; campaign: Campaign } | undefined> {
    const saved = Number((await this.table.get(HEADERS, id))?.version);
    const keys: string[] = [];
    for await (const key of this.archive.list(`campaigns/${id}/`)) keys.push(key);
    for (const key of keys.reverse()) {
      const campaign = await this.readable(key);
      if (!campaign || campaign.id !== id || (saved >= 1 && campaign.version > saved)) continue;
      // Its number goes on from what was saved, so that nobody takes the next version for one they have seen.
      const mended = { ...campaign, version: saved >= 1 ? saved : campaign.version };
      const document = await this.keep(mended);
      const header = headerOf(mended, document);
      const body = checkedJson(CampaignHeader, header, `the header of campaign ${id}`);
      await this.table.put({ pk: HEADERS, sk: id, version: mended.version, body });
      return { header, campaign: mended };
    }
    return undefined;
  }

  /** The document, or undefined when it cannot be read: for whoever goes through many. */
  async readable(document: string): Promise<Campaign | undefined> {
    try {
      return await this.document(document);
    } catch (error) {
      if (error instanceof UnreadableCampaign) return undefined;
      throw error;
    }
  }

  /** Undefined where there is none, or none that can be read. */
  async get(id: CampaignId): Promise<Campaign | undefined> {
    const header = await this.header(id);
    return header && this.readable(header.document);
  }

  /** To decide by: what cannot be read is not as if it were not there. Throws UnreadableCampaign. */
  async newest(id: CampaignId): Promise<{ header: CampaignHeader; campaign: Campaign } | undefined> {
    const header = await this.header(id);
    if (header) return { header, campaign: await this.document(header.document) };
    if (await this.table.get(HEADERS, id)) throw new UnreadableCampaign(`the header of campaign ${id} cannot be read`);
    return undefined;
  }

  /** The document a ledger entry points to: an old version stays readable as long as the archive keeps it. Throws UnreadableCampaign. */
  async document(key: string): Promise<Campaign> {
    const known = this.recent.get(key);
    if (known) return known;
    const bytes = await this.archive.get(key);
    if (!bytes) throw new UnreadableCampaign(`campaign document ${key} is missing from the archive`);
    const campaign = opened(bytes);
    if (!campaign) throw new UnreadableCampaign(`campaign document ${key} cannot be read`);
    this.remember(key, campaign);
    return campaign;
  }

  /** One version of a campaign, as it was saved; undefined when it is not in the archive. */
  async version(id: CampaignId, version: number): Promise<Campaign | undefined> {
    for await (const key of this.archive.list(`campaigns/${id}/${ordinal(version)}-`)) return this.document(key);
    return undefined;
  }

  /** Is the document still in the archive? Old versions go when its retention ends. */
  async has(key: string): Promise<boolean> {
    return this.recent.has(key) || (await this.archive.get(key, { start: 0, end: 1 })) !== undefined;
  }

  /**
   * Takes an account out of every campaign. The newest version of one that has it is followed by a version without it; in all others a
   * member without a name stands in its place (`placeholder`), so that what was decided about the campaign comes out the same again.
   * Its indicators stay: they are of the campaign. May be repeated. Answers how many documents lost it.
   */
  async erase(account: AccountKey, placeholder: AccountKey, now: number): Promise<number> {
    const member = await this.membership(account);
    const holding = new Set<CampaignId>(member ? [member.campaign] : []);
    let changed = 0;
    for await (const key of this.archive.list('campaigns/')) {
      const bytes = await this.archive.get(key);
      if (!bytes) continue;
      const text = gunzipSync(bytes).toString();
      if (text.includes(account)) holding.add(Campaign.parse(JSON.parse(text)).id);
    }
    for (const id of holding) {
      const newest = await this.get(id);
      if (!newest?.members.some((one) => one.account === account)) continue;
      const members = newest.members.filter((one) => one.account !== account);
      const saved = await this.save({ ...newest, members, version: newest.version + 1, updatedAt: now });
      if (saved.kind === 'overtaken') throw new Error(`campaign ${id} was saved by another meanwhile: run it again`);
    }
    for (const id of holding) {
      for await (const key of this.archive.list(`campaigns/${id}/`)) {
        const bytes = await this.archive.get(key);
        const text = bytes ? gunzipSync(bytes).toString() : '';
        if (!text.includes(account)) continue;
        const before = Campaign.parse(JSON.parse(text));
        const members = before.members.map((one) => (one.account === account ? { ...one, account: placeholder, because: [] } : one));
        await this.archive.put(key, gzipSync(checkedJson(Campaign, { ...before, members }, key), { level: 1 }));
        this.recent.delete(key);
        changed++;
      }
    }
    await this.table.delete(`A#${account}`, MEMBERSHIP);
    return changed;
  }

  private remember(key: string, campaign: Campaign): void {
    this.recent.set(key, campaign);
    const oldest = this.recent.keys().next().value;
    if (this.recent.size > 8 && oldest !== undefined) this.recent.delete(oldest);
  }

  /** Of campaigns that go on. One that cannot be read is passed over, and named to `unreadable`. */
  headers(unreadable: (id: CampaignId) => void = () => {}): AsyncIterable<CampaignHeader> {
    return this.headersIn(HEADERS, unreadable);
  }

  /** Of campaigns that have ended. */
  ended(): AsyncIterable<CampaignHeader> {
    return this.headersIn(ENDED, () => {});
  }

  /** Of those that go on, then of those that have ended; one that ends meanwhile may come twice. */
  async *all(): AsyncIterable<CampaignHeader> {
    yield* this.headers();
    yield* this.ended();
  }

  private async *headersIn(pk: string, unreadable: (id: CampaignId) => void): AsyncIterable<CampaignHeader> {
    let after: string | undefined;
    do {
      const page = await this.table.query({ pk, ...(after === undefined ? {} : { after }) });
      for (const row of page.items) {
        const header = headerIn(row);
        if (header) yield header;
        else unreadable(campaignId(row.sk));
      }
      after = page.next;
    } while (after !== undefined);
  }

  /** Members in order of account key; `next` is the account to pass as `after`. */
  async members(id: CampaignId, after?: AccountKey, limit = 100): Promise<{ members: Member[]; next?: AccountKey }> {
    const campaign = await this.get(id);
    if (!campaign) return { members: [] };
    const rest = after === undefined ? campaign.members : campaign.members.filter((member) => member.account > after);
    const members = rest.slice(0, limit);
    const last = members.at(-1);
    return rest.length > limit && last ? { members, next: last.account } : { members };
  }

  async membership(account: AccountKey): Promise<Membership | undefined> {
    const row = await this.table.get(`A#${account}`, MEMBERSHIP);
    // One that cannot be read is none: detection writes it again when the campaign changes.
    return row && row.campaign !== '' ? Membership.safeParse({ ...row, account }).data : undefined;
  }

  private async writeMemberships(campaign: Campaign, previous: Campaign | undefined): Promise<void> {
    const left = new Map(previous?.members.map((member) => [member.account, member]));
    const changed = campaign.members.filter((member) => {
      const old = left.get(member.account);
      left.delete(member.account);
      return !old || old.role !== member.role || old.joinedAt !== member.joinedAt || old.families.join() !== member.families.join();
    });
    await inBatches(changed, 32, async ({ account, role, families, joinedAt }) => {
      await this.table.put({ pk: `A#${account}`, sk: MEMBERSHIP, campaign: campaign.id, role, families, joinedAt });
    });
    await inBatches([...left.keys()], 32, async (account) => {
      // Only if it did not move on: another campaign's save may have come first.
      const gone = { pk: `A#${account}`, sk: MEMBERSHIP, campaign: '' };
      await this.table.put(gone, { kind: 'equals', attribute: 'campaign', value: campaign.id });
    });
  }
}

function headerIn(row: Item): CampaignHeader | undefined {
  try {
    const header = CampaignHeader.safeParse(JSON.parse(String(row.body)));
    return header.data?.id === row.sk ? header.data : undefined;
  } catch {
    return undefined;
  }
}

function opened(bytes: Uint8Array): Campaign | undefined {
  try {
    return Campaign.safeParse(JSON.parse(gunzipSync(bytes).toString())).data;
  } catch {
    return undefined;
  }
}

function documentOf(campaign: Campaign): { sorted: Campaign; text: string; document: string } {
  const sorted = { ...campaign, members: [...campaign.members].sort(byAccount) };
  const text = checkedJson(Campaign, sorted, `campaign ${campaign.id}`);
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return { sorted, text, document: `campaigns/${campaign.id}/${ordinal(campaign.version)}-${digest}.json.gz` };
}

const ordinal = (version: number): string => String(version).padStart(8, '0');
const byAccount = (a: Member, b: Member): number => (a.account < b.account ? -1 : a.account > b.account ? 1 : 0);

function headerOf(campaign: Campaign, document: string): CampaignHeader {
  const { members, indicators: _indicators, timeline: _timeline, lineage: _lineage, ...rest } = campaign;
  const counts = { core: 0, peripheral: 0, 'suspected-victim': 0, bystander: 0 };
  for (const member of members) counts[member.role]++;
  const there = Object.entries(tenantsOf(members.filter(({ role }) => role !== 'bystander'))).map(([cloud, { accounts }]) => [
    cloud,
    accounts,
  ]);
  return { ...rest, counts, ...(there.length === 0 ? {} : { tenants: Object.fromEntries(there) }), document };
}
