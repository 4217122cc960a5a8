import { sharedTrait } from './shared-trait';

export const sharedPayment = sharedTrait(
  'shared-payment',
  'payment-instrument',
  'Do members who give different names pay with the same cards or accounts?',
  (s) => `${s.sharers} of ${s.size} members paid with ${s.distinct} shared instruments`,
);
export const clientBuild = sharedTrait(
  'client-build',
  'client-build',
  'Do members use a client build that hardly anybody else uses?',
  (s) =>
    `${s.sharers} of ${s.size} members use ${s.distinct === 1 ? 'one client build' : `${s.distinct} client builds`} that established accounts hardly use`,
);
export const addressPool = sharedTrait(
  'address-pool',
  'network-address',
  'Do members come from one pool of addresses that others do not use?',
  (s) => `${s.sharers} of ${s.size} members come from ${s.distinct} addresses that several of them use and established accounts do not`,
);
export const signupOrigin = sharedTrait(
  'signup-origin',
  'signup-origin',
  'Were accounts signed up from the same addresses?',
  (s) => `${s.sharers} of ${s.size} members signed up from ${s.distinct} shared addresses`,
);
export const emailDomain = sharedTrait(
  'email-domain',
  'email-domain',
  'Do members use e-mail domains that few others use?',
  (s) => `${s.sharers} of ${s.size} members use ${s.distinct} e-mail domains that established accounts do not`,
);
export const systemPrompt = sharedTrait(
  'system-prompt',
  'system-prompt',
  'Do members send the same system prompt, one that no popular tool sends?',
  (s) =>
    `${s.sharers} of ${s.size} members send ${s.distinct === 1 ? 'one system prompt' : `${s.distinct} system prompts`} that established accounts do not send`,
);
