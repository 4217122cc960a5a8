import type { AccountFacts } from '../../shared/model/account';
import type { AccountEvent, LockstepEvent, UsageEvent } from '../../shared/model/event';
import { STATUSES } from '../../shared/model/event';
import { hashText, type KeyedHasher } from '../../shared/model/keyed-hash';
import { networkPrefix } from '../../shared/model/network-address';
import { fingerprintPrompt, type PromptFingerprint, readFingerprint } from '../../shared/model/prompt-fingerprint';
import { ABSENT, type SegmentBuilder, unitByte } from '../../shared/model/segment';

const STATUS_BYTE = new Map<string, number>(STATUSES.map((status, index) => [status, index]));

/** Writes one parsed event into a segment: identifiers hashed, the prompt fingerprinted, both dropped. */
export function writeEvent(segment: SegmentBuilder, event: LockstepEvent, at: number, hasher: KeyedHasher): void {
  switch (event.type) {
    case 'lockstep.usage.v1':
      writeUsage(segment, event, at, hasher);
      return;
    case 'lockstep.account.v1': {
      const { key, sealed } = hasher.account(event.subject);
      const id = hasher.object('event', `${event.source}\0${event.id}`);
      segment.dictionaries.facts.push({ account: segment.account(key, sealed), at, id: hashText(id), facts: factsOf(event, hasher) });
      return;
    }
    case 'lockstep.release.v1':
      segment.dictionaries.releases.push({ model: event.subject, at });
      return;
    default:
      event satisfies never;
  }
}

function writeUsage(segment: SegmentBuilder, event: UsageEvent, at: number, hasher: KeyedHasher): void {
  const { data } = event;
  const { columns } = segment;
  const row = segment.row();
  const { key, sealed } = hasher.account(event.subject);
  const identity = hasher.identity(event.source, event.id);
  columns.idHigh[row] = identity[0];
  columns.idLow[row] = identity[1];
  columns.account[row] = segment.account(key, sealed);
  columns.offset[row] = at - segment.hour;
  columns.input[row] = data.inputTokens;
  columns.output[row] = data.outputTokens;
  columns.duration[row] = data.durationMs ?? 0;
  columns.status[row] = STATUS_BYTE.get(data.status) ?? 0;
  columns.model[row] = segment.word('models', data.model);
  columns.channel[row] = data.channel === undefined ? 0 : segment.word('channels', data.channel);
  columns.key[row] = data.apiKey === undefined ? 0 : hasher.object('api-key', data.apiKey);
  columns.tools[row] = Math.min(65_535, data.tools ?? 0);
  const network = data.network;
  if (network) {
    columns.asn[row] = network.asn ?? 0;
    columns.country[row] = network.country === undefined ? 0 : segment.word('countries', network.country);
    if (network.ip !== undefined) {
      const { ip, prefix } = hasher.address(network.ip);
      columns.ip[row] = ip;
      columns.prefix[row] = prefix;
    }
  }
  const client = data.client;
  if (client && (client.fingerprint !== undefined || client.userAgent !== undefined)) {
    columns.client[row] = hasher.object('client', `${client.fingerprint ?? ''}\n${client.userAgent ?? ''}`);
  }
  const labels = data.labels;
  columns.task[row] = labels?.task === undefined ? 0 : segment.word('tasks', labels.task);
  columns.language[row] = labels?.language === undefined ? 0 : segment.word('languages', labels.language);
  columns.elicits[row] = unitByte(labels?.elicitsReasoning);
  columns.grading[row] = unitByte(labels?.grading);
  if (labels?.scores) segment.dictionaries.scores.push([row, labels.scores]);
  const prompt = data.prompt;
  if (prompt)
    writePrompt(segment, row, prompt.fingerprint === undefined ? fingerprintPrompt(prompt) : readFingerprint(prompt.fingerprint), hasher);
  else columns.size[row] = ABSENT;
}

function writePrompt(segment: SegmentBuilder, row: number, print: PromptFingerprint | undefined, hasher: KeyedHasher): void {
  const { columns } = segment;
  if (!print) {
    columns.size[row] = ABSENT;
    return;
  }
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

function factsOf(event: AccountEvent, hasher: KeyedHasher): AccountFacts {
  const { data } = event;
  const hashed = (type: Parameters<KeyedHasher['object']>[0], value: string | undefined) =>
    value === undefined ? undefined : hashText(hasher.object(type, value));
  const facts: AccountFacts = {
    createdAt: data.createdAt === undefined ? undefined : Date.parse(data.createdAt),
    organization: hashed('organization', data.organization),
    plan: data.plan,
    program: data.program,
    verification: data.verification,
    emailDomain: hashed('domain', data.emailDomain?.toLowerCase()),
    paymentInstrument: hashed('payment', data.paymentInstrument),
    paymentIssuer: /^\d{6}/.test(data.paymentInstrument ?? '') ? hashed('issuer', data.paymentInstrument?.slice(0, 6)) : undefined,
    paymentCountry: data.paymentCountry,
    signupIp: hashed('ip', data.signupIp),
    signupPrefix: hashed('prefix', data.signupIp === undefined ? undefined : networkPrefix(data.signupIp)),
    signupFingerprint: hashed('signup-client', data.signupFingerprint),
    referrer: hashed('referrer', data.referrer),
    standing: data.standing,
  };
  for (const name of Object.keys(facts)) if (facts[name as keyof AccountFacts] === undefined) delete facts[name as keyof AccountFacts];
  return facts;
}
