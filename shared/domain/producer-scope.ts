/** What a key may be used for: events of a type, or asking about newcomers (check). A gateway at the edge says what was used; only the provider's own system should say facts about accounts. */
export const SCOPES = ['usage', 'account', 'release', 'check', 'verification'] as const;
export type Scope = (typeof SCOPES)[number];
