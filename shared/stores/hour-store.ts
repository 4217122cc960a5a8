import { readFoldOutput } from '../model/fold-output';
import { askHourPage, type PageRow, pageOf, pagesFor, shardOf, writeHourPage } from '../model/hour-page';
import type { AccountKey } from '../model/ids';
import { DAY, hourLabel } from '../model/time';
import type { Item, ObjectStore, Table } from '../ports';

const KEEP = 3 * DAY;

/** One unit of folding. `fv`: code epoch and version, what its pages are guarded by. */
type FoldedShard = { hour: number; shard: number; shards: number; fv: number };
export type HourAnswer = { kind: 'features'; features: Uint8Array } | { kind: 'silent' } | { kind: 'not-folded' };

/**
 * Hours of accounts. Pages in the features table (`H#<hour>#<shard>-of-<shards>#<page>-of-<pages>`, sk PAGE) hold whoever was
 * kept at hand; the fold's output in the archive holds everybody and is asked where no page can say. Which it was is not seen in the answer.
 */
export class HourStore {
  constructor(private readonly stores: { archive: ObjectStore; features: Table }) {}

  /** Answers the number of pages. An older version never overwrites a newer one. */
  async put<Row extends PageRow>(of: FoldedShard, rows: readonly Row[], keep: (row: Row) => boolean): Promise<number> {
    const kept = rows.filter(keep);
    const left = rows.filter((row) => !keep(row)).map(({ account }) => account);
    const pages = pagesFor(
      kept.reduce((sum, row) => sum + row.features.length, 0),
      left.length,
    );
    const parts = Array.from({ length: pages }, () => ({ kept: [] as PageRow[], left: [] as AccountKey[] }));
    for (const row of kept) parts[pageOf(row.account, pages)]?.kept.push(row);
    for (const account of left) parts[pageOf(account, pages)]?.left.push(account);
    for (const [page, part] of parts.entries()) {
      await this.stores.features.put(
        {
          pk: keyOf(of, page, pages),
          sk: 'PAGE',
          fv: of.fv,
          b: writeHourPage(part.kept, part.left),
          expires: Math.floor((of.hour + KEEP) / 1000),
        },
        { kind: 'at-most', attribute: 'fv', value: of.fv },
      );
    }
    return pages;
  }

  async get(account: AccountKey, hour: number): Promise<HourAnswer> {
    const pk = `F#${hourLabel(hour)}`;
    const plan = await this.stores.features.get(pk, 'PLAN');
    // Nothing was ever listed, or not sealed yet.
    if (!plan) return { kind: (await this.stores.features.get('DIRTY', hourLabel(hour))) ? 'not-folded' : 'silent' };
    const shards = Number(plan.shards);
    const shard = shardOf(account, shards);
    const folded = await this.stores.features.get(pk, `S#${shard}`);
    if (!folded || Number(folded.version) < Number(plan.version)) return { kind: 'not-folded' };
    const atHand = await this.pageAnswer(account, { hour, shard, shards, fv: Number(folded.fv) }, folded);
    return atHand ?? this.outputAnswer(account, String(folded.output));
  }

  private async pageAnswer(account: AccountKey, of: FoldedShard, folded: Item): Promise<HourAnswer | undefined> {
    const pages = Number(folded.pages ?? 0);
    if (pages === 0) return undefined;
    const row = await this.stores.features.get(keyOf(of, pageOf(account, pages), pages), 'PAGE');
    // Of another version, or past its time: the output of the version that stands has everything.
    if (row?.fv !== of.fv || !(row.b instanceof Uint8Array)) return undefined;
    const answer = askHourPage(row.b, account);
    return answer.kind === 'elsewhere' ? undefined : answer;
  }

  private async outputAnswer(account: AccountKey, key: string): Promise<HourAnswer> {
    const bytes = await this.stores.archive.get(key);
    if (!bytes) throw new Error(`the fold output ${key} is missing from the archive`);
    const row = readFoldOutput(bytes).rows.find((one) => one.account === account);
    return row && row.features.length > 0 ? { kind: 'features', features: row.features } : { kind: 'silent' };
  }
}

const keyOf = ({ hour, shard, shards }: FoldedShard, page: number, pages: number): string =>
  `H#${hourLabel(hour)}#${shard}-of-${shards}#${page}-of-${pages}`;
