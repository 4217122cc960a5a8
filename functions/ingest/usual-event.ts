import type { z } from 'zod';
import { STATUSES, type UsageEvent } from '../../shared/model/event';
import { usualInstant } from '../../shared/model/instant';

/** A usage event as producers send it: without `status` it is `ok`. */
export type SentUsage = z.input<typeof UsageEvent>;

/** The fields of a value that nobody has looked at yet. */
type Unread<T> = { readonly [K in keyof T]?: unknown };
type Data = SentUsage['data'];
type Part<K extends keyof Data> = Unread<NonNullable<Data[K]>>;

const KNOWN = new Set<unknown>(STATUSES);

/**
 * Whether a value is a usage event, found in a quarter of the time that the schema takes. The schema (shared/model/event.ts)
 * is the definition: whatever is true here it takes as it stands, and a property test says so. False says nothing: an event
 * with scores, or with a time in another form than UTC with milliseconds, is unusual, and the schema is asked.
 */
export function isUsual(value: Unread<SentUsage>): value is SentUsage {
  return (
    value.specversion === '1.0' &&
    value.type === 'lockstep.usage.v1' &&
    isText(value.source, 1, 512) &&
    isText(value.id, 1, 512) &&
    isText(value.subject, 1, 512) &&
    typeof value.time === 'string' &&
    usualInstant(value.time) !== undefined &&
    isObject(value.data) &&
    isUsualData(value.data)
  );
}

function isUsualData(data: Unread<Data>): boolean {
  return (
    isText(data.model, 1, 128) &&
    isCount(data.inputTokens) &&
    isCount(data.outputTokens) &&
    (data.status === undefined || KNOWN.has(data.status)) &&
    (data.durationMs === undefined || isCount(data.durationMs)) &&
    (data.tools === undefined || isCount(data.tools)) &&
    mayBeText(data.apiKey, 0, 512) &&
    mayBeText(data.channel, 1, 128) &&
    (data.network === undefined || (isObject(data.network) && isNetwork(data.network))) &&
    (data.client === undefined || (isObject(data.client) && isClient(data.client))) &&
    (data.prompt === undefined || (isObject(data.prompt) && isPrompt(data.prompt))) &&
    (data.labels === undefined || (isObject(data.labels) && areLabels(data.labels)))
  );
}

const isNetwork = ({ ip, asn, country }: Part<'network'>): boolean =>
  mayBeText(ip, 0, 64) && (asn === undefined || isCount(asn)) && mayBeText(country, 0, 2);

const isClient = ({ userAgent, fingerprint }: Part<'client'>): boolean => mayBeText(userAgent, 0, 1024) && mayBeText(fingerprint, 0, 512);

const isPrompt = ({ system, text, fingerprint }: Part<'prompt'>): boolean =>
  mayBeText(system, 0, 1_048_576) && mayBeText(text, 0, 1_048_576) && mayBeText(fingerprint, 0, 128);

const areLabels = ({ task, language, elicitsReasoning, grading, scores }: Part<'labels'>): boolean =>
  mayBeText(task, 1, 128) &&
  mayBeText(language, 1, 128) &&
  (elicitsReasoning === undefined || isShare(elicitsReasoning)) &&
  (grading === undefined || isShare(grading)) &&
  scores === undefined;

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown, least: number, most: number): boolean =>
  typeof value === 'string' && value.length >= least && value.length <= most;
const mayBeText = (value: unknown, least: number, most: number): boolean => value === undefined || isText(value, least, most);
const isCount = (value: unknown): boolean => typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 4_294_967_295;
const isShare = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value <= 1;
