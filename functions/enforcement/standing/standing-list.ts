import type { Member } from '../../../shared/domain/campaigns/campaign';
import type { AccountKey, CampaignId } from '../../../shared/identity/ids';
import { inBatches } from '../../../shared/in-batches';
import type { Clock } from '../../../shared/ports';
import type { FlaggedStore } from '../../../shared/stores/campaigns/flagged-store';
import { type About, aboutCampaign, actedOnAmong, notActedOn, type StandingStores } from './standing';

/** Members of whom rows are read together: few enough that what was read still holds when it is written. */
const LISTED_AT_ONCE = 1_000;

/** What was said of a campaign, and for which of its members. */
type Said = { version: number; words: string; members: Set<AccountKey> };

/**
 * Keeps the list of flagged accounts saying who is watched or in review. Whoever was acted on is kept there by the ledger itself
 * (shared/stores/cases/standing-ledger.ts); where the others stand hangs on their campaign alone, its decision and its case. So nothing is
 * read of members but of those who are new, or when the campaign's decision or case changed.
 */
export class StandingList {
  /** An instance that starts anew says everything once more: it reads, and writes what the list does not say already. */
  private readonly words = new Map<CampaignId, Said>();

  constructor(
    private readonly flagged: FlaggedStore,
    private readonly stores: StandingStores & { clock: Clock },
  ) {}

  /** After a run, and after people decided. */
  async refresh(): Promise<void> {
    for await (const { id, version, document } of this.stores.campaigns.headers()) {
      const about = await aboutCampaign(id, this.stores);
      const words = [about.decision?.kind, about.latest?.chain, about.latest?.state.progress.kind].join();
      const known = this.words.get(id);
      if (known?.words === words && known.version === version) continue;
      const members = (await this.stores.campaigns.readable(document))?.members;
      if (!members) continue;
      const listed = known?.words === words ? known.members : new Set<AccountKey>();
      const fresh = members.filter(({ account }) => !listed.has(account));
      for (let from = 0; from < fresh.length; from += LISTED_AT_ONCE) await this.list(fresh.slice(from, from + LISTED_AT_ONCE), id, about);
      this.words.set(id, { version, words, members: new Set(members.map(({ account }) => account)) });
    }
  }

  /** Only in rows that detection wrote for this campaign: a bystander is on no list. */
  private async list(members: readonly Member[], id: CampaignId, about: About): Promise<void> {
    const rows = await this.flagged.many(members.map(({ account }) => account));
    const listed = members.filter(({ account }) => rows.get(account)?.campaign === id);
    const acted = await actedOnAmong(
      listed.map(({ account }) => account),
      about.latestId,
      this.stores,
    );
    await inBatches(listed, 32, async (member) => {
      const { standing } = acted.get(member.account) ?? notActedOn(member, id, about);
      if (rows.get(member.account)?.standing !== standing) await this.flagged.stands(member.account, standing, this.stores.clock.now());
    });
  }
}
