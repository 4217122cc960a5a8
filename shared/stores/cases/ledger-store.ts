import type { z } from 'zod';
import { type ChainFault, faultsOf, LedgerEntry, NO_PREVIOUS, type SealedEntry, seal, sequenceLabel } from '../../domain/cases/ledger';
import type { What } from '../../domain/cases/ledger-events';
import { dayLabel, dayOf, iso } from '../../domain/time';
import { inBatches } from '../../in-batches';
import type { Clock, Item, Table } from '../../ports';

/** A kind of chain: how its partitions begin, and the schema of its subjects' state. */
export type ChainKind<S> = {
  prefix: string;
  state: z.ZodType<S>;
  /** Where all chains of this kind are listed: the partition of `subject`. Absent: they are not listed. */
  listedIn?: (subject: string) => string;
};

export type Entry<S> = Omit<LedgerEntry, 'state'> & { state: S; hash: string };
export type Draft<S> = Pick<LedgerEntry, 'actor' | 'because' | 'key'> & { what: What; state: S };
export type Pointer = { chain: string; sequence: number; hash: string; written: boolean };
export type Appended<S> = { kind: 'appended'; entry: Entry<S> } | { kind: 'overtaken'; head: Entry<S> };

const ENTRY = 'E#';
const LISTS_AT_ONCE = 16;
/** Subjects whose rows are in memory together, and those that are asked about alone side by side. */
const HEADS_AT_ONCE = 1_000;
const ALONE_AT_ONCE = 32;
const ANCHORED = 'ANCHORED';
const MOST_OPENED = 50_000;
/** DynamoDB takes items of 400 KB; the key, the hash and the names of attributes need a little of it. */
const LONGEST_BODY_BYTES = 380 * 1024;

const UNREADABLE = 'UnreadableEntry';

/**
 * An entry that is there and that its schema refuses: somebody changed the table, or a later version wrote it. It is named, so that
 * whoever reads many chains can leave this one aside (`isolated`) and go on with the others.
 */
export class UnreadableEntry extends Error {
  constructor(
    readonly chain: string,
    readonly sequence: number,
    because: string,
  ) {
    super(`entry ${sequence} of chain ${chain} cannot be read: ${because}`);
    this.name = UNREADABLE;
  }
}

/** What `read` answers, or what `otherwise` makes of an entry that cannot be read. An outage is thrown on. */
export async function isolated<T, U>(read: () => Promise<T>, otherwise: (bad: UnreadableEntry) => U): Promise<T | U> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof UnreadableEntry) return otherwise(error);
    throw error;
  }
}
/** What to pass as `after` to go on behind an entry. */
export const placeInFeed = ({ at, chain, sequence }: Pick<LedgerEntry, 'at' | 'chain' | 'sequence'>): string =>
  `${iso(at)}#${chain}#${sequenceLabel(sequence)}`;
/** The partition of the day's feed: one pointer an entry, in order of time. */
const feedOf = (at: number): string => `LEDGER#${dayLabel(dayOf(at))}`;

/**
 * The append-only ledger on the enforcement table. The conditional put of entry n+1 *is* the transition: whoever loses the
 * race is answered `overtaken` with the newer head and decides again.
 *
 * Indexes (the day's feed, lists of chains) are pointers written *before* the entry they point to. A crash in between
 * leaves a pointer to nothing, which readers skip; an entry that no index knows cannot come about. Once the entry is there its pointers
 * say so (`written`): what is gone later was taken away.
 */
export class LedgerStore {
  /** Entries by hash, which is of all that they say: read once, an entry need not be parsed again. */
  private readonly opened = new Map<string, Entry<unknown>>();

  constructor(
    private readonly table: Table,
    private readonly clock: Clock,
  ) {}

  /** The newest entry of a subject's chain: its state. Throws `UnreadableEntry` when it cannot be read. */
  async head<S>(kind: ChainKind<S>, subject: string): Promise<Entry<S> | undefined> {
    const { items } = await this.table.query({ pk: kind.prefix + subject, prefix: ENTRY, reverse: true, limit: 1 });
    const newest = items[0];
    return newest && this.open(kind, sealedEntry(newest));
  }

  /**
   * Heads of many subjects at once; who has no chain, and whose head cannot be read (`unreadable` says which), is absent. `known`: of each, the
   * number of an entry that its chain has; 0 if none is known. A chain only grows, one by one: if the entry after that one is not there, it is the
   * newest, and a request answers for fifty subjects. Of any other the newest is asked for alone.
   */
  async heads<S>(
    kind: ChainKind<S>,
    known: ReadonlyMap<string, number>,
    unreadable: (bad: UnreadableEntry, subject: string) => void = () => {},
  ): Promise<Map<string, Entry<S>>> {
    const heads = new Map<string, Entry<S>>();
    const subjects = [...known.keys()];
    for (let start = 0; start < subjects.length; start += HEADS_AT_ONCE) {
      const part = subjects.slice(start, start + HEADS_AT_ONCE);
      const rows = new Map<string, Item>();
      const keys = part.flatMap((subject) => {
        const sequence = known.get(subject)!;
        return sequence < 1 ? [] : [sequence, sequence + 1].map((one) => ({ pk: kind.prefix + subject, sk: ENTRY + sequenceLabel(one) }));
      });
      for (const row of keys.length === 0 ? [] : await this.table.getAll(keys)) rows.set(`${row.pk} ${sequenceOf(row)}`, row);
      await inBatches(part, ALONE_AT_ONCE, async (subject) => {
        const sequence = known.get(subject)!;
        const at = (one: number): Item | undefined => rows.get(`${kind.prefix}${subject} ${one}`);
        const newest = at(sequence);
        const head = await isolated(
          async () => (newest && !at(sequence + 1) ? this.open(kind, sealedEntry(newest)) : this.head(kind, subject)),
          (bad) => void unreadable(bad, subject),
        );
        if (head) heads.set(subject, head);
      });
    }
    return heads;
  }

  /**
   * The newest entry to follow, for commands that say the whole state anew (stop everything, give back): where the newest cannot be
   * read, its place in the chain with the state of the newest that can.
   */
  async headToRepair<S>(kind: ChainKind<S>, subject: string): Promise<Entry<S> | undefined> {
    const { items } = await this.table.query({ pk: kind.prefix + subject, prefix: ENTRY, reverse: true });
    const [newest] = items;
    for (const item of items) {
      const entry = await isolated(
        async () => this.open(kind, sealedEntry(item)),
        () => undefined,
      );
      if (entry && newest) return { ...entry, sequence: sequenceOf(newest), hash: String(newest.hash) };
    }
    return undefined;
  }

  /**
   * The next entry. It is read as a reader would before anything is written: what the schema refuses throws `UnreadableEntry`, and
   * neither the entry nor a pointer to it comes to be.
   */
  async append<S>(kind: ChainKind<S>, subject: string, head: Entry<S> | undefined, draft: Draft<S>): Promise<Appended<S>> {
    const chain = kind.prefix + subject;
    const at = this.clock.now();
    const sequence = (head?.sequence ?? 0) + 1;
    const sealed = seal({ chain, sequence, at, ...draft, previous: head?.hash ?? NO_PREVIOUS });
    // As it is meant, too: JSON turns NaN into null, which a reader may take for "none".
    const meant = kind.state.safeParse(draft.state);
    if (!meant.success) throw new UnreadableEntry(chain, sequence, refusal(meant.error));
    const bytes = Buffer.byteLength(sealed.body);
    if (bytes > LONGEST_BODY_BYTES) throw new UnreadableEntry(chain, sequence, `it would have ${bytes} bytes`);
    const entry = this.open(kind, sealed);
    const pointers: Item[] = [{ pk: feedOf(at), sk: placeInFeed({ at, chain, sequence }), chain, sequence, hash: sealed.hash }];
    if (sequence === 1 && kind.listedIn) pointers.unshift({ pk: kind.listedIn(subject), sk: subject });
    for (const pointer of pointers) await this.table.put(pointer);
    const row = { pk: chain, sk: ENTRY + sequenceLabel(sequence), body: sealed.body, hash: sealed.hash };
    const { kind: written } = await this.table.put(row, { kind: 'absent' });
    if (written === 'written') {
      // A crash leaves a pointer to nothing, and so does whoever deletes the newest entry: this tells the two apart.
      for (const pointer of pointers) await this.table.put({ ...pointer, written: true });
      return { kind: 'appended', entry };
    }
    const stored = await this.table.get(row.pk, row.sk);
    // Our own put, whose answer was lost and which was sent again.
    if (stored?.hash === sealed.hash) return { kind: 'appended', entry };
    const newest = await this.head(kind, subject);
    if (!newest) throw new Error(`chain ${chain} refused entry ${sequence} and has no head`);
    return { kind: 'overtaken', head: newest };
  }

  /** The entries of one chain that can be read, oldest first, and those that cannot. */
  async readable<S>(kind: ChainKind<S>, subject: string): Promise<{ entries: Entry<S>[]; unreadable: UnreadableEntry[] }> {
    const entries: Entry<S>[] = [];
    const unreadable: UnreadableEntry[] = [];
    for (const sealed of await this.sealed(kind.prefix + subject)) {
      const entry = await isolated(
        async () => this.open(kind, sealed),
        (bad) => void unreadable.push(bad),
      );
      if (entry) entries.push(entry);
    }
    return { entries, unreadable };
  }

  /** All entries of one chain, oldest first. Throws `UnreadableEntry`. */
  async history<S>(kind: ChainKind<S>, subject: string): Promise<Entry<S>[]> {
    return (await this.sealed(kind.prefix + subject)).map((sealed) => this.open(kind, sealed));
  }

  /** Subjects of a listing partition in key order, one page. Some may have no entry (a crash came first). */
  async listed(partition: string, after?: string, limit = 1000): Promise<{ subjects: string[]; next?: string }> {
    const page = await this.table.query({ pk: partition, limit, ...(after === undefined ? {} : { after }) });
    return { subjects: page.items.map((item) => item.sk), ...(page.next === undefined ? {} : { next: page.next }) };
  }

  async *allListed(partition: string): AsyncIterable<string> {
    let after: string | undefined;
    do {
      const page = await this.listed(partition, after);
      yield* page.subjects;
      after = page.next;
    } while (after !== undefined);
  }

  /**
   * Of many subjects of a listed kind, those that may have a chain: all others have none. Asked of the lists, of which a page answers for up
   * to a thousand subjects, as long as that takes fewer reads than asking for each head.
   */
  async mayHaveBegun<S>(kind: ChainKind<S>, subjects: Iterable<string>): Promise<ReadonlySet<string>> {
    const begun = new Set<string>();
    const partitions = new Map<string | undefined, string[]>();
    for (const subject of subjects) {
      const partition = kind.listedIn?.(subject);
      const known = partitions.get(partition);
      if (known) known.push(subject);
      else partitions.set(partition, [subject]);
    }
    await inBatches([...partitions], LISTS_AT_ONCE, async ([partition, wanted]) => {
      const listed = partition === undefined ? undefined : await this.listedAmong(partition, wanted.sort());
      for (const subject of wanted) if (!listed || listed.has(subject)) begun.add(subject);
    });
    return begun;
  }

  /** What a list has between the first and the last of these, in order; undefined when that takes as many pages as there are subjects. */
  private async listedAmong(partition: string, sorted: readonly string[]): Promise<ReadonlySet<string> | undefined> {
    const listed = new Set<string>();
    let after: string | undefined;
    for (let pages = 1; pages < sorted.length; pages++) {
      const range = { from: sorted[0]!, to: sorted.at(-1)! };
      const { items, next } = await this.table.query({ pk: partition, ...range, ...(after === undefined ? {} : { after }) });
      for (const { sk } of items) listed.add(sk);
      if (next === undefined) return listed;
      after = next;
    }
    return undefined;
  }

  /** One UTC day of everything anybody did (about chains that `about` accepts), in order of time (newest first when `reverse`); `next` continues the page. */
  async feed(
    day: number,
    { about, ...page }: { after?: string; limit?: number; reverse?: boolean; about?: (chain: string) => boolean } = {},
  ): Promise<{ entries: (LedgerEntry & { hash: string })[]; next?: string }> {
    const { items, next } = await this.table.query({ pk: feedOf(day), limit: 100, ...page });
    const entries = await this.pointedAt(about ? items.filter(({ chain }) => about(String(chain))) : items);
    return { entries, ...(next === undefined ? {} : { next }) };
  }

  /**
   * The feed of a day up to a time (RFC 3339), and the last pointer that was looked at: entries that a crash never wrote are
   * passed over. `last` is undefined when there is nothing more.
   */
  async feedUntil(
    day: number,
    page: { after?: string; limit: number; until: string },
  ): Promise<{ entries: (LedgerEntry & { hash: string })[]; last?: string }> {
    const { until, ...rest } = page;
    const { items } = await this.table.query({ pk: feedOf(day), to: until, ...rest });
    const last = items.at(-1)?.sk;
    return { entries: await this.pointedAt(items), ...(last === undefined ? {} : { last }) };
  }

  /** Everything wrong with one chain; empty when it is whole. */
  async faults(chain: string): Promise<ChainFault[]> {
    return faultsOf(chain, await this.sealed(chain));
  }

  /** Names of the chains that got an entry on that UTC day. */
  async chainsOf(day: number): Promise<string[]> {
    return [...new Set((await this.pointers(day)).map(({ chain }) => chain))];
  }

  /** What the feed of a day points at, by chain and sequence: hashes, and whether the entry was there once. */
  async pointers(day: number): Promise<Pointer[]> {
    return (await this.rows(feedOf(day))).map(({ chain, sequence, hash, written }) => ({
      chain: String(chain),
      sequence: Number(sequence),
      hash: String(hash),
      written: written === true,
    }));
  }

  /** Subjects of a listing whose chain was begun: their first entry was there. */
  async begun(partition: string): Promise<string[]> {
    return (await this.rows(partition)).flatMap(({ sk, written }) => (written === true ? [sk] : []));
  }

  /** The newest entry of a chain, unread. */
  async newest(chain: string): Promise<Omit<SealedEntry, 'body'> | undefined> {
    const { items } = await this.table.query({ pk: chain, prefix: ENTRY, reverse: true, limit: 1 });
    return items[0] && { chain, sequence: sequenceOf(items[0]), hash: String(items[0].hash) };
  }

  /** That a day was closed, and the hash of its anchor, which lies elsewhere. */
  async noteAnchor(day: number, hash: string): Promise<void> {
    await this.table.put({ pk: ANCHORED, sk: dayLabel(day), hash });
  }

  async notedAnchors(): Promise<Map<number, string>> {
    return new Map((await this.rows(ANCHORED)).map(({ sk, hash }) => [Date.parse(`${sk}T00:00:00Z`), String(hash)]));
  }

  private async rows(pk: string): Promise<Item[]> {
    const rows: Item[] = [];
    let after: string | undefined;
    do {
      const page = await this.table.query({ pk, ...(after === undefined ? {} : { after }) });
      rows.push(...page.items);
      after = page.next;
    } while (after !== undefined);
    return rows;
  }

  private async pointedAt(items: readonly Item[]): Promise<(LedgerEntry & { hash: string })[]> {
    const entries: (LedgerEntry & { hash: string })[] = [];
    for (const { chain, sequence, hash } of items) {
      const row = await this.table.get(String(chain), ENTRY + sequenceLabel(Number(sequence)));
      if (!row || row.hash !== hash) continue;
      // One that cannot be read is left out here; its chain's page and `verify-ledger` name it.
      const entry = await isolated(
        async () => readEntry(sealedEntry(row)),
        () => undefined,
      );
      if (entry) entries.push({ ...entry, hash: String(row.hash) });
    }
    return entries;
  }

  private open<S>(kind: ChainKind<S>, sealed: SealedEntry): Entry<S> {
    const name = `${kind.prefix}${sealed.hash}`;
    const known = this.opened.get(name);
    // Written by this function, under the same kind.
    if (known) return known as Entry<S>;
    const entry = readEntry(sealed);
    const state = kind.state.safeParse(entry.state);
    if (!state.success) throw new UnreadableEntry(sealed.chain, sealed.sequence, refusal(state.error));
    const made = { ...entry, state: state.data, hash: sealed.hash };
    if (this.opened.size >= MOST_OPENED) this.opened.clear();
    this.opened.set(name, made);
    return made;
  }

  /** The entries of a chain as stored, oldest first. */
  async sealed(chain: string): Promise<SealedEntry[]> {
    const entries: SealedEntry[] = [];
    let after: string | undefined;
    do {
      const page = await this.table.query({ pk: chain, prefix: ENTRY, ...(after === undefined ? {} : { after }) });
      entries.push(...page.items.map(sealedEntry));
      after = page.next;
    } while (after !== undefined);
    return entries;
  }
}

const sequenceOf = (item: Item): number => Number(item.sk.slice(ENTRY.length));

const sealedEntry = (item: Item): SealedEntry => ({
  chain: item.pk,
  sequence: sequenceOf(item),
  body: String(item.body),
  hash: String(item.hash),
});

function readEntry({ chain, sequence, body }: SealedEntry): LedgerEntry {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new UnreadableEntry(chain, sequence, 'it is no JSON');
  }
  const entry = LedgerEntry.safeParse(value);
  if (!entry.success) throw new UnreadableEntry(chain, sequence, refusal(entry.error));
  return entry.data;
}

/** The field and the rule, never the value: it may be anything. */
const refusal = ({ issues }: z.ZodError): string => issues.map(({ path, code }) => `${path.join('.') || 'it'} (${code})`).join(', ');
