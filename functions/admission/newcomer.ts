import { z } from 'zod';
import { type AccountData, LONGEST, type UsageData } from '../../shared/contract/event';
import { firstAddress } from '../../shared/contract/network-address';
import { fingerprintPrompt, readFingerprint } from '../../shared/contract/prompt-fingerprint';
import { tidiedData } from '../../shared/contract/tidy';
import { ownDomainOf } from '../../shared/domain/account';
import type { Shown, ShownType } from '../../shared/domain/policy/admission';
import { clientOf, factsOf } from '../../shared/identity/account-facts';
import type { Hash64 } from '../../shared/identity/ids';
import { hashText, type KeyedHasher } from '../../shared/identity/keyed-hash';

/** As long as it comes: what is too long is cut as ingest cuts it, so that nobody gets by with an odd value. Null is absent. */
const text = z.string().nullish();
const textOf = <Name extends string>(...names: Name[]) =>
  z.strictObject(Object.fromEntries(names.map((name) => [name, text])) as Record<Name, typeof text>).nullish();

/** What is known of somebody who signs up or sends a first request, in the words of the event contract. All of it is optional. */
export const Newcomer = z.strictObject({
  /** The provider's id of the account or the sign-up: with it, whoever is challenged or held is waited for. */
  subject: z.string().min(1).max(LONGEST.id).nullish(),
  account: textOf('organization', 'emailDomain', 'paymentInstrument', 'signupIp', 'signupFingerprint', 'referrer'),
  network: textOf('ip'),
  client: textOf('userAgent', 'fingerprint'),
  prompt: textOf('system', 'text', 'fingerprint'),
});
export type Newcomer = z.infer<typeof Newcomer>;

/** What a first request shows. */
type Used = Pick<UsageData, 'network' | 'client' | 'prompt'>;

export type Showing = {
  shown: Shown[];
  /** It works from the network that it signed up from: two facts that are one. */
  atOrigin: boolean;
  organization: Hash64 | undefined;
  /** Fields that were given and could not be read. */
  unread: string[];
};

/** Hashes what a newcomer shows, as ingest would. Nothing is kept of what went in. */
export function showing(given: Newcomer, hasher: KeyedHasher): Showing {
  // Strings of the contract's lengths once they are tidied; a fingerprint that is none is found out when it is read.
  const account = tidiedData('lockstep.account.v1', given.account ?? {}) as AccountData;
  const { network, client, prompt } = tidiedData('lockstep.usage.v1', {
    network: given.network,
    client: given.client,
    prompt: given.prompt,
  }) as Used;
  const shown: Shown[] = [];
  const unread: string[] = [];
  const show = (type: ShownType, hash: Hash64 | undefined): void => {
    if (hash !== undefined) shown.push({ type, hash });
  };
  const read = (field: string, text: string | undefined): string | undefined => {
    if (text === undefined || text === '') return undefined;
    const address = firstAddress(text);
    if (address === undefined) unread.push(field);
    return address;
  };
  const facts = factsOf({ ...account, signupIp: read('account.signupIp', account.signupIp) }, hasher);
  show('payment-instrument', facts.paymentInstrument);
  show('payment-issuer', facts.paymentIssuer);
  show('signup-origin', facts.signupIp);
  show('signup-prefix', facts.signupPrefix);
  show('signup-client', facts.signupFingerprint);
  show('email-domain', ownDomainOf(facts));
  show('referrer', facts.referrer);
  const address = read('network.ip', network?.ip);
  const at = address === undefined ? undefined : hasher.address(address);
  if (at) show('network-address', hashText(at.ip));
  if (at && at.prefix !== 0) show('network-prefix', hashText(at.prefix));
  if (client && (client.fingerprint !== undefined || client.userAgent !== undefined))
    show('client-build', hashText(clientOf(hasher, client)));
  for (const one of promptOf(prompt, hasher, unread)) shown.push(one);
  const atOrigin =
    at !== undefined && (hashText(at.ip) === facts.signupIp || (at.prefix !== 0 && hashText(at.prefix) === facts.signupPrefix));
  return { shown, atOrigin, organization: facts.organization, unread };
}

function promptOf(prompt: Used['prompt'], hasher: KeyedHasher, unread: string[]): Shown[] {
  if (!prompt) return [];
  const print = prompt.fingerprint === undefined ? fingerprintPrompt(prompt) : readFingerprint(prompt.fingerprint);
  if (!print) {
    unread.push('prompt.fingerprint');
    return [];
  }
  return (['system', 'template'] as const).flatMap((part): Shown[] => {
    const hash = hasher.words(...print[part]);
    return hash === 0 ? [] : [{ type: part === 'system' ? 'system-prompt' : 'prompt-template', hash: hashText(hash) }];
  });
}
