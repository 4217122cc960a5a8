import type { Campaign, Member } from '../../shared/domain/campaigns/campaign';
import { DAY } from '../../shared/domain/time';
import type { AccountKey, CampaignId } from '../../shared/identity/ids';
import { inBatches } from '../../shared/in-batches';
import type { Stores } from '../../shared/ports';
import { KnownAccountStore } from '../../shared/stores/archive/known-account-store';
import { CampaignGraphStore, MOST_MEMBER_HOURS } from '../../shared/stores/campaigns/campaign-graph-store';
import { CampaignStore } from '../../shared/stores/campaigns/campaign-store';
import { FlaggedStore } from '../../shared/stores/campaigns/flagged-store';
import { KnownByStore } from '../../shared/stores/campaigns/known-by-store';
import type { Accounts } from './profiles/accounts';
import type { PackedProfiles } from './profiles/profiles';

/** Rows of members written at a time: enough to hide a round trip. */
const AT_ONCE = 32;

/** Campaigns as the stores have them, and everything that others read of them: members' rows, graphs, indicators, known facts. */
export class KeptCampaigns {
  readonly store: CampaignStore;
  readonly graphs: CampaignGraphStore;
  private readonly flagged: FlaggedStore;
  private readonly knownBy: KnownByStore;
  private readonly known: KnownAccountStore;
  private readonly held = new Map<string, Campaign>();
  private readonly savedFacts = new Map<AccountKey, string>();
  /** Names that no new campaign may have: of those that ended, and of those that cannot be read. */
  private readonly otherNames = new Set<CampaignId>();
  private endedNamed = false;
  private inSome = new Set<AccountKey>();

  constructor(stores: Pick<Stores, 'archive' | 'graph'>) {
    this.store = new CampaignStore(stores);
    this.graphs = new CampaignGraphStore(stores.archive);
    this.flagged = new FlaggedStore(stores.graph);
    this.knownBy = new KnownByStore(stores.graph);
    this.known = new KnownAccountStore(stores.graph);
  }

  /** As it was last loaded or saved. */
  of(id: CampaignId): Campaign | undefined {
    return this.held.get(id);
  }

  /** Of these campaigns, and all that no new one may have. */
  namesBeside(campaigns: readonly Campaign[]): ReadonlySet<string> {
    return new Set([...campaigns.map(({ id }) => id), ...this.otherNames]);
  }

  /**
   * All that have not ended. One that cannot be read is written anew from its newest document, and named in `damaged`; if there is none, it is
   * left, and its name is not given again.
   */
  async load(damaged: string[]): Promise<Campaign[]> {
    const loaded: Campaign[] = [];
    const unreadable: CampaignId[] = [];
    for await (const header of this.store.headers((id) => unreadable.push(id))) {
      const held = this.held.get(header.id);
      const campaign = held?.version === header.version ? held : await this.store.readable(header.document);
      if (campaign) loaded.push(campaign);
      else unreadable.push(header.id);
    }
    for (const id of unreadable) {
      const mended = await this.store.mend(id);
      damaged.push(`campaign ${id} ${mended ? 'is restored from its newest document' : 'cannot be read'}`);
      if (mended) loaded.push(mended.campaign);
      else this.otherNames.add(id);
    }
    for (const campaign of loaded) this.held.set(campaign.id, campaign);
    return loaded;
  }

  /** Puts away what nobody of was seen for long: lists and runs do not carry it any further. Its accounts leave the list of flagged ones. */
  async withoutEnded(campaigns: readonly Campaign[], now: number): Promise<Campaign[]> {
    if (!this.endedNamed) for await (const { id } of this.store.ended()) this.otherNames.add(id);
    this.endedNamed = true;
    const [over, going] = [campaigns.filter((one) => isOver(one, now)), campaigns.filter((one) => !isOver(one, now))];
    const staying = new Set(going.flatMap(({ members }) => members.map(({ account }) => account)));
    for (const { id, members } of over) {
      const header = await this.store.header(id);
      if (!header) continue;
      const gone = members.filter(({ account }) => !staying.has(account));
      await inBatches(gone, AT_ONCE, ({ account }) => this.flagged.cleared(account, now));
      await this.store.end(header, now);
      this.otherNames.add(id);
      this.held.delete(id);
    }
    return going;
  }

  /**
   * Saves what changed (`documents`: by place, where each is kept already), and answers who is in any campaign now. May be repeated: what was
   * said already is not said again.
   */
  async say(
    {
      changed,
      documents,
      before,
      at,
    }: { changed: readonly Campaign[]; documents: readonly string[]; before: readonly Campaign[]; at: number },
    accounts: Accounts,
  ): Promise<ReadonlySet<AccountKey>> {
    const isChanged = new Set(changed.map(({ id }) => id));
    this.inSome = new Set(
      [...before.filter(({ id }) => !isChanged.has(id)), ...changed].flatMap(({ members }) => members.map(({ account }) => account)),
    );
    const unsaid = [...changed.entries()].filter(([, { id, version }]) => (this.held.get(id)?.version ?? 0) < version);
    const profiles = await accounts.some(membersOf(unsaid.map(([, campaign]) => campaign)));
    for (const [place, campaign] of unsaid) await this.save(campaign, documents[place]!, at, { profiles, start: accounts.span.start });
    await this.refreshFacts(before, accounts);
    return this.inSome;
  }

  /** What the provider says of members is kept current, above all their standing: enforcement reads there whether an action took effect. */
  private async refreshFacts(campaigns: readonly Campaign[], accounts: Accounts): Promise<void> {
    const members = membersOf(campaigns);
    const told = await accounts.told(members);
    for (const account of members) {
      const profile = told.peek(account);
      if (!profile) continue;
      const facts = JSON.stringify(profile.facts);
      if (this.savedFacts.get(account) === facts) continue;
      this.savedFacts.set(account, facts);
      await this.known.put({ account, sealed: profile.sealed, facts: profile.facts });
    }
  }

  /** Members first, the campaign's header last (its commit): whoever sees the campaign finds its members' rows. */
  private async save(
    campaign: Campaign,
    document: string,
    now: number,
    { profiles, start }: { profiles: PackedProfiles; start: number },
  ): Promise<void> {
    const before = new Map(this.held.get(campaign.id)?.members.map((member) => [member.account, member]));
    const drawn = [...campaign.members].sort((one, other) => (one.account < other.account ? -1 : 1)).slice(0, MOST_MEMBER_HOURS);
    await this.graphs.saveHours(
      campaign.id,
      campaign.version,
      drawn.map(({ account }) => ({ account, hours: profiles.peek(account)?.hours(start) ?? [] })),
    );
    await inBatches(campaign.members, AT_ONCE, async (member) => {
      const profile = profiles.peek(member.account);
      if (!profile) return;
      const old = before.get(member.account);
      if (old && !differs(old, member)) return;
      await this.known.put({ account: member.account, sealed: profile.sealed, facts: profile.facts });
      await this.flagged.detected({
        account: member.account,
        campaign: campaign.id,
        classification: campaign.classification,
        role: member.role,
        ...(profile.facts.plan === undefined ? {} : { plan: profile.facts.plan }),
        score: member.score,
        exchanges: member.exchanges,
        because: member.because,
        at: now,
      });
    });
    const staying = new Set(campaign.members.map(({ account }) => account));
    // Whoever moved to another campaign is flagged there; whoever left them all is no longer flagged.
    const gone = [...before.keys()].filter((account) => !staying.has(account) && !this.inSome.has(account));
    await inBatches(gone, AT_ONCE, (account) => this.flagged.cleared(account, now));
    await this.knownBy.follow(campaign, this.held.get(campaign.id));
    const saved = await this.store.save(campaign, document);
    if (saved.kind === 'saved') this.held.set(campaign.id, campaign);
  }
}

const membersOf = (campaigns: readonly Campaign[]): AccountKey[] =>
  campaigns.flatMap(({ members }) => members.map(({ account }) => account));

/** Longer than the window, than its indicators are looked for at sign-up, and than a machine suspends for. */
const ENDED_AFTER = 60 * DAY;
const isOver = ({ lastSeen, detectedAt }: Campaign, now: number): boolean => Math.max(lastSeen, detectedAt) < now - ENDED_AFTER;

/** Whether a member's row says something else now. Its exchanges are followed in steps of a tenth: a campaign that rests writes nothing. */
const differs = (old: Member, member: Member): boolean =>
  old.role !== member.role || Math.abs(old.score - member.score) > 1 || step(old.exchanges) !== step(member.exchanges);
const step = (exchanges: number): number => Math.floor(Math.log(1 + exchanges) / Math.log(1.1));
