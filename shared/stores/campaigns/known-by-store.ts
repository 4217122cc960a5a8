import type { Campaign, Indicator } from '../../domain/campaigns/campaign';
import { checked } from '../../domain/checked';
import { KnownBy, OPERATED, SHOWN_AT_FIRST, type Shown } from '../../domain/policy/admission';
import { DAY } from '../../domain/time';
import { inBatches } from '../../in-batches';
import type { Item, Table } from '../../ports';

/** An indicator outlives the last sign of its campaign by this long. */
const KEPT_FOR = 45 * DAY;
/** Rows are written again in time to outlive a campaign that goes on. */
const RENEWED_EVERY = 7 * DAY;
/** A weight that changed by less than this (nats) changes no answer that was clear. */
const SAME_WEIGHT = 0.5;
/** What weighs less is held by so many others that it tells nobody apart. */
const LEAST_WEIGHT = 1;
/** Campaigns that one thing is looked up in. */
const MOST_CAMPAIGNS = 20;
const AT_ONCE = 32;

const SHOWN: ReadonlySet<string> = new Set(SHOWN_AT_FIRST);
const pkOf = ({ type, hash }: Pick<Indicator, 'type' | 'hash'>): string => `KNOWN-BY#${type}#${hash}`;

/** The indicators of operated campaigns, a row each in the graph table, found by what a newcomer shows. Detection writes, the check reads. */
export class KnownByStore {
  constructor(private readonly graph: Table) {}

  /** Brings the rows up to a campaign that is about to be saved. Writes what changed since `before`, and everything once a week. */
  async follow(campaign: Campaign, before: Campaign | undefined): Promise<void> {
    const now = campaign.updatedAt;
    const isRenewed = Math.floor(now / RENEWED_EVERY) !== Math.floor((before?.updatedAt ?? 0) / RENEWED_EVERY);
    const old = rowsOf(before);
    const rows = rowsOf(campaign);
    const due = [...rows].filter(([pk, row]) => isRenewed || differs(old.get(pk), row));
    await inBatches(due, AT_ONCE, async ([pk, row]) => {
      await this.graph.put({
        pk,
        sk: campaign.id,
        ...checked(KnownBy, row, `an indicator of campaign ${campaign.id}`),
        expires: Math.floor((now + KEPT_FOR) / 1_000),
      });
    });
    const gone = [...old.keys()].filter((pk) => !rows.has(pk));
    await inBatches(gone, AT_ONCE, (pk) => this.graph.delete(pk, campaign.id));
  }

  /** The campaigns that are known by any of these. */
  async of(shown: readonly Shown[]): Promise<KnownBy[]> {
    const pages = await Promise.all(shown.map((one) => this.graph.query({ pk: pkOf(one), limit: MOST_CAMPAIGNS })));
    return pages.flatMap(({ items }) => items.map((item: Item) => KnownBy.parse(item)));
  }
}

function rowsOf(campaign: Campaign | undefined): Map<string, KnownBy> {
  const rows = new Map<string, KnownBy>();
  if (!campaign || !OPERATED.has(campaign.classification)) return rows;
  const { id, classification, members: all } = campaign;
  for (const indicator of campaign.indicators) {
    const { type, family, members, weight = 0 } = indicator;
    if (!SHOWN.has(type) || weight < LEAST_WEIGHT) continue;
    rows.set(pkOf(indicator), { type, campaign: id, classification, family, weight, members, size: all.length });
  }
  return rows;
}

const differs = (old: KnownBy | undefined, row: KnownBy): boolean =>
  old === undefined || old.classification !== row.classification || Math.abs(old.weight - row.weight) >= SAME_WEIGHT;
