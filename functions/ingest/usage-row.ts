import type { UsageEvent } from '../../shared/contract/event';
import { ASN_CLASSES, LARGEST_COUNT, STATUSES } from '../../shared/contract/event';
import { fingerprintPrompt, type PromptFingerprint, readFingerprint } from '../../shared/contract/prompt-fingerprint';
import type { Tenancy } from '../../shared/domain/account';
import { ABSENT, type SegmentBuilder, unitByte } from '../../shared/formats/segment';
import { clientOf, tenancyOf } from '../../shared/identity/account-facts';
import type { AccountHash, KeyedHasher } from '../../shared/identity/keyed-hash';

/** A usage event as it goes into a segment: identifiers hashed, the prompt fingerprinted, both dropped. 0 and '' stand for "not given". */
export type UsageRow = {
  /** When it was served, ms. */
  at: number;
  idHigh: number;
  idLow: number;
  account: AccountHash;
  input: number;
  output: number;
  duration: number;
  /** Place in STATUSES. */
  status: number;
  tools: number;
  asn: number;
  model: string;
  channel: string;
  country: string;
  task: string;
  language: string;
  /** Hashes. */
  key: number;
  ip: number;
  prefix: number;
  client: number;
  /** Bytes, `ABSENT` for "not given". */
  elicits: number;
  grading: number;
  print: PromptFingerprint | undefined;
  signals: SignalRow | undefined;
  /** Whose tenant the account is. */
  tenancy: Tenancy | undefined;
};

/** What is shown to people and counted in no verdict; undefined where an event says none of it. */
export type SignalRow = {
  /** Hashes. */
  headerOrder: number;
  http2: number;
  session: number;
  /** Plus one; 0: not given. */
  maxTokens: number;
  stop: string;
  refusal: string;
  /** Place in ASN_CLASSES, plus one. */
  asnClass: number;
};

/** A row in which nothing is given. */
export const emptyRow = (account: AccountHash): UsageRow => ({
  at: 0,
  idHigh: 0,
  idLow: 0,
  account,
  input: 0,
  output: 0,
  duration: 0,
  status: 0,
  tools: 0,
  asn: 0,
  model: '',
  channel: '',
  country: '',
  task: '',
  language: '',
  key: 0,
  ip: 0,
  prefix: 0,
  client: 0,
  elicits: ABSENT,
  grading: ABSENT,
  print: undefined,
  signals: undefined,
  tenancy: undefined,
});

/** The row of a parsed event that was served at `at` (ms). */
export function rowOf({ source, id, subject, data }: UsageEvent, at: number, hasher: KeyedHasher): UsageRow {
  const row = emptyRow(hasher.account(subject));
  const [idHigh, idLow] = hasher.identity(source, id);
  const { network, client, labels, prompt } = data;
  Object.assign(row, { at, idHigh, idLow, status: STATUSES.indexOf(data.status), model: data.model });
  Object.assign(row, { input: data.inputTokens, output: data.outputTokens, duration: data.durationMs ?? 0, tools: data.tools ?? 0 });
  row.channel = data.channel ?? '';
  if (data.apiKey !== undefined) row.key = hasher.object('api-key', data.apiKey);
  if (network) {
    row.asn = network.asn ?? 0;
    row.country = network.country ?? '';
    if (network.ip !== undefined) Object.assign(row, hasher.address(network.ip));
  }
  if (client && (client.fingerprint !== undefined || client.userAgent !== undefined)) row.client = clientOf(hasher, client);
  row.task = labels?.task ?? '';
  row.language = labels?.language ?? '';
  row.elicits = unitByte(labels?.elicitsReasoning);
  row.grading = unitByte(labels?.grading);
  if (prompt) row.print = prompt.fingerprint === undefined ? fingerprintPrompt(prompt) : readFingerprint(prompt.fingerprint);
  row.signals = signalsOf(data, hasher);
  if (data.cloud !== undefined || data.tenant || data.billingAccount) row.tenancy = tenancyOf(data, hasher);
  return row;
}

function signalsOf({ client, network, maxTokens, stopReason, refusalCategory, session }: UsageEvent['data'], hasher: KeyedHasher) {
  const { headerOrder, http2 } = client ?? {};
  const asnClass = network?.asnClass;
  const words = headerOrder || http2 || asnClass || stopReason || refusalCategory || session;
  if (!words && maxTokens === undefined) return undefined;
  return {
    headerOrder: headerOrder ? hasher.object('header-order', headerOrder) : 0,
    http2: http2 ? hasher.object('http2', http2) : 0,
    // Each conversation has its own: nothing is gained by remembering it.
    session: session ? hasher.fresh('session', session) : 0,
    maxTokens: maxTokens === undefined ? 0 : Math.min(LARGEST_COUNT, maxTokens + 1),
    stop: stopReason ?? '',
    refusal: refusalCategory ?? '',
    asnClass: asnClass === undefined ? 0 : ASN_CLASSES.indexOf(asnClass) + 1,
  };
}

/**
 * Writes a request that an action of ours prevented: which, whose, when, and what became of it. Nothing else of it is hashed or
 * fingerprinted, for it is evidence of nothing.
 */
export function writePrevented(
  segment: SegmentBuilder,
  { source, id, subject, data }: Pick<UsageEvent, 'source' | 'id' | 'subject'> & { data: Pick<UsageEvent['data'], 'status'> },
  at: number,
  hasher: KeyedHasher,
): void {
  const { columns } = segment;
  const row = segment.row();
  [columns.idHigh[row], columns.idLow[row]] = hasher.identity(source, id);
  columns.account[row] = segment.account(hasher.account(subject));
  columns.offset[row] = at - segment.hour;
  columns.status[row] = STATUSES.indexOf(data.status);
}

/** Writes a row into a segment; what the prompt says is keyed here. */
export function writeRow(segment: SegmentBuilder, from: UsageRow, hasher: KeyedHasher): void {
  const { columns } = segment;
  const row = segment.row();
  columns.idHigh[row] = from.idHigh;
  columns.idLow[row] = from.idLow;
  columns.account[row] = segment.account(from.account);
  columns.offset[row] = from.at - segment.hour;
  columns.input[row] = from.input;
  columns.output[row] = from.output;
  columns.duration[row] = from.duration;
  columns.status[row] = from.status;
  columns.model[row] = segment.word('models', from.model);
  columns.channel[row] = segment.word('channels', from.channel);
  columns.country[row] = segment.word('countries', from.country);
  columns.task[row] = segment.word('tasks', from.task);
  columns.language[row] = segment.word('languages', from.language);
  columns.key[row] = from.key;
  columns.tools[row] = Math.min(65_535, from.tools);
  columns.asn[row] = from.asn;
  columns.ip[row] = from.ip;
  columns.prefix[row] = from.prefix;
  columns.client[row] = from.client;
  columns.elicits[row] = from.elicits;
  columns.grading[row] = from.grading;
  if (from.print) writePrompt(segment, row, from.print, hasher);
  else columns.size[row] = ABSENT;
  if (from.signals) writeSignals(segment, row, from.signals);
  if (from.tenancy) segment.ofSignals().tenancy[row] = segment.tenancy(from.tenancy);
}

function writeSignals(segment: SegmentBuilder, row: number, { stop, refusal, ...numbers }: SignalRow): void {
  const signals = segment.ofSignals();
  for (const [name, value] of Object.entries(numbers)) signals[name as keyof typeof numbers][row] = value;
  signals.stop[row] = segment.word('stops', stop);
  signals.refusal[row] = segment.word('refusals', refusal);
}

function writePrompt({ columns }: SegmentBuilder, row: number, print: PromptFingerprint, hasher: KeyedHasher): void {
  columns.size[row] = print.length;
  columns.traits[row] = print.traits;
  columns.system[row] = hasher.words(print.system[0], print.system[1]);
  columns.template[row] = hasher.words(print.template[0], print.template[1]);
  const { sketch } = print;
  columns.s0[row] = hasher.word(sketch[0]!);
  columns.s1[row] = hasher.word(sketch[1]!);
  columns.s2[row] = hasher.word(sketch[2]!);
  columns.s3[row] = hasher.word(sketch[3]!);
  columns.s4[row] = hasher.word(sketch[4]!);
  columns.s5[row] = hasher.word(sketch[5]!);
  columns.s6[row] = hasher.word(sketch[6]!);
  columns.s7[row] = hasher.word(sketch[7]!);
}
