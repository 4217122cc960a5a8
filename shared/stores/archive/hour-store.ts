import { DAY, hourLabel } from '../../domain/time';
import { readFoldOutput } from '../../formats/fold-output';
import { askHourPage, digestAt, digestsOf, type PageRow, pageCount, pageOf, pagesFor, writeHourPage } from '../../formats/hour-page';
import { segmentOf } from '../../formats/segment-of';
import type { AccountKey } from '../../identity/ids';
import type { ObjectStore, Table, Value } from '../../ports';

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

  /**
   * Answers the digests of the pages, for the row `S#<shard>` of the hour. `before`: those that stand there; a page that is as it was is
   * not written again. An older version never overwrites a newer one.
   */
  async put<Row extends PageRow>(
    of: FoldedShard,
    rows: readonly Row[],
    keep: (row: Row) => boolean,
    before?: Uint8Array,
  ): Promise<{ digests: Uint8Array; written: number }> {
    const pages = pagesOf(rows, keep);
    const digests = digestsOf(pages);
    const known = before?.length === digests.length ? before : undefined;
    let written = 0;
    for (const [page, b] of pages.entries()) {
      if (known && digestAt(known, page) === digestAt(digests, page)) continue;
      const expires = Math.floor((of.hour + KEEP) / 1000);
      await this.stores.features.put(
        { pk: keyOf(of, page, pages.length), sk: 'PAGE', fv: of.fv, b, expires },
        { kind: 'at-most', attribute: 'fv', value: of.fv },
      );
      written++;
    }
    return { digests, written };
  }

  async get(account: AccountKey, hour: number): Promise<HourAnswer> {
    const pk = `F#${hourLabel(hour)}`;
    const plan = await this.stores.features.get(pk, 'PLAN');
    // Nothing was ever listed, or not sealed yet.
    if (!plan) return { kind: (await this.stores.features.get('DIRTY', hourLabel(hour))) ? 'not-folded' : 'silent' };
    const shards = Number(plan.shards);
    const shard = segmentOf(account, shards);
    const folded = await this.stores.features.get(pk, `S#${shard}`);
    if (!folded || Number(folded.version) < Number(plan.version)) return { kind: 'not-folded' };
    const atHand = await this.pageAnswer(account, { hour, shard, shards }, folded.pages);
    return atHand ?? this.outputAnswer(account, String(folded.output));
  }

  /** Removes the page that may name an account; readers then ask the fold's output. `digests`: of the row `S#<shard>`. Answers whether one was there. */
  async erasePage(account: AccountKey, of: Omit<FoldedShard, 'fv'>, digests: Value | undefined): Promise<boolean> {
    if (!(digests instanceof Uint8Array)) return false;
    const pages = pageCount(digests);
    const pk = keyOf(of, pageOf(account, pages), pages);
    const row = await this.stores.features.get(pk, 'PAGE');
    if (!(row?.b instanceof Uint8Array) || askHourPage(row.b, account).kind === 'silent') return false;
    await this.stores.features.delete(pk, 'PAGE');
    return true;
  }

  private async pageAnswer(account: AccountKey, of: Omit<FoldedShard, 'fv'>, digests: Value | undefined): Promise<HourAnswer | undefined> {
    if (!(digests instanceof Uint8Array)) return undefined;
    const pages = pageCount(digests);
    const page = pageOf(account, pages);
    const row = await this.stores.features.get(keyOf(of, page, pages), 'PAGE');
    // Of another fold, or past its time: the output of the fold that stands has everything.
    if (!(row?.b instanceof Uint8Array) || digestAt(digestsOf([row.b]), 0) !== digestAt(digests, page)) return undefined;
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

function pagesOf<Row extends PageRow>(rows: readonly Row[], keep: (row: Row) => boolean): Uint8Array[] {
  const kept = rows.filter(keep);
  const bytes = kept.reduce((sum, row) => sum + row.features.length, 0);
  const pages = pagesFor(bytes, rows.length - kept.length);
  const parts = Array.from({ length: pages }, (): { kept: PageRow[]; left: AccountKey[] } => ({ kept: [], left: [] }));
  for (const row of rows) {
    const part = parts[pageOf(row.account, pages)];
    if (keep(row)) part?.kept.push(row);
    else part?.left.push(row.account);
  }
  return parts.map((part) => writeHourPage(part.kept, part.left));
}

const keyOf = ({ hour, shard, shards }: Omit<FoldedShard, 'fv'>, page: number, pages: number): string =>
  `H#${hourLabel(hour)}#${shard}-of-${shards}#${page}-of-${pages}`;
