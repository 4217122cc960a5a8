import { z } from 'zod';
import type { AccountKey, CampaignId, Hash64, SealedId } from '../../identity/ids';
import { DAY } from '../time';
import { wilson } from '../wilson';
import type { LabelValue } from './label';

/** Tokens issued at once, and sets that stand: a provider watches dozens of campaigns, not thousands. */
export const MOST_TOKENS = 50;
export const MOST_SETS = 1_000;
/** Echoes that a set remembers; those after it are counted. By then everybody has the tokens. */
export const MOST_ECHOES = 200;
/** How long an echo means something, when nobody says otherwise, and at most. */
export const CANARY_KEPT = 180 * DAY;
export const LONGEST_CANARY_KEPT = 400 * DAY;
/**
 * Accounts that have nothing to do with each other and echo tokens of one set: from so many on, the answer stands somewhere that anybody
 * reads, and who repeats it read that.
 */
export const PUBLIC_FROM = 5;

const Account = z.custom<AccountKey>((text) => typeof text === 'string' && text.length > 0);
const Campaign = z.custom<CampaignId>((text) => typeof text === 'string' && text.length > 0);
const Token = z.custom<Hash64>((text) => typeof text === 'string' && /^[0-9a-f]{13}$/.test(text));

/** In whose answers the tokens are placed. A control is placed nowhere: if it comes back, something reports what nobody can have seen. */
export const CanarySubject = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('campaign'), campaign: Campaign }),
  z.object({ kind: z.literal('account'), account: Account }),
  z.object({ kind: z.literal('control') }),
]);
export type CanarySubject = z.infer<typeof CanarySubject>;

/** Where a token came back: in another prompt, or in what a public model puts out. */
export const EchoPlace = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('account'),
    account: Account,
    sealed: z.custom<SealedId>((text) => typeof text === 'string').nullable(),
  }),
  z.object({ kind: z.literal('model'), name: z.string() }),
]);
export type EchoPlace = z.infer<typeof EchoPlace>;
export const Echo = z.object({ token: Token, at: z.number(), place: EchoPlace });
export type Echo = z.infer<typeof Echo>;

/** Tokens that were issued together. Of each its keyed hash. */
export const CanarySet = z.object({
  id: z.string(),
  subject: CanarySubject,
  tokens: z.array(Token).min(1).max(MOST_TOKENS),
  issuedAt: z.number(),
  until: z.number(),
  because: z.string(),
  by: z.string(),
  withdrawn: z.boolean(),
  echoes: z.array(Echo).max(MOST_ECHOES),
  /** Echoes that came when there were MOST_ECHOES. */
  more: z.int(),
});
export type CanarySet = z.infer<typeof CanarySet>;

export const CANARIES = 'CANARIES';
export const CANARY_CHAIN = { prefix: 'CN#', state: CanarySet, listedIn: (): string => CANARIES };

/** A token in the prompt of an account, as ingest hands it on. */
export const CanarySighting = z.object({
  kind: z.literal('canary'),
  account: Account,
  sealed: z.custom<SealedId>((text) => typeof text === 'string'),
  token: Token,
  at: z.number(),
});
export type CanarySighting = z.infer<typeof CanarySighting>;

const nameOf = (place: EchoPlace): string => (place.kind === 'account' ? `account/${place.account}` : `model/${place.name}`);
export const isSamePlace = (one: EchoPlace, other: EchoPlace): boolean => nameOf(one) === nameOf(other);

/**
 * What the echoes of a set say. not-seen: none. own: those it was placed with quote their own answers, which says nothing. echoed:
 * somebody else has what they were answered. public: so many unrelated accounts have it that it must stand somewhere open; nobody is
 * linked by it. false: a control came back, which nobody can have seen. withdrawn: people took it back.
 */
export type Reading = {
  kind: 'not-seen' | 'own' | 'echoed' | 'public' | 'false' | 'withdrawn';
  /** Who has the answers of whom it was placed with; empty unless `echoed`. */
  by: { place: EchoPlace; campaign: CampaignId | null; tokens: number; since: number }[];
  because: string;
};

/** `campaignOf`: the campaign that an account is in now. Pure. */
export function readEchoes(set: CanarySet, campaignOf: (account: AccountKey) => CampaignId | undefined): Reading {
  const { subject, echoes } = set;
  if (set.withdrawn) return { kind: 'withdrawn', by: [], because: 'it was withdrawn: it links nobody' };
  if (echoes.length === 0) return { kind: 'not-seen', by: [], because: 'no token came back' };
  if (subject.kind === 'control')
    return { kind: 'false', by: [], because: `${echoes.length} reports of tokens that were placed nowhere: do not trust their source` };
  const isOwner = (place: EchoPlace): boolean => {
    if (place.kind === 'model') return false;
    if (subject.kind === 'account')
      return place.account === subject.account || sameCampaign(campaignOf(place.account), campaignOf(subject.account));
    return campaignOf(place.account) === subject.campaign;
  };
  const others = echoes.filter(({ place }) => !isOwner(place));
  if (others.length === 0) return { kind: 'own', by: [], because: 'only those it was placed with repeat their own answers' };
  const by: Reading['by'] = [];
  for (const { place, at } of others) {
    const known = by.find((one) => isSamePlace(one.place, place));
    if (known) {
      known.tokens++;
      known.since = Math.min(known.since, at);
    } else by.push({ place, campaign: place.kind === 'account' ? (campaignOf(place.account) ?? null) : null, tokens: 1, since: at });
  }
  // Accounts of one campaign are one reader.
  const readers = new Set(by.filter(({ place }) => place.kind === 'account').map((one) => one.campaign ?? nameOf(one.place)));
  if (readers.size >= PUBLIC_FROM)
    return {
      kind: 'public',
      by: [],
      because: `${readers.size} readers that have nothing to do with each other repeat it: it stands where anybody reads, and links nobody`,
    };
  return { kind: 'echoed', by, because: `${by.length} others have what it was placed in` };
}

const sameCampaign = (one: CampaignId | undefined, other: CampaignId | undefined): boolean => one !== undefined && one === other;

/** How often an echo was wrong, as far as it is known. */
export type FalsePositives = {
  /** Control tokens issued, and how many of them came back. */
  controls: number;
  controlsBack: number;
  /** Accounts named as echoing that somebody looked at, and how many of those are honest. */
  judged: number;
  honest: number;
  /** Share of honest among the judged: where it lies at most, with 95 % confidence; null while nobody was judged. */
  atMost: number | null;
};

/** `labelOf`: what people found out about an account. Pure. */
export function falsePositives(
  readings: readonly { set: CanarySet; reading: Reading }[],
  labelOf: (account: AccountKey) => LabelValue | undefined,
): FalsePositives {
  const controls = readings.filter(({ set }) => set.subject.kind === 'control');
  const named = new Set(
    readings.flatMap(({ reading }) => reading.by.flatMap(({ place }) => (place.kind === 'account' ? [place.account] : []))),
  );
  const labels = [...named].map(labelOf).filter((label) => label !== undefined);
  const honest = labels.filter((label) => label === 'honest').length;
  return {
    controls: controls.reduce((sum, { set }) => sum + set.tokens.length, 0),
    controlsBack: controls.reduce((sum, { set }) => sum + new Set(set.echoes.map(({ token }) => token)).size, 0),
    judged: labels.length,
    honest,
    atMost: labels.length === 0 ? null : wilson(honest / labels.length, labels.length).high,
  };
}
