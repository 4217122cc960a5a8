import { z } from 'zod';
import { ASN_CLASSES, STATUSES } from '../contract/event';
import { iso } from '../domain/time';
import { hash64 } from '../identity/ids';
import type { Place } from './distinct-events';
import { ABSENT, SHOWN_SIGNALS, statusOf, timeOf } from './segment';

const Word = z.string().nullable();
const Hash = z.string().nullable().describe('Keyed hash; null where it was not given.');

/** What the archive holds of one request: figures and keyed hashes, no content. */
export const ShownEvent = z.object({
  id: z.string().describe('Keyed hash of source and id.'),
  at: z.string(),
  model: z.string().describe('Empty for a request that an action of ours prevented: id, time and status are all that is kept of it.'),
  status: z.enum(STATUSES),
  inputTokens: z.int(),
  outputTokens: z.int(),
  durationMs: z.int(),
  channel: Word,
  task: Word,
  language: Word,
  tools: z.int(),
  elicitsReasoning: z.number().nullable(),
  grading: z.number().nullable(),
  address: Hash,
  prefix: Hash,
  client: Hash,
  apiKey: Hash,
  systemPrompt: Hash,
  promptTemplate: Hash,
  signals: z
    .object({
      headerOrder: Hash,
      http2: Hash,
      session: Hash,
      maxTokens: z.int().nullable(),
      stopReason: Word,
      refusalCategory: Word,
      asnClass: z.enum(ASN_CLASSES).nullable(),
    })
    .optional()
    .describe('What the producer says besides: shown, and counted in no verdict. Absent where it says none of it.'),
});
export type ShownEvent = z.infer<typeof ShownEvent>;

const hex = (value: number | undefined, digits: number): string => (value ?? 0).toString(16).padStart(digits, '0');
export const eventId = ({ segment, row }: Place): string => hex(segment.columns.idHigh[row], 8) + hex(segment.columns.idLow[row], 8);
/** 0 stands for what was not given. */
const hashOf = (value: number | undefined): string | null => (value ? hash64(hex(value, 13)) : null);
const unitOf = (byte: number | undefined): number | null =>
  byte === undefined || byte === ABSENT ? null : Math.round((byte / 254) * 100) / 100;

export function shownEvent(place: Place): ShownEvent {
  const { segment, row } = place;
  const { columns: c, dictionaries: d } = segment;
  const word = (words: readonly string[], index: number | undefined): string | null => words[index ?? 0] || null;
  return {
    id: eventId(place),
    at: iso(timeOf(segment, row)),
    model: d.models[c.model[row] ?? 0] ?? '',
    status: statusOf(c.status[row] ?? 0),
    inputTokens: c.input[row] ?? 0,
    outputTokens: c.output[row] ?? 0,
    durationMs: c.duration[row] ?? 0,
    channel: word(d.channels, c.channel[row]),
    task: word(d.tasks, c.task[row]),
    language: word(d.languages, c.language[row]),
    tools: c.tools[row] ?? 0,
    elicitsReasoning: unitOf(c.elicits[row]),
    grading: unitOf(c.grading[row]),
    address: hashOf(c.ip[row]),
    prefix: hashOf(c.prefix[row]),
    client: hashOf(c.client[row]),
    apiKey: hashOf(c.key[row]),
    systemPrompt: hashOf(c.system[row]),
    promptTemplate: hashOf(c.template[row]),
    ...signalsOf(place),
  };
}

function signalsOf({ segment: { signals, dictionaries: d }, row }: Place): Pick<ShownEvent, 'signals'> {
  if (!signals || SHOWN_SIGNALS.every((name) => signals[name][row] === 0)) return {};
  const maxTokens = signals.maxTokens[row] ?? 0;
  return {
    signals: {
      headerOrder: hashOf(signals.headerOrder[row]),
      http2: hashOf(signals.http2[row]),
      session: hashOf(signals.session[row]),
      maxTokens: maxTokens === 0 ? null : maxTokens - 1,
      stopReason: d.stops?.[signals.stop[row] ?? 0] || null,
      refusalCategory: d.refusals?.[signals.refusal[row] ?? 0] || null,
      asnClass: ASN_CLASSES[(signals.asnClass[row] ?? 0) - 1] ?? null,
    },
  };
}
