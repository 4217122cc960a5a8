import { createHash } from 'node:crypto';
import { firstAddress } from '../../../shared/contract/network-address';
import type { TenancyPaths } from '../../../shared/contract/producer-settings';
import type { Rejection } from '../rejection';
import type { JsonObject } from './producer';

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);
export const objectAt = (value: unknown, path: string): JsonObject => {
  const found = at(value, path);
  return isObject(found) ? found : {};
};
export const listAt = (value: unknown, path: string): readonly unknown[] => {
  const found = at(value, path);
  return Array.isArray(found) ? found : [];
};

/** The value at a path of names with points between them. A name that holds points itself is found as well: the longest one first. */
export function at(value: unknown, path: string): unknown {
  if (Array.isArray(value) && /^\d+$/.test(path)) return value[Number(path)];
  if (!isObject(value)) return Array.isArray(value) ? inList(value, path) : undefined;
  if (Object.hasOwn(value, path)) return value[path];
  for (let point = path.lastIndexOf('.'); point > 0; point = path.lastIndexOf('.', point - 1)) {
    const name = path.slice(0, point);
    if (!Object.hasOwn(value, name)) continue;
    const found = at(value[name], path.slice(point + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}

function inList(list: readonly unknown[], path: string): unknown {
  const [index = '', ...rest] = path.split('.');
  return /^\d+$/.test(index) ? at(list[Number(index)], rest.join('.')) : undefined;
}

/** What software writes where it has nothing to say. */
const NOTHING = new Set(['', '-', 'null', 'none', 'undefined', 'nil', '<nil>', 'unknown', 'anonymous', 'n/a']);

/** Text, or a number as text; `undefined` for anything else and for what stands for nothing. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return NOTHING.has(text.toLowerCase()) ? undefined : text;
}

const LARGEST_COUNT = 4_294_967_295;

/** A whole number of 0 or more, also as decimal text; `undefined` when there is none. */
export function countOf(value: unknown): number | undefined {
  const number =
    typeof value === 'number' ? value : typeof value === 'string' && /^\d+(\.0*)?$/.test(value.trim()) ? Number(value) : Number.NaN;
  return Number.isFinite(number) && number >= 0 ? Math.min(LARGEST_COUNT, Math.round(number)) : undefined;
}

/** Milliseconds that a number, or decimal text, says. */
export function millisecondsOf(value: unknown): number | undefined {
  const number =
    typeof value === 'number' ? value : typeof value === 'string' && /^\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : Number.NaN;
  return Number.isFinite(number) && number >= 0 ? Math.min(LARGEST_COUNT, Math.round(number)) : undefined;
}

/** By size: seconds until the year 5138, then milliseconds, microseconds, nanoseconds. */
const UNITS = [
  { below: 1e11, factor: 1_000 },
  { below: 1e14, factor: 1 },
  { below: 1e17, factor: 1e-3 },
  { below: Number.POSITIVE_INFINITY, factor: 1e-6 },
] as const;
/** 28/Nov/2026:21:25:20 +0000, as web servers write it. */
const COMMON_LOG = /^\[?(\d\d)\/([A-Z][a-z][a-z])\/(\d{4}):(\d\d:\d\d:\d\d) ([+-]\d{4})\]?$/;
/** Sat, 28 Nov 2026 21:25:20 GMT, as HTTP writes it (RFC 9110). */
const HTTP_DATE = /^(?:[A-Z][a-z]{2}, )?(\d\d? [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d) (GMT|UTC|Z|[+-]\d{4})$/;
/** 20261128T212520Z, as AWS signs it (ISO 8601, basic). */
const BASIC = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(?:\.\d+)?Z$/;
/** The furthest that a Date reaches, ms. */
const FURTHEST = 8_640_000_000_000_000;

/** An instant in ms, of seconds, milliseconds, microseconds or nanoseconds since 1970 (number or text), or of text that says a date; without a zone it is UTC. */
export function instantOf(value: unknown): number | undefined {
  const text = typeof value === 'string' ? value.trim() : undefined;
  const number =
    typeof value === 'number' ? value : text !== undefined && /^\d+(\.\d+)?(e\+?\d{1,2})?$/i.test(text) ? Number(text) : undefined;
  if (number !== undefined) {
    if (!Number.isFinite(number) || number <= 0) return undefined;
    const { factor } = UNITS.find(({ below }) => number < below) ?? UNITS[0];
    return inReach(Math.floor(number * factor));
  }
  if (text === undefined || text === '') return undefined;
  const common = COMMON_LOG.exec(text);
  if (common) return inReach(Date.parse(`${common[1]} ${common[2]} ${common[3]} ${common[4]} ${common[5]}`));
  const http = HTTP_DATE.exec(text);
  if (http) return inReach(Date.parse(`${http[1]} ${http[2]}`));
  const basic = BASIC.exec(text);
  if (basic) return inReach(Date.parse(`${basic[1]}-${basic[2]}-${basic[3]}T${basic[4]}:${basic[5]}:${basic[6]}Z`));
  const date = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d+))?\s*(Z|z|UTC|[+-]\d\d(?::?\d\d)?)?$/.exec(text);
  if (!date) return undefined;
  const [, day, time, fraction = '', zone = 'Z'] = date;
  const offset = /^[zZ]$|^UTC$/.test(zone) ? 'Z' : zone.length === 6 ? zone : `${zone.slice(0, 3)}:${zone.slice(3) || '00'}`;
  return inReach(Date.parse(`${day}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}${offset}`.replace(/T(\d\d:\d\d)\./, 'T$1:00.')));
}

const inReach = (ms: number): number | undefined => (Number.isFinite(ms) && Math.abs(ms) <= FURTHEST ? ms : undefined);

/** The first address of a list, without its port; `undefined` when there is none. */
export function addressOf(value: unknown): string | undefined {
  const text = textOf(Array.isArray(value) ? value.join(',') : value);
  return text === undefined ? undefined : firstAddress(text);
}

/**
 * What a gateway writes in place of a prompt. Taken as text it would join everybody behind that gateway.
 * BerriAI/litellm: `redact_messages.py` (redacted-by-litellm), `default-message-value`.
 */
const PLACEHOLDERS = [
  /^redacted(-|_|\s)?(by|from)?(-|_|\s)?(litellm)?(\.)?$/i,
  /^default-message-value$/i,
  /^[[(<{]+\s*(redacted|removed|hidden|masked|filtered|truncated|omitted|content[ _-]?(redacted|removed|omitted))\b[^\])>}]*[\])>}]+$/i,
  /^\[?base64_data truncated\b.*$/i,
  /^(redacted|removed|masked|filtered|scrubbed|\*{3,}|x{3,})$/i,
];
export const isPlaceholder = (text: string): boolean => text.length < 200 && PLACEHOLDERS.some((pattern) => pattern.test(text.trim()));

export type Prompt = { system?: string; text?: string };

/** The prompt of a conversation: every system message, and the last message of the user that says something. */
export function promptOf(messages: unknown, system?: unknown): Prompt | undefined {
  const list = Array.isArray(messages) ? messages : typeof messages === 'string' ? [{ role: 'user', content: messages }] : [messages];
  const first: string[] = [];
  const given = contentOf(system);
  if (given !== undefined) first.push(given);
  let text: string | undefined;
  for (const message of list) {
    if (typeof message === 'string') text = contentOf(message) ?? text;
    if (!isObject(message)) continue;
    const content = contentOf(message.content ?? message.parts ?? message.text);
    if (content === undefined) continue;
    const role = typeof message.role === 'string' ? message.role.toLowerCase() : undefined;
    if (role === 'system' || role === 'developer') first.push(content);
    else if (role === 'user' || role === 'human') text = content;
  }
  return promptFrom(first.length === 0 ? undefined : first.join('\n'), text);
}

export function promptFrom(system: string | undefined, text: string | undefined): Prompt | undefined {
  if (system === undefined && text === undefined) return undefined;
  return { ...(system === undefined ? {} : { system }), ...(text === undefined ? {} : { text }) };
}

/** The text of a message: text, or the text of its parts. Images, files and results of tools are left out. */
export function contentOf(content: unknown): string | undefined {
  const parts = Array.isArray(content) ? content : [content];
  const texts: string[] = [];
  for (const part of parts) {
    const text = typeof part === 'string' ? part : isObject(part) && isText(part) ? (part.text ?? part.content) : undefined;
    if (typeof text === 'string' && text.trim() !== '' && !isPlaceholder(text)) texts.push(text);
  }
  return texts.length === 0 ? undefined : texts.join('\n');
}

const isText = (part: JsonObject): boolean => part.type === undefined || part.type === 'text' || part.type === 'input_text';

/** JSON that stands as text inside JSON; anything else as it is. */
export function parsedText(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** An id for a record that has none: the same record is the same event, whatever it is packed in. */
export const digestOf = (record: unknown): string => createHash('sha256').update(JSON.stringify(record)).digest('hex').slice(0, 32);

/** What the event says when it says something: an object without what is undefined, or undefined. */
export function given<T extends object>(fields: T): T | undefined {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return entries.length === 0 ? undefined : (Object.fromEntries(entries) as T);
}

/** Whose tenant the account is, where the settings name a place for it. */
export const tenancyIn = ({ cloud, tenant, billingAccount }: TenancyPaths, read: (path: string) => unknown): TenancyFields => {
  const told = (path: string | undefined): string | undefined => (path === undefined ? undefined : textOf(read(path)));
  return { cloud: told(cloud), tenant: told(tenant), billingAccount: told(billingAccount) };
};

type TenancyFields = { cloud?: string; tenant?: string; billingAccount?: string };
export type UsageFields = TenancyFields & {
  source: string;
  id: string;
  at: number;
  account: string;
  model: string | undefined;
  inputTokens: number | undefined;
  outputTokens: number | undefined;
  status: 'ok' | 'error' | 'refused';
  durationMs?: number;
  apiKey?: string;
  network?: { ip?: string; asn?: number; country?: string; asnClass?: string };
  client?: { userAgent?: string; fingerprint?: string; headerOrder?: string; http2?: string };
  prompt?: Prompt | { fingerprint: string };
  tools?: number;
  channel?: string;
  maxTokens?: number;
  stopReason?: string;
  session?: string;
};

/** A usage event of the contract. A request that failed has no tokens, and its model may be unknown. */
export function usageEvent({ source, id, at, account, model, inputTokens, outputTokens, ...data }: UsageFields): unknown {
  const name = model ?? (data.status === 'ok' ? undefined : 'unknown');
  return {
    specversion: '1.0',
    type: 'lockstep.usage.v1',
    source,
    id,
    time: new Date(at).toISOString(),
    subject: account,
    data: given({ model: name, inputTokens: inputTokens ?? 0, outputTokens: outputTokens ?? 0, ...data }),
  };
}

export const noAccount = (path: string, setting: string): Rejection => ({
  code: 'no-account',
  field: path,
  because: `the record says nothing at ${path}, where the account should be`,
  fix: `make the gateway write the account there, or name another path in ${setting}; a role or key that everybody shares is no account`,
});

export const noField = (field: string, because: string): Rejection => ({
  code: 'invalid-field',
  field,
  because: `${field}: ${because}`,
  fix: `the record must have it: see docs/producers.md`,
});
