/**
 * Why an account was met with an action, as told to the person concerned, and how much of it they are told.
 * `summary`: the text below and no evidence (it would teach an attacker what was seen);
 * `evidence`: the text and the sentences of the findings (the person is a victim or a customer, and needs them to act).
 */
export const REASON_CODES = ['coordinated-extraction', 'access-resale', 'key-compromised', 'coordinated-unclear'] as const;
export type ReasonCode = (typeof REASON_CODES)[number];
export const DISCLOSURES = ['summary', 'evidence'] as const;
export type Disclosure = (typeof DISCLOSURES)[number];

type Reason = { title: string; text: string; disclosure: Disclosure };

export const REASONS: { readonly [code in ReasonCode]: Reason } = {
  'coordinated-extraction': {
    title: 'Coordinated extraction of model outputs',
    text: 'This account was used together with a group of other accounts in a way that indicates one operation collecting model outputs to train another model. The decision rests on at least two independent kinds of evidence about the group, not on the content of a single request, and not on where you are.',
    disclosure: 'summary',
  },
  'access-resale': {
    title: 'Access appears to be resold',
    text: 'This account is used by many unrelated people through shared infrastructure, which the terms of service do not allow without an agreement. Your access is limited until you have verified who uses the account.',
    disclosure: 'summary',
  },
  'key-compromised': {
    title: 'Your API key appears to be used by somebody else',
    text: 'One of your API keys is used from places and clients that never used this account before, together with keys of other customers. We disabled the key to protect you. Your account is not suspended: create a new key, remove the old one from where it leaked, and review your usage.',
    disclosure: 'evidence',
  },
  'coordinated-unclear': {
    title: 'Unusual coordinated use',
    text: 'This account is used in step with other accounts. We have not concluded that anything is wrong; a person is looking at it and nothing about your access has changed.',
    disclosure: 'summary',
  },
};
