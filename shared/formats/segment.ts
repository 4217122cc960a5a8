import { isEvidence, STATUSES, type Status } from '../contract/event';
import type { AccountFacts, Tenancy } from '../domain/account';
import { HOUR } from '../domain/time';
import type { AccountKey, SealedId } from '../identity/ids';
import { pack, unpack } from './codec';

/**
 * A segment: the events of one (event hour, account segment) in one chunk, as columns. Written once by ingest, read by
 * the fold. Identifiers are 52-bit keyed hashes (doubles); fingerprint values are keyed 32-bit words.
 */
export const COLUMNS = {
  idHigh: Uint32Array,
  idLow: Uint32Array,
  account: Uint32Array,
  offset: Uint32Array,
  input: Uint32Array,
  output: Uint32Array,
  duration: Uint32Array,
  asn: Uint32Array,
  tools: Uint16Array,
  model: Uint16Array,
  country: Uint16Array,
  status: Uint8Array,
  channel: Uint8Array,
  task: Uint8Array,
  language: Uint8Array,
  elicits: Uint8Array,
  grading: Uint8Array,
  size: Uint8Array,
  traits: Uint8Array,
  ip: Float64Array,
  prefix: Float64Array,
  client: Float64Array,
  key: Float64Array,
  system: Float64Array,
  template: Float64Array,
  s0: Uint32Array,
  s1: Uint32Array,
  s2: Uint32Array,
  s3: Uint32Array,
  s4: Uint32Array,
  s5: Uint32Array,
  s6: Uint32Array,
  s7: Uint32Array,
} as const;
/**
 * What only some producers say: columns that a segment has only where an event of it says one of these, so that the bytes of all others
 * are what they were. 0: not given. Hashes but for `maxTokens` (plus one) and the words: shown to people and counted in no verdict.
 * `tenancy`, the last, is whose tenant the account is (a place in `tenancies`, plus one): a frame has it only where somebody is one.
 */
export const SIGNALS = {
  headerOrder: Float64Array,
  http2: Float64Array,
  session: Float64Array,
  maxTokens: Uint32Array,
  stop: Uint8Array,
  refusal: Uint8Array,
  asnClass: Uint8Array,
  tenancy: Uint32Array,
} as const;
export type SignalName = keyof typeof SIGNALS;
export type Signals = { [K in SignalName]: InstanceType<(typeof SIGNALS)[K]> };
export const SIGNAL_NAMES = Object.keys(SIGNALS) as SignalName[];
export const SHOWN_SIGNALS = SIGNAL_NAMES.filter((name) => name !== 'tenancy');
const signalsIn = ({ tenancies }: Dictionaries): readonly SignalName[] => (tenancies ? SIGNAL_NAMES : SHOWN_SIGNALS);
export type ColumnName = keyof typeof COLUMNS;
export type Columns = { [K in ColumnName]: InstanceType<(typeof COLUMNS)[K]> };
const NAMES = Object.keys(COLUMNS) as ColumnName[];
/** All that is kept of a request that an action of ours prevented: it is evidence of nothing, and counted. */
const THIN: ReadonlySet<ColumnName> = new Set(['idHigh', 'idLow', 'account', 'offset', 'status']);
export const SKETCH_COLUMNS = ['s0', 's1', 's2', 's3', 's4', 's5', 's6', 's7'] as const;

/** A label 0..1 in a byte: 0..254, and 255 for "not given". */
export const ABSENT = 255;
export const unitByte = (value: number | undefined): number => (value === undefined ? ABSENT : Math.round(value * 254));

export type FactPatch = { account: number; at: number; id: string; facts: AccountFacts };
export type Release = { model: string; at: number };

/** What is not a column: dictionaries by index (0 = not given for channel, task, language), facts, releases. */
export type Dictionaries = {
  accounts: AccountKey[];
  sealed: SealedId[];
  models: string[];
  channels: string[];
  tasks: string[];
  languages: string[];
  countries: string[];
  facts: FactPatch[];
  releases: Release[];
  /** Words of signals, where the segment has signals. */
  stops?: string[];
  refusals?: string[];
  /** Whose tenants accounts of the segment are, where one is. */
  tenancies?: Tenancy[];
};
export type Segment = { hour: number; rows: number; columns: Columns; dictionaries: Dictionaries; signals?: Signals };

const MAGIC = 0x3147534c; // "LSG1": every row has every column
const MAGIC_THIN = 0x3247534c; // "LSG2": the last `thin` rows have those of THIN alone

/** Words that a column can tell apart, with the empty one and with OTHER. */
export const MOST_WORDS = {
  models: 65_000,
  countries: 65_000,
  channels: 255,
  tasks: 255,
  languages: 255,
  stops: 255,
  refusals: 255,
} as const;
export const OTHER = 'other';

type WordsName = 'models' | 'channels' | 'tasks' | 'languages' | 'countries';
type SignalWords = 'stops' | 'refusals';
type Words = { known: Map<string, number>; last: string | undefined; place: number };
const indexOfWords = (): Words => ({ known: new Map(), last: undefined, place: 0 });

/** Grows as events come. */
export class SegmentBuilder {
  rows = 0;
  private capacity = 256;
  readonly columns: Columns = allocate(256);
  private readonly accounts = new Map<string, number>();
  /** Places of words, and the word that was asked for last: it often comes again. */
  private readonly indexes = {
    models: indexOfWords(),
    channels: indexOfWords(),
    tasks: indexOfWords(),
    languages: indexOfWords(),
    countries: indexOfWords(),
    stops: indexOfWords(),
    refusals: indexOfWords(),
  };
  private signals: Signals | undefined;
  private readonly tenancies = new Map<string, number>();
  readonly dictionaries: Dictionaries = {
    accounts: [],
    sealed: [],
    models: [],
    channels: [''],
    tasks: [''],
    languages: [''],
    countries: [''],
    facts: [],
    releases: [],
  };

  constructor(readonly hour: number) {
    for (const name of ['channels', 'tasks', 'languages', 'countries'] as const) this.indexes[name].known.set('', 0);
  }

  /** A row to fill, by index into every column. */
  row(): number {
    if (this.rows === this.capacity) {
      this.capacity *= 4;
      const larger = allocate(this.capacity);
      for (const name of NAMES) larger[name].set(this.columns[name]);
      Object.assign(this.columns, larger);
      if (this.signals) this.signals = grown(this.signals, this.capacity);
    }
    return this.rows++;
  }

  /** The columns of signals, made when the first event says one. */
  ofSignals(): Signals {
    if (this.signals) return this.signals;
    for (const name of ['stops', 'refusals'] as const) {
      this.dictionaries[name] = [''];
      this.indexes[name].known.set('', 0);
    }
    this.signals = grown(undefined, this.capacity);
    return this.signals;
  }

  account({ key, sealed }: { key: AccountKey; sealed: SealedId }): number {
    const known = this.accounts.get(key);
    if (known !== undefined) return known;
    const index = this.dictionaries.accounts.push(key) - 1;
    this.dictionaries.sealed.push(sealed);
    this.accounts.set(key, index);
    return index;
  }

  /** Place of a tenancy, plus one. */
  tenancy(given: Tenancy): number {
    const name = `${given.cloud}/${given.tenant}/${given.billingAccount}`;
    const known = this.tenancies.get(name);
    if (known !== undefined) return known;
    this.dictionaries.tenancies ??= [];
    const place = this.dictionaries.tenancies.push(given);
    this.tenancies.set(name, place);
    return place;
  }

  /** Index of a word; words beyond what the column holds share the last index under the name OTHER. */
  word(name: WordsName | SignalWords, text: string): number {
    const index = this.indexes[name];
    if (index.last === text) return index.place;
    index.place = index.known.get(text) ?? this.newWord(name, text);
    index.last = text;
    return index.place;
  }

  private newWord(name: WordsName | SignalWords, text: string): number {
    const limit = MOST_WORDS[name];
    const words = this.dictionaries[name] ?? [];
    if (words.length === limit) return limit - 1;
    if (words.length === limit - 1) {
      // The last place is for every word that has none of its own.
      this.indexes[name].known.set(OTHER, limit - 1);
      return words.push(OTHER) - 1;
    }
    const made = words.push(text) - 1;
    this.indexes[name].known.set(text, made);
    return made;
  }

  /** What was written so far, without the room to grow. */
  segment(): Segment {
    const columns: Partial<Record<ColumnName, InstanceType<(typeof COLUMNS)[ColumnName]>>> = {};
    for (const name of NAMES) columns[name] = this.columns[name].subarray(0, this.rows);
    const made = { hour: this.hour, rows: this.rows, columns: columns as Columns, dictionaries: this.dictionaries };
    return this.signals ? { ...made, signals: mapped(this.signals, (column) => column.subarray(0, this.rows)) } : made;
  }
}

/** The compressed bytes of a segment. Prevented requests stand last in it, and thin. */
export function frameOf(segment: Segment): Uint8Array {
  const { hour, rows, columns, dictionaries, signals, thin } = thinLast(segment);
  const header = Buffer.from(JSON.stringify({ hour, rows, ...(thin > 0 ? { thin } : {}), ...dictionaries }), 'utf8');
  const signalled = signals ? (rows - thin) * signalWidth(dictionaries) : 0;
  const bytes = new Uint8Array(12 + header.length + rows * WIDTH - thin * (WIDTH - WIDTH_THIN) + signalled);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, thin > 0 ? MAGIC_THIN : MAGIC, true);
  view.setUint32(4, header.length, true);
  view.setUint32(8, rows, true);
  bytes.set(header, 12);
  let at = 12 + header.length;
  for (const name of NAMES) {
    const column = columns[name];
    bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), at);
    at += column.byteLength;
  }
  for (const name of signals ? signalsIn(dictionaries) : []) {
    const column = signals![name];
    bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), at);
    at += column.byteLength;
  }
  return pack(bytes);
}

/** The rows in the order and with the columns that are kept: `thin` of them, the last, have those of THIN alone. */
function thinLast(segment: Segment): Segment & { thin: number } {
  const { rows, columns } = segment;
  const order = new Uint32Array(rows);
  let full = 0;
  for (let row = 0; row < rows; row++) if (!isPrevented(columns.status[row]!)) order[full++] = row;
  if (full === rows) return { ...segment, thin: 0 };
  let next = full;
  for (let row = 0; row < rows; row++) if (isPrevented(columns.status[row]!)) order[next++] = row;
  const kept: Partial<Record<ColumnName, InstanceType<(typeof COLUMNS)[ColumnName]>>> = {};
  for (const name of NAMES) {
    const column = new COLUMNS[name](THIN.has(name) ? rows : full);
    for (let at = 0; at < column.length; at++) column[at] = columns[name][order[at]!]!;
    kept[name] = column;
  }
  // What was prevented has no signals.
  const { signals } = segment;
  if (!signals) return { ...segment, columns: kept as Columns, thin: rows - full };
  const ofFull = mapped(signals, (column, name) => {
    const made = new SIGNALS[name](full);
    for (let at = 0; at < full; at++) made[at] = column[order[at]!]!;
    return made;
  });
  return { ...segment, columns: kept as Columns, signals: ofFull, thin: rows - full };
}

/** Reads a frame. Throws on damage: a wrong magic, a length that does not add up. */
export function readSegment(frame: Uint8Array): Segment {
  const bytes = unpack(frame);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint32(0, true);
  if (magic !== MAGIC && magic !== MAGIC_THIN) throw new Error('archive segment: wrong magic');
  const headerLength = view.getUint32(4, true);
  const rows = view.getUint32(8, true);
  const {
    hour,
    rows: said,
    thin = 0,
    ...dictionaries
  }: { hour: number; rows: number; thin?: number } & Dictionaries = JSON.parse(
    Buffer.from(bytes.subarray(12, 12 + headerLength)).toString('utf8'),
  );
  if (said !== rows) throw new Error(`archive segment: ${said} rows announced, ${rows} written`);
  const columns = allocate(rows);
  let at = 12 + headerLength;
  for (const name of NAMES) {
    const { buffer, byteOffset, byteLength } = columns[name];
    const length = THIN.has(name) ? byteLength : byteLength - thin * COLUMNS[name].BYTES_PER_ELEMENT;
    new Uint8Array(buffer, byteOffset, length).set(bytes.subarray(at, at + length));
    at += length;
  }
  if (thin > 0) notGiven(columns, dictionaries, rows - thin);
  // Written before there were signals, or without any.
  if (at === bytes.length) return { hour, rows, columns, dictionaries };
  if (at + (rows - thin) * signalWidth(dictionaries) !== bytes.length) throw new Error('archive segment: length does not add up');
  const signals = grown(undefined, rows);
  for (const name of signalsIn(dictionaries)) {
    const { buffer, byteOffset } = signals[name];
    const length = (rows - thin) * SIGNALS[name].BYTES_PER_ELEMENT;
    new Uint8Array(buffer, byteOffset, length).set(bytes.subarray(at, at + length));
    at += length;
  }
  return { hour, rows, columns, dictionaries, signals };
}

/** What thin rows, which begin at `from`, do not say: where 0 says something, the sign for "not given". */
function notGiven(columns: Columns, { models }: Dictionaries, from: number): void {
  const known = models.indexOf('');
  columns.model.fill(known < 0 ? models.push('') - 1 : known, from);
  for (const name of ['elicits', 'grading', 'size'] as const) columns[name].fill(ABSENT, from);
}

/** By its place in STATUSES: our own action limited or blocked it. */
const isPrevented = (status: number): boolean => !isEvidence(statusOf(status));
export const statusOf = (byte: number): Status => STATUSES[byte] ?? 'error';
/** Whose tenant the account of an event is, as the event says. */
export const tenancyAt = ({ signals, dictionaries }: Pick<Segment, 'signals' | 'dictionaries'>, row: number): Tenancy | undefined =>
  signals && signals.tenancy[row] !== 0 ? dictionaries.tenancies?.[signals.tenancy[row]! - 1] : undefined;
export const timeOf = (segment: Segment, row: number): number => segment.hour + Math.min(HOUR - 1, segment.columns.offset[row]!);

/** Widest first: in one piece of memory each column then begins where its numbers may. */
const BY_WIDTH = [...NAMES].sort((a, b) => COLUMNS[b].BYTES_PER_ELEMENT - COLUMNS[a].BYTES_PER_ELEMENT);
const widthOf = (names: Iterable<ColumnName>): number => [...names].reduce((sum, name) => sum + COLUMNS[name].BYTES_PER_ELEMENT, 0);
const WIDTH = widthOf(NAMES);
const WIDTH_THIN = widthOf(THIN);

const signalWidth = (dictionaries: Dictionaries): number =>
  signalsIn(dictionaries).reduce((sum, name) => sum + SIGNALS[name].BYTES_PER_ELEMENT, 0);

type Column = Signals[SignalName];
const mapped = (signals: Signals, change: (column: Column, name: SignalName) => Column): Signals =>
  Object.fromEntries(SIGNAL_NAMES.map((name) => [name, change(signals[name], name)])) as Signals;

/** Signals of `rows` rows, those of before copied. */
function grown(before: Signals | undefined, rows: number): Signals {
  const made = Object.fromEntries(SIGNAL_NAMES.map((name) => [name, new SIGNALS[name](rows)])) as Signals;
  if (before) for (const name of SIGNAL_NAMES) made[name].set(before[name]);
  return made;
}

/** Columns of zeros in one piece of memory. */
function allocate(rows: number): Columns {
  const memory = new ArrayBuffer(rows * WIDTH);
  const made: Partial<Record<ColumnName, InstanceType<(typeof COLUMNS)[ColumnName]>>> = {};
  let at = 0;
  for (const name of BY_WIDTH) {
    made[name] = new COLUMNS[name](memory, at, rows);
    at += rows * COLUMNS[name].BYTES_PER_ELEMENT;
  }
  return made as Columns;
}
