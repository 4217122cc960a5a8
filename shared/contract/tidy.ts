import { createHash } from 'node:crypto';
import { ASN_CLASSES, KEY_CHANGES, LONGEST, MOST_CANARIES, STATUSES, type Status } from './event';
import { firstAddress } from './network-address';

type Fields = Record<string, unknown>;
type Tidy = (value: string) => string | undefined;

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const absentIfEmpty = (value: string): string | undefined => (value === '' ? undefined : value);

/** What people or programs read: the beginning says what it is. */
const cut =
  (longest: number): Tidy =>
  (value) =>
    absentIfEmpty(value.slice(0, longest));

/** What only has to be the same when it is the same: two that begin alike stay two. */
const shortened =
  (longest: number): Tidy =>
  (value) =>
    value.length <= longest ? value : `${value.slice(0, longest - 33)}~${createHash('sha256').update(value).digest('hex').slice(0, 32)}`;

const address: Tidy = (value) => absentIfEmpty(firstAddress(value) ?? value.slice(0, LONGEST.address));
/** Cut, `CHN` would be Switzerland. */
const country: Tidy = (value) => (value.length <= 2 ? value : undefined);
/** `arn:…:inference-profile/eu.anthropic.claude-…` says the model at its end. */
const model: Tidy = (value) => (value.startsWith('arn:') ? value.slice(value.lastIndexOf('/') + 1) : value).slice(0, LONGEST.word);

/** What software calls our statuses. Any other word says nothing: an event without one is `ok`. Never `limited` or `blocked`: those are our own. */
const STATUS: Readonly<Record<string, Status>> = {
  success: 'ok',
  succeeded: 'ok',
  completed: 'ok',
  failure: 'error',
  failed: 'error',
  fail: 'error',
  timeout: 'error',
  cancelled: 'error',
  content_filter: 'refused',
};
const status: Tidy = (value) => {
  const word = value.trim().toLowerCase();
  return (STATUSES as readonly string[]).includes(word) ? word : STATUS[word];
};

/** A class of nobody's list says nothing. */
const asnClass: Tidy = (value) => {
  const word = value.trim().toLowerCase().replaceAll(/[ _]/g, '-');
  return (ASN_CLASSES as readonly string[]).includes(word) ? word : undefined;
};

/** `Amazon Bedrock` is a word too; what holds no letter or digit names no cloud. */
const cloud: Tidy = (value) =>
  absentIfEmpty(
    value
      .trim()
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replace(/^-/, '')
      .slice(0, LONGEST.cloud)
      .replace(/-$/, ''),
  );

const TENANCY: Readonly<Record<string, Tidy>> = {
  cloud,
  tenant: shortened(LONGEST.name),
  billingAccount: shortened(LONGEST.name),
};
const USAGE: Readonly<Record<string, Tidy>> = {
  model,
  status,
  channel: cut(LONGEST.word),
  apiKey: shortened(LONGEST.apiKey),
  'network.ip': address,
  'network.country': country,
  'client.userAgent': cut(LONGEST.userAgent),
  'client.fingerprint': shortened(LONGEST.fingerprint),
  'client.headerOrder': shortened(LONGEST.headerOrder),
  'client.http2': shortened(LONGEST.fingerprint),
  'network.asnClass': asnClass,
  stopReason: cut(LONGEST.word),
  refusalCategory: cut(LONGEST.word),
  session: shortened(LONGEST.session),
  'prompt.system': cut(LONGEST.text),
  'prompt.text': cut(LONGEST.text),
  'labels.task': cut(LONGEST.word),
  'labels.language': cut(LONGEST.word),
  ...TENANCY,
};
const ACCOUNT: Readonly<Record<string, Tidy>> = {
  organization: shortened(LONGEST.name),
  emailDomain: shortened(LONGEST.domain),
  paymentInstrument: shortened(LONGEST.name),
  paymentCountry: country,
  signupIp: address,
  signupFingerprint: shortened(LONGEST.fingerprint),
  referrer: cut(LONGEST.name),
  ...TENANCY,
};

/** What key stores call the end of a key. */
const KEY_CHANGE: Readonly<Record<string, (typeof KEY_CHANGES)[number]>> = {
  issued: 'created',
  regenerated: 'rotated',
  replaced: 'rotated',
  revoked: 'disabled',
  deleted: 'disabled',
  deactivated: 'disabled',
  expired: 'disabled',
};
/** Anything else stays, and is refused. */
const keyChange: Tidy = (value) => {
  const word = value.trim().toLowerCase();
  return (KEY_CHANGES as readonly string[]).includes(word) ? word : (KEY_CHANGE[word] ?? value);
};
const KEY: Readonly<Record<string, Tidy>> = {
  key: shortened(LONGEST.apiKey),
  replacedBy: shortened(LONGEST.apiKey),
  change: keyChange,
};

const RULES: Readonly<Record<string, Readonly<Record<string, Tidy>>>> = {
  'lockstep.account.v1': ACCOUNT,
  'lockstep.verification.v1': {},
  'lockstep.referral.v1': {},
  'lockstep.key.v1': KEY,
};

/**
 * An event of the contract as its schema wants it: null is absent, what is too long is cut, an address is the first of its list, other
 * words for a status are read. A request whose two token counts are null failed. What nobody can mean stays, and is refused.
 */
export function tidied(event: object): unknown {
  const whole: Fields = { ...event };
  if (typeof whole.id === 'string') whole.id = shortened(LONGEST.id)(whole.id);
  for (const [name, value] of Object.entries(whole)) if (value === null) delete whole[name];
  if (!isObject(whole.data)) return whole;
  const { inputTokens, outputTokens, status: answered } = whole.data;
  const data = tidiedData(whole.type, whole.data);
  if (inputTokens === null && outputTokens === null && (answered === undefined || answered === null)) data.status = 'error';
  if (inputTokens === null) data.inputTokens = 0;
  if (outputTokens === null) data.outputTokens = 0;
  if (data.canaries !== undefined) data.canaries = canariesOf(data.canaries);
  if (isObject(data.labels) && isObject(data.labels.scores)) data.labels.scores = withShortNames(data.labels.scores);
  return { ...whole, data };
}

/** The same for what an event says, or for a part of it. `type`: of the event. */
export function tidiedData(type: unknown, given: object): Fields {
  const data = withoutNulls({ ...given }, 0);
  const rules = RULES[String(type)] ?? USAGE;
  for (const [path, tidy] of Object.entries(rules)) {
    const [outer = '', inner] = path.split('.');
    const within = inner === undefined ? data : data[outer];
    if (isObject(within)) apply(within, inner ?? outer, tidy);
  }
  return data;
}

function apply(fields: Fields, name: string, tidy: Tidy): void {
  const value = fields[name];
  if (typeof value !== 'string') return;
  const made = tidy(value);
  if (made === undefined) delete fields[name];
  else fields[name] = made;
}

/** One token or several; what is no text is none of them. */
const canariesOf = (given: unknown): string[] =>
  (Array.isArray(given) ? given : [given])
    .filter((one): one is string => typeof one === 'string' && one !== '' && one.length <= LONGEST.canary)
    .slice(0, MOST_CANARIES);

/** The contract nests two objects in `data`. */
const DEEPEST = 3;

function withoutNulls(fields: Fields, depth: number): Fields {
  const kept: Fields = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value !== null) kept[name] = isObject(value) && depth < DEEPEST ? withoutNulls(value, depth + 1) : value;
  }
  return kept;
}

const withShortNames = (scores: Fields): Fields =>
  Object.fromEntries(Object.entries(scores).map(([name, score]) => [shortened(LONGEST.word)(name), score]));
