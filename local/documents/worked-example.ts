import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Enforced } from '../../functions/enforcement/enforce';
import { valuesIn } from '../../functions/ingest/records/json-values';
import type { Campaign, Link } from '../../shared/domain/campaigns/campaign';
import { Policy } from '../../shared/domain/policy/policy';
import { HOUR, iso } from '../../shared/domain/time';
import type { AccountKey } from '../../shared/identity/ids';
import { CampaignGraphStore } from '../../shared/stores/campaigns/campaign-graph-store';
import { Scenario } from '../../simulator/scenarios/scenario';
import { simulate } from '../../simulator/simulate';
import { Pipeline } from '../pipeline';

/**
 * The worked example of docs/detection.md: a small world through the whole pipeline under a fixed key, until the policy would first
 * act on a campaign. Nothing in it is written by hand, so it cannot say what the code does not do.
 */
const SIZE = 24;
const WORLD = Scenario.parse({
  name: 'worked-example',
  start: '2026-06-01T00:00:00Z',
  days: 9,
  honest: { people: 300, carrierPeople: 20, agentUsers: 50, apps: 10 },
  described: [{ name: 'hydra', size: SIZE }],
});
const SECRET = 'worked-example-not-a-secret-0123456789abcdef';
const SHOWN = 6;

/** What else may stand in a campaign: how usual it is in its class, and the legs that a machine needs before it may suspend. */
type Judged = Campaign & {
  readonly typicality?: number | undefined;
  readonly legs?: Readonly<Record<string, { readonly holds: boolean; readonly because: string }>> | undefined;
};

type Found = { campaign: Campaign; links: readonly Link[]; decided: Enforced };

const firstActed = async (root: string): Promise<Found> => {
  const policy = Policy.parse(JSON.parse(readFileSync(join(root, 'policies/recommended.json'), 'utf8')));
  const simulation = simulate(WORLD, 1);
  let found: Found | undefined;
  const pipeline: Pipeline = new Pipeline({
    policy,
    secret: SECRET,
    start: simulation.start,
    detectEvery: HOUR,
    onRun: async ({ changed }, decided) => {
      for (const campaign of changed) {
        const about = decided.find((one) => one.campaign === campaign.id);
        if (found || !about || (about.kind !== 'opened' && about.kind !== 'shadowed')) continue;
        const links = await new CampaignGraphStore(pipeline.stores.archive).links(campaign.id, campaign.links?.version ?? campaign.version);
        found = { campaign, links: links ?? [], decided: about };
      }
    },
  });
  await pipeline.arm('worked-example');
  for (const { start, arrivals } of simulation) {
    await pipeline.advanceTo(start);
    if (found) return found;
    if (arrivals.length > 0) await pipeline.take([{ id: `${start}`, values: valuesIn(arrivals.map(({ line }) => line).join('\n')) }]);
  }
  throw new Error('the worked example ended without a campaign that the policy acts on: give it another world');
};

const round = (value: number): string => value.toFixed(1);
/** Cells come from data: what would be markup is text. */
const cell = (value: string): string => value.replace(/[\\`*_[\]<>|]/g, '\\$&').replace(/\s+/g, ' ');
const rows = (head: readonly string[], all: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...all].map((row) => `| ${row.join(' | ')} |`).join('\n');

const judgement = ({ typicality, legs }: Judged): string =>
  [
    typicality === undefined
      ? ''
      : ` Typicality ${typicality.toFixed(2)}: that share of the class's own groups is at least as far from the class.`,
    legs === undefined
      ? ''
      : `\n\n**Whether a machine may suspend it**: three legs, which must all stand.\n\n${Object.entries(legs)
          .map(([leg, { holds, because }]) => `- _${leg}_ ${holds ? 'stands' : 'is lacking'}: ${cell(because)}`)
          .join('\n')}`,
  ].join('');

/** The example as Markdown. Accounts are called A, B, C … */
export const workedExample = async (root: string): Promise<string> => {
  const { campaign, links, decided } = await firstActed(root);
  const strongest = [...links].sort((x, y) => y.weight - x.weight || (x.from + x.to < y.from + y.to ? -1 : 1));
  const names = new Map<AccountKey, string>();
  for (const { from, to } of strongest)
    for (const account of [from, to])
      if (names.size < SHOWN && !names.has(account)) names.set(account, String.fromCharCode(65 + names.size));
  const shown = strongest.filter(({ from, to }) => names.has(from) && names.has(to));
  const [pair] = shown;
  if (!pair) throw new Error('the worked example has no links');
  const members = campaign.members
    .filter(({ account }) => names.has(account))
    .sort((x, y) => (names.get(x.account)! < names.get(y.account)! ? -1 : 1));
  const at = (time: number): string => iso(time).slice(0, 16).replace('T', ' ');
  return `A world of ${WORLD.honest.people + WORLD.honest.carrierPeople + WORLD.honest.agentUsers + WORLD.honest.apps} ordinary accounts and a campaign of ${SIZE} (row \`hydra\`). By ${at(campaign.updatedAt)}, ${Math.round((campaign.updatedAt - campaign.firstSeen) / HOUR)} hours after its first request, ${campaign.members.length} accounts are linked. Six of them, A to F.

**What A and B share**, and how much each thing says (nats; within a family they are capped together):

${rows(
  ['shared', 'family', 'weight'],
  pair.reasons.map(({ type, family, weight }) => [type, family, round(weight)]),
)}

Their link weighs ${round(pair.weight)}. Links among the six: ${shown.map(({ from, to, weight }) => `${names.get(from)}–${names.get(to)} ${round(weight)}`).join(', ')}.

**How well each fits the network**, counted without itself:

${rows(
  ['account', 'score', 'families', 'role'],
  members.map(({ account, score, families, role }) => [names.get(account)!, round(score), families.join(', '), role]),
)}

**What the detectors say of the ${campaign.members.length}**, strongest first:

${campaign.evidence.map(({ detector, family, strength, because }) => `- \`${detector}\` (${family}, ${strength.toFixed(2)}): ${cell(because)}`).join('\n')}

**What it is called**: ${campaign.classification}; ${Object.entries(campaign.probabilities)
    .sort((x, y) => y[1] - x[1])
    .map(([kind, probability]) => `${kind} ${probability.toFixed(3)}`)
    .join(', ')}.${judgement(campaign)}

**What is decided**, by \`policies/recommended.json\`:

${decided.because.map((reason) => `- ${cell(reason)}`).join('\n')}`;
};
