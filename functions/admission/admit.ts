import { type Classification, FAMILIES, type Family } from '../../shared/domain/campaigns/campaign';
import { ADMISSIONS, type Admission, type AdmissionPolicy, type KnownBy, type ShownType } from '../../shared/domain/policy/admission';
import type { Mode } from '../../shared/domain/policy/enforcement-policy';
import type { CampaignId } from '../../shared/identity/ids';

/** contained: acted on, now. open: a case waits. none: neither. */
export type CampaignStanding = 'contained' | 'open' | 'none';

/** How like one campaign's accounts a newcomer is. */
export type Resemblance = {
  campaign: CampaignId;
  classification: Classification;
  /** Sum over families, nats. */
  nats: number;
  /** Of these, what is no place and no name: tool, payer, prompts. */
  means: number;
  byFamily: Record<Family, number>;
  /** Sentences, most telling first. */
  because: string[];
};

/** The most that one family says (nats): what is in one family is not independent. */
const MOST_OF_A_FAMILY = 9;

/** The campaigns that a newcomer resembles, the likest first. Pure. `atOrigin`: it works from the network that it signed up from. */
export function resemblances(known: readonly KnownBy[], atOrigin: boolean): Resemblance[] {
  const byCampaign = new Map<string, KnownBy[]>();
  for (const row of known) byCampaign.set(row.campaign, [...(byCampaign.get(row.campaign) ?? []), row]);
  return [...byCampaign]
    .map(([campaign, rows]) => resemblance(campaign as CampaignId, rows, atOrigin))
    .sort((a, b) => b.nats - a.nats || (a.campaign < b.campaign ? -1 : 1));
}

function resemblance(campaign: CampaignId, rows: readonly KnownBy[], atOrigin: boolean): Resemblance {
  // What says one thing counts once: the best of an address and its network, of a card and its issuer, of a prompt and its template.
  const best = (...types: ShownType[]): number =>
    rows.reduce((most, { type, weight }) => ((types as string[]).includes(type) ? Math.max(most, weight) : most), 0);
  const place = best('network-address', 'network-prefix');
  const origin = best('signup-origin', 'signup-prefix');
  const [worksFrom, cameFrom] = !atOrigin ? [place, origin] : place >= origin ? [place, 0] : [0, origin];
  const byFamily: Record<Family, number> = {
    infrastructure: worksFrom + best('client-build'),
    payment: best('payment-instrument', 'payment-issuer'),
    registration: cameFrom + best('signup-client') + best('email-domain') + best('referrer'),
    timing: 0,
    content: best('system-prompt', 'prompt-template'),
  };
  for (const family of FAMILIES) byFamily[family] = Math.min(MOST_OF_A_FAMILY, byFamily[family]);
  return {
    campaign,
    classification: rows[0]!.classification,
    nats: FAMILIES.reduce((sum, family) => sum + byFamily[family], 0),
    means: best('client-build') + byFamily.payment + byFamily.content,
    byFamily,
    because: [...rows].sort((a, b) => b.weight - a.weight).map(sentence),
  };
}

const WORDS: Record<ShownType, string> = {
  'payment-instrument': 'Pays with an instrument',
  'payment-issuer': 'Pays with a card of an issuer',
  'client-build': 'Uses a client build',
  'network-address': 'Comes from an address',
  'network-prefix': 'Comes from a network',
  'signup-origin': 'Signed up from an address',
  'signup-prefix': 'Signed up from a network',
  'signup-client': 'Signed up with a client',
  'email-domain': 'Has an e-mail domain',
  referrer: 'Was referred from a place',
  'system-prompt': 'Sends a system prompt',
  'prompt-template': 'Sends a prompt by a template',
};

const sentence = ({ type, campaign, members, size, weight }: KnownBy): string =>
  `${WORDS[type as ShownType]} of campaign ${campaign}: ${members} of its ${size} accounts have it (${Math.exp(weight).toFixed(0)} times as likely for one of them as for anybody).`;

/**
 * What the numbers carry, whatever the mode: two families at least, and a campaign that is acted on (or about to be, for a challenge).
 * Colleagues share a place and a name, and somebody may have planted accounts among them; that alone keeps nobody out.
 */
export function admissionFor({ nats, means, byFamily }: Resemblance, standing: CampaignStanding, policy: AdmissionPolicy): Admission {
  const families = FAMILIES.filter((family) => byFamily[family] >= policy.familyFrom.value).length;
  if (families < policy.families.value || means < policy.familyFrom.value) return 'allow';
  if (standing === 'none' || nats < policy.challengeFrom.value) return 'allow';
  return standing === 'contained' && nats >= policy.holdFrom.value ? 'hold' : 'challenge';
}

/** The hardest answer that a mode lets pass. */
const HARDEST: Record<Mode, Admission> = { observe: 'allow', shadow: 'allow', assist: 'challenge', auto: 'hold' };

export const asFarAs = (answer: Admission, mode: Mode): Admission =>
  ADMISSIONS[Math.min(ADMISSIONS.indexOf(answer), ADMISSIONS.indexOf(HARDEST[mode]))]!;
