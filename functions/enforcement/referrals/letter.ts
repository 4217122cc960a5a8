import type { Classification } from '../../../shared/domain/campaigns/campaign';
import type { OpenedTenant, Referral } from '../../../shared/domain/cases/referral';
import { iso } from '../../../shared/domain/time';
import { type Partner, partnerOf } from './partners';

/** What a kind of campaign is in a stranger's words. */
const WHAT: Readonly<Record<Classification, string>> = {
  distillation: 'many accounts under one operator that ask a model for what another model is trained on (distillation)',
  reselling: 'accounts under one operator whose access is sold on',
  'hijacked-keys': 'accounts whose keys are used by somebody who is not their owner',
  'shared-origin': 'accounts of one organisation',
  unclear: 'accounts under one operator; what for is not clear',
};

const count = (value: number): string => value.toLocaleString('en-US');
/** Cells and sentences come from data: what would be markup is text. */
const text = (value: string): string => value.replace(/[\\`*_{}[\]<>#|!]/g, '\\$&').replace(/\s+/g, ' ');
const day = (at: number | null): string => (at === null ? 'not at hand' : iso(at).slice(0, 10));

/**
 * The letter to an abuse desk: what a person would hand in through the desk's own form. It asks, and says what it rests on and what it
 * leaves out. `withdrawn`: it takes the letter back.
 */
export function letterOf(
  referral: Referral,
  tenants: readonly OpenedTenant[],
  { withdrawn = false } = {},
): { subject: string; markdown: string } {
  const partner = partnerOf(referral.cloud);
  const many = `${count(tenants.length)} ${tenants.length === 1 ? partner.tenant : partner.tenants}`;
  const subject = `${withdrawn ? 'Withdrawn: ' : ''}Abuse referral ${referral.id}: ${many}`;
  const markdown = withdrawn ? takenBack(referral, partner, many) : asked(referral, partner, many, tenants);
  return { subject, markdown: markdown.join('\n') };
}

const takenBack = (referral: Referral, { desk }: Partner, many: string): string[] => [
  `To: ${desk}`,
  '',
  `We withdraw our referral ${text(referral.id)} of ${iso(referral.askedAt)} about ${many}${referral.reference === null ? '' : ` (your reference ${text(referral.reference)})`}.`,
  '',
  'Please take back what was done because of it alone.',
  '',
];

function asked(referral: Referral, partner: Partner, many: string, tenants: readonly OpenedTenant[]): string[] {
  const { elsewhere, evidence } = referral;
  const exchanges = tenants.reduce((sum, one) => sum + one.exchanges, 0);
  const others = [
    ...(elsewhere.firstParty > 0 ? [`${count(elsewhere.firstParty)} accounts of our own`] : []),
    ...(elsewhere.otherClouds > 0 ? [`${count(elsewhere.otherClouds)} tenants of other clouds`] : []),
  ];
  return [
    `To: ${partner.desk}`,
    '',
    `Our reference: ${text(referral.id)}. Sent ${iso(referral.askedAt)}.`,
    '',
    `We found ${many} in a group of ${WHAT[referral.classification]}. They made ${count(exchanges)} requests to our models through your service.${others.length > 0 ? ` The group also has ${others.join(' and ')}, which are not named here.` : ''}`,
    '',
    'These are your customers: please look at them under your own terms. We have done nothing to them. Some may be victims whose credentials were taken.',
    '',
    '## Who',
    '',
    `| ${partner.tenant} | ${partner.payer} | requests | first seen | last seen |`,
    '| --- | --- | --- | --- | --- |',
    ...tenants.map(
      (one) =>
        `| ${text(one.tenant)} | ${one.billingAccount === null ? 'not known' : text(one.billingAccount)} | ${count(one.exchanges)} | ${day(one.firstSeen)} | ${day(one.lastSeen)} |`,
    ),
    '',
    '## What it rests on',
    '',
    ...(evidence.length === 0
      ? ['Statements of evidence are held back.']
      : evidence.map(({ family, because }) => `- *${family}*: ${text(because)}`)),
    '',
    'The numbers are of the whole group. This letter has no content of requests or answers, no personal data of end users, and no identifier that only we can read.',
    '',
    '## What we ask',
    '',
    `Please confirm that you have it and under which reference, and tell us when you have acted or decided not to. If it turns out to be wrong we withdraw it in writing.`,
    '',
  ];
}
