/**
 * What a key may be used for: events of a type, asking about newcomers (check), or the exchange with other labs (exchange: a partner;
 * publish: one's own tools). A gateway at the edge says what was used; only the provider's own system should say facts about accounts.
 * `tenant`: with a request, whose tenant the account is; no machine acts on a tenant, so not every gateway may call somebody one.
 */
export const SCOPES = ['usage', 'tenant', 'account', 'release', 'check', 'verification', 'referral', 'key', 'exchange', 'publish'] as const;
export type Scope = (typeof SCOPES)[number];
