import { TRAIT } from '../../shared/contract/prompt-fingerprint';
import { HOUR, MINUTE } from '../../shared/domain/time';
import type { Place } from '../../shared/formats/distinct-events';
import { CONTENT_BUCKETS, type Features, SHAPE_BUCKETS, SUM } from '../../shared/formats/features';
import { ABSENT, type Segment, SKETCH_COLUMNS } from '../../shared/formats/segment';

/** Places in STATUSES (shared/contract/event.ts): limited and blocked are effects of our own action. */
const LIMITED = 3;
const HIGH = 127;

const byTime = (a: Place, b: Place): number =>
  a.segment.columns.offset[a.row]! - b.segment.columns.offset[b.row]! ||
  a.segment.columns.idHigh[a.row]! - b.segment.columns.idHigh[b.row]! ||
  a.segment.columns.idLow[a.row]! - b.segment.columns.idLow[b.row]!;

/** clz32 counts in 32 bits, where 2³² − 1 and one more is 0: the largest number an event may hold is in the last bucket all the same. */
const bucket = (tokens: number): number => Math.min(SHAPE_BUCKETS - 1, 31 - Math.clz32(Math.min(tokens, 2 ** 31) + 1));

/**
 * Aggregates the distinct events of one account in one hour into `features` (cleared first). A pure function of the set
 * of events: they are put in (time, id) order before anything that depends on neighbours is computed.
 */
export function aggregateHour(features: Features, hour: number, events: Place[]): void {
  features.clear();
  if (events.length > 1) events.sort(byTime);
  const cell = {
    hour: hour / HOUR,
    exchanges: 0,
    prevented: 0,
    first: -1,
    last: -1,
    gaps: 0,
    gapSum: 0,
    gapSquares: 0,
    minutesLow: 0,
    minutesHigh: 0,
  };
  for (const { segment, row } of events) {
    const { columns } = segment;
    const status = columns.status[row]!;
    features.sums[SUM.ok + status]!++;
    if (status >= LIMITED) {
      cell.prevented++;
      continue;
    }
    const offset = columns.offset[row]!;
    cell.exchanges++;
    if (cell.first < 0) cell.first = offset;
    else {
      const gap = Math.round((offset - cell.last) / 1000);
      cell.gaps++;
      cell.gapSum += gap;
      cell.gapSquares += gap * gap;
    }
    cell.last = offset;
    const minute = Math.min(59, Math.floor(offset / MINUTE));
    if (minute < 30) cell.minutesLow |= 1 << minute;
    else cell.minutesHigh |= 1 << (minute - 30);
    addExchange(features, segment, row);
  }
  features.cells.push(cell);
  if (features.samples.keys.keys.length > 1) addKeyUses(features, events);
}

/** Which key with which client: with one key its clients say it. */
function addKeyUses({ uses }: Features, events: readonly Place[]): void {
  for (const { segment, row } of events) {
    const { status, key, client } = segment.columns;
    if (status[row]! < LIMITED) uses.add(key[row]!, client[row]!, 1);
  }
}

function addExchange(features: Features, segment: Segment, row: number): void {
  const { columns, dictionaries } = segment;
  const { sums, samples } = features;
  const input = columns.input[row]!;
  const output = columns.output[row]!;
  sums[SUM.input]! += input;
  sums[SUM.output]! += output;
  sums[SUM.duration]! += columns.duration[row]!;
  sums[SUM.inputShape + bucket(input)]!++;
  sums[SUM.outputShape + bucket(output)]!++;
  if (columns.tools[row]! > 0) sums[SUM.tools]!++;
  features.word('models', dictionaries.models[columns.model[row]!] ?? '', 1);
  if (columns.channel[row]! > 0) features.word('channels', dictionaries.channels[columns.channel[row]!] ?? '', 1);
  if (columns.task[row]! > 0) features.word('tasks', dictionaries.tasks[columns.task[row]!] ?? '', 1);
  if (columns.language[row]! > 0) features.word('languages', dictionaries.languages[columns.language[row]!] ?? '', 1);
  if (columns.country[row]! > 0) features.word('countries', dictionaries.countries[columns.country[row]!] ?? '', 1);
  samples.ips.add(columns.ip[row]!, 1);
  samples.prefixes.add(columns.prefix[row]!, 1);
  samples.asns.add(columns.asn[row]!, 1);
  samples.clients.add(columns.client[row]!, 1);
  samples.keys.add(columns.key[row]!, 1);
  const elicits = columns.elicits[row]!;
  if (elicits !== ABSENT) {
    sums[SUM.elicitsLabels]!++;
    sums[SUM.elicitsSum]! += elicits;
    if (elicits >= HIGH) sums[SUM.elicitsHigh]!++;
  }
  const grading = columns.grading[row]!;
  if (grading !== ABSENT) {
    sums[SUM.gradingLabels]!++;
    sums[SUM.gradingSum]! += grading;
    if (grading >= HIGH) sums[SUM.gradingHigh]!++;
  }
  if (columns.size[row]! !== ABSENT) addPrompt(features, segment, row);
}

function addPrompt(features: Features, segment: Segment, row: number): void {
  const { columns } = segment;
  const { sums, samples } = features;
  sums[SUM.prompts]!++;
  const traits = columns.traits[row]!;
  if (traits & TRAIT.elicitsReasoning) sums[SUM.elicitsTrait]!++;
  if (traits & TRAIT.grading) sums[SUM.gradingTrait]!++;
  if (traits & TRAIT.code) sums[SUM.codeTrait]!++;
  samples.systems.add(columns.system[row]!, 1);
  samples.templates.add(columns.template[row]!, 1);
  for (const name of SKETCH_COLUMNS) {
    const value = columns[name][row]!;
    if (value === 0) continue;
    samples.phrases.add(value, 1);
    sums[SUM.content + (value % CONTENT_BUCKETS)]!++;
  }
}
