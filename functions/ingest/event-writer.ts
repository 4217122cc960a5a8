import type { AccountEvent, LockstepEvent } from '../../shared/contract/event';
import type { AccountFacts } from '../../shared/domain/account';
import type { SegmentBuilder } from '../../shared/formats/segment';
import { hashText, type KeyedHasher } from '../../shared/identity/keyed-hash';
import { rowOf, writeRow } from './usage-row';

/** Writes one parsed event into a segment: identifiers hashed, the prompt fingerprinted, both dropped. */
export function writeEvent(segment: SegmentBuilder, event: LockstepEvent, at: number, hasher: KeyedHasher): void {
  switch (event.type) {
    case 'lockstep.usage.v1':
      writeRow(segment, rowOf(event, at, hasher), hasher);
      return;
    case 'lockstep.account.v1': {
      const account = segment.account(hasher.account(event.subject));
      const id = hasher.object('event', `${event.source}\0${event.id}`);
      segment.dictionaries.facts.push({ account, at, id: hashText(id), facts: factsOf(event, hasher) });
      return;
    }
    case 'lockstep.release.v1':
      segment.dictionaries.releases.push({ model: event.subject, at });
      return;
    default:
      event satisfies never;
  }
}

function factsOf(event: AccountEvent, hasher: KeyedHasher): AccountFacts {
  const { data } = event;
  const hashed = (type: Parameters<KeyedHasher['object']>[0], value: string | undefined) =>
    value === undefined ? undefined : hashText(hasher.object(type, value));
  const signup = data.signupIp === undefined ? undefined : hasher.address(data.signupIp);
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
    signupIp: signup && hashText(signup.ip),
    signupPrefix: signup && signup.prefix !== 0 ? hashText(signup.prefix) : undefined,
    signupFingerprint: hashed('signup-client', data.signupFingerprint),
    referrer: hashed('referrer', data.referrer),
    standing: data.standing,
  };
  for (const name of Object.keys(facts)) if (facts[name as keyof AccountFacts] === undefined) delete facts[name as keyof AccountFacts];
  return facts;
}
