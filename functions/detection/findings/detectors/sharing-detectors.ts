import { abstains, type Detector } from './detector';
import { sharedTrait } from './shared-trait';

export const sharedPayment = sharedTrait(
  'shared-payment',
  'payment-instrument',
  'Do members who give different names pay with the same cards or accounts?',
  (s) => `${s.sharers} of ${s.size} members paid with ${s.distinct === 1 ? 'one shared instrument' : `${s.distinct} shared instruments`}`,
);
export const clientBuild = sharedTrait(
  'client-build',
  'client-build',
  'Do members use a client build that hardly anybody else uses?',
  (s) =>
    `${s.sharers} of ${s.size} members use ${s.distinct === 1 ? 'one client build' : `${s.distinct} client builds`} that established accounts hardly use`,
);
/** A pool of addresses is one thing however many they are: whether an account uses it, not how many of its addresses two have in common. */
export const addressPool: Detector = {
  name: 'address-pool',
  family: 'infrastructure',
  question: 'Do members come from one pool of addresses that others do not use?',
  ask({ members, index, holdings }) {
    const { addresses, outside } = holdings.pool;
    const inside = members.filter(({ entry }) => entry.ids.some((id) => addresses.has(id))).length;
    if (inside < Math.max(3, members.length / 5))
      return abstains(`${inside} of ${members.length} members come from addresses that several of them use`);
    const others = index.population - members.length;
    const share = (outside + SMOOTHING) / (others + 1);
    const ratio = inside / members.length / share;
    if (ratio <= 1) return abstains('others use these addresses as often');
    return {
      kind: 'evidence',
      because: `${inside} of ${members.length} members come from ${addresses.size} addresses that several of them use; ${outside} of ${others.toLocaleString('en')} other accounts use any of them.`,
      ratio,
      numbers: { members: members.length, sharers: inside, distinct: addresses.size, outside, others },
    };
  },
};
/** Of the others, those whom nobody has met yet at such an address. */
const SMOOTHING = 0.5;

export const signupOrigin = sharedTrait(
  'signup-origin',
  'signup-origin',
  'Were accounts signed up from the same addresses?',
  (s) => `${s.sharers} of ${s.size} members signed up from ${s.distinct === 1 ? 'one shared address' : `${s.distinct} shared addresses`}`,
);
export const emailDomain = sharedTrait(
  'email-domain',
  'email-domain',
  'Do members use e-mail domains that few others use?',
  (s) =>
    `${s.sharers} of ${s.size} members use ${s.distinct === 1 ? 'one e-mail domain' : `${s.distinct} e-mail domains`} that established accounts do not`,
);
export const systemPrompt = sharedTrait(
  'system-prompt',
  'system-prompt',
  'Do members send the same system prompt, one that no popular tool sends?',
  (s) =>
    `${s.sharers} of ${s.size} members send ${s.distinct === 1 ? 'one system prompt' : `${s.distinct} system prompts`} that established accounts do not send`,
);
