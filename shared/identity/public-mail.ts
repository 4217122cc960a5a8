import providers from 'email-providers/all.json';

const PUBLIC = new Set(providers);

/** Whether anybody may have an address under a domain (in lower case): it says of nobody whose account it is, nor whom to call. */
export const isPublicMail = (domain: string): boolean => PUBLIC.has(domain);
