import type { Disclosure } from '../../../shared/domain/campaigns/disclosure';
import { dayLabel, iso } from '../../../shared/domain/time';

const number = (value: number): string => Math.round(value).toLocaleString('en-US');
const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
/** Cells and sentences come from data and from people: what would be markup is text. */
const text = (value: string): string => value.replace(/[\\`*_{}[\]<>#|!]/g, '\\$&').replace(/\s+/g, ' ');
const spaced = (word: string): string => word.replace('-', ' ');

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return ['None.'];
  return [`| ${head.join(' | ')} |`, `| ${head.map(() => '---').join(' | ')} |`, ...rows.map((row) => `| ${row.map(text).join(' | ')} |`)];
}
const parts = (name: string, of: Disclosure['models']): string[] =>
  table(
    [name, 'share', 'exchanges', 'tokens'],
    of.map((part) => [part.name, percent(part.share), number(part.exchanges), number(part.tokens)]),
  );

/** Tenants of other clouds, counted apart. */
function tenantsIn(tenants: Disclosure['campaigns'][number]['tenants'] = {}): string[] {
  const parts = Object.entries(tenants).map(([cloud, accounts]) => `${number(accounts)} tenants of ${text(cloud)}`);
  return parts.length === 0 ? [] : [`Among the accounts are ${parts.join(', ')}.`, ''];
}

/** The disclosure as Markdown, with its number and its hash in the ledger. `named`: the author of an attribution too. */
export function disclosureMarkdown(of: Disclosure, { number: nth, hash, named }: { number: number; hash: string; named: boolean }): string {
  const { attribution, value, sampled } = of;
  return [
    `# Disclosure ${nth}: ${text(of.title)}`,
    '',
    `**${number(of.accounts)} accounts** in ${of.campaigns.length} ${of.campaigns.length === 1 ? 'campaign' : 'campaigns'} made **${number(of.exchanges)} exchanges** between ${dayLabel(of.from)} and ${dayLabel(of.to)}; ${number(of.prevented)} further requests were prevented. ${number(of.inputTokens)} input tokens, ${number(of.outputTokens)} output tokens.`,
    ...(value
      ? [
          '',
          `At list price (${value.prices.inputPerMillion} and ${value.prices.outputPerMillion} US dollars a million input and output tokens): ${number(value.dollars)} US dollars.`,
        ]
      : []),
    '',
    '## What it was after',
    '',
    ...parts('capability', of.capabilities),
    '',
    '## By model and channel',
    '',
    `Shares of the latest ${number(sampled.requests)} requests of ${number(sampled.accounts)} accounts, carried over to the whole.`,
    '',
    ...parts('model', of.models),
    '',
    ...parts('channel', of.channels),
    '',
    '## How it was built',
    '',
    ...table(
      ['shared', 'distinct', 'members of the largest'],
      of.built.map(({ type, distinct, largest }) => [spaced(type), number(distinct), number(largest)]),
    ),
    ...of.campaigns.flatMap((campaign) => [
      '',
      `## Campaign ${text(campaign.id)}`,
      '',
      `${spaced(campaign.classification)}, probability ${percent(campaign.probability)}: ${number(campaign.accounts)} accounts, ${number(campaign.exchanges)} exchanges, ${number(campaign.prevented)} prevented; ${dayLabel(campaign.firstSeen)} to ${dayLabel(campaign.lastSeen)}, detected ${iso(campaign.detectedAt)}.`,
      '',
      ...tenantsIn(campaign.tenants),
      'How it was found:',
      '',
      ...(campaign.evidence.length === 0
        ? ['No evidence is recorded.']
        : campaign.evidence.map(({ family, because, strength }) => `- *${family}*, strength ${strength.toFixed(3)}: ${text(because)}`)),
      '',
      'What was done:',
      '',
      ...(campaign.done.length === 0
        ? ['Nothing.']
        : campaign.done.map(
            (step) => `- ${iso(step.at)}: ${text(spaced(step.what))}, ${text(step.by)}${step.because ? `. ${text(step.because)}` : ''}`,
          )),
    ]),
    '',
    '## Attribution',
    '',
    ...(attribution
      ? [
          'A judgement of people, apart from what was measured above.',
          '',
          `${text(attribution.statement)} Confidence: **${attribution.confidence}**. ${text(attribution.basis)}${named ? ` (${text(attribution.author)})` : ''}`,
        ]
      : ['None is given.']),
    '',
    `Written ${iso(of.writtenAt)}. Entry ${nth} of the ledger’s chain of disclosures, hash ${hash}.`,
    '',
  ].join('\n');
}
