/**
 * Branded identifiers. A raw identifier of the provider never has one of these types:
 * the only way in is the keyed hasher at ingest (shared/identity/keyed-hash.ts).
 */
declare const brand: unique symbol;
type Branded<T, B extends string> = T & { readonly [brand]: B };

/** HMAC-SHA-256 of the provider's account id, 128 bits, base64url (22 characters). */
export type AccountKey = Branded<string, 'AccountKey'>;
/** Keyed 64-bit hash of any other identifier or fingerprint part, 16 lower-case hex digits. */
export type Hash64 = Branded<string, 'Hash64'>;
/** The provider's account id, sealed (AES-256-GCM, deterministic nonce), base64url. Opened only to act or to report. */
export type SealedId = Branded<string, 'SealedId'>;
export type CampaignId = Branded<string, 'CampaignId'>;
export type CaseId = Branded<string, 'CaseId'>;
/** An operator known from elsewhere, by the indicators that were imported. */
export type OperatorId = Branded<string, 'OperatorId'>;

export const accountKey = (text: string): AccountKey => text as AccountKey;
export const hash64 = (text: string): Hash64 => text as Hash64;
export const sealedId = (text: string): SealedId => text as SealedId;
export const campaignId = (text: string): CampaignId => text as CampaignId;
export const caseId = (text: string): CaseId => text as CaseId;
export const operatorId = (text: string): OperatorId => text as OperatorId;
