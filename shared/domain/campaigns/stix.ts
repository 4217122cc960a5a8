import { createHash } from 'node:crypto';
import { z } from 'zod';
import { campaignId, type Hash64, operatorId } from '../../identity/ids';
import { iso } from '../time';
import { type Campaign, CLASSIFICATIONS, type Classification, Indicator, probabilityOf } from './campaign';
import { MOST_OPERATOR_INDICATORS, type ReadOperator } from './known-operator';

/**
 * STIX 2.1 (OASIS standard, 10 June 2021) for campaigns: a bundle of an identity, the campaign, an indicator for each
 * shared thing and `indicates` relationships. Values are keyed hashes: a bundle says nothing to who does not hold the key
 * of the deployment, and matches exactly where it is shared. No maintained STIX library exists for this runtime
 * (docs/decisions/0013); what is used of the standard is the four object types below, as schemas.
 */
const Timestamp = z.iso.datetime({ precision: 3 });
const id = (type: string) =>
  z.string().regex(new RegExp(`^${type}--[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`));
const common = {
  spec_version: z.literal('2.1'),
  created: Timestamp,
  modified: Timestamp,
  object_marking_refs: z.array(id('marking-definition')).optional(),
};

/** It is written into findings and dossiers: words only. */
const Name = z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N} ._:-]{0,99}$/u, 'Give a name of at most 100 letters, digits, spaces and . _ : -');

const Identity = z.object({
  type: z.literal('identity'),
  id: id('identity'),
  ...common,
  name: Name,
  identity_class: z.literal('system'),
});
const StixCampaign = z.object({
  type: z.literal('campaign'),
  id: id('campaign'),
  ...common,
  created_by_ref: id('identity'),
  name: Name,
  description: z.string(),
  first_seen: Timestamp,
  last_seen: Timestamp,
  objective: z.enum(CLASSIFICATIONS),
  confidence: z.int().min(0).max(100),
  extensions: z.record(z.string(), z.object({ extension_type: z.literal('property-extension'), accounts: z.int().min(1) })),
});
const KeyedHash = z.custom<Hash64>(
  (value) => typeof value === 'string' && /^[0-9a-f]{13,16}$/.test(value),
  'Give a keyed hash: 13 to 16 lower-case hexadecimal digits.',
);
const StixIndicator = z.object({
  type: z.literal('indicator'),
  id: id('indicator'),
  ...common,
  created_by_ref: id('identity'),
  name: z.string(),
  indicator_types: z.array(z.string()),
  pattern: z.string(),
  pattern_type: z.literal('stix'),
  pattern_version: z.literal('2.1'),
  valid_from: Timestamp,
  labels: z.array(z.string()),
  extensions: z.record(
    z.string(),
    z.object({
      extension_type: z.literal('property-extension'),
      indicator: Indicator.extend({ hash: KeyedHash, members: z.int().min(1) }),
    }),
  ),
});
/** `indicates`: an indicator the campaign; `uses`: the campaign a technique. */
const Relationship = z.object({
  type: z.literal('relationship'),
  id: id('relationship'),
  ...common,
  created_by_ref: id('identity'),
  relationship_type: z.enum(['indicates', 'uses']),
  source_ref: z.union([id('indicator'), id('campaign')]),
  target_ref: z.union([id('campaign'), id('attack-pattern')]),
});
const AttackPattern = z.object({
  type: z.literal('attack-pattern'),
  id: id('attack-pattern'),
  ...common,
  created_by_ref: id('identity'),
  name: z.string(),
  external_references: z.array(z.object({ source_name: z.string(), external_id: z.string(), url: z.url() })),
});
/** Traffic Light Protocol, as the standard defines its marking (STIX 2.1, 7.2.1.4). */
const Marking = z.object({
  type: z.literal('marking-definition'),
  id: id('marking-definition'),
  spec_version: z.literal('2.1'),
  created: Timestamp,
  definition_type: z.literal('tlp'),
  name: z.string(),
  definition: z.object({ tlp: z.string() }),
});
/** Several campaigns of one operator in one document (STIX 2.1, 4.16). */
const Report = z.object({
  type: z.literal('report'),
  id: id('report'),
  ...common,
  created_by_ref: id('identity'),
  name: z.string(),
  description: z.string(),
  report_types: z.array(z.literal('threat-actor')),
  published: Timestamp,
  object_refs: z.array(z.string()).min(1),
});
const Extension = z.object({
  type: z.literal('extension-definition'),
  id: id('extension-definition'),
  ...common,
  created_by_ref: id('identity'),
  name: z.string(),
  schema: z.string(),
  version: z.string(),
  extension_types: z.array(z.literal('property-extension')),
});

export const StixBundle = z.object({
  type: z.literal('bundle'),
  id: id('bundle'),
  objects: z.array(
    z.discriminatedUnion('type', [Identity, Extension, StixCampaign, StixIndicator, Relationship, AttackPattern, Marking, Report]),
  ),
});
export type StixBundle = z.infer<typeof StixBundle>;

/** UUID version 5 (RFC 9562) in a namespace of our own: the same campaign gives the same ids again. */
const NAMESPACE = Buffer.from('6c6f636b737465703a737469783a7631', 'hex');
function stixId(type: string, name: string): string {
  const bytes = createHash('sha1').update(NAMESPACE).update(`${type}/${name}`).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${type}--${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The four markings that STIX 2.1 fixes, with their ids. Keyed hashes of customers go to whoever needs them: amber unless somebody says less. */
export const TLP = {
  white: 'marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9',
  green: 'marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da',
  amber: 'marking-definition--f88d31f6-486f-44da-b317-01333bde0b82',
  red: 'marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed',
} as const;
export type Tlp = keyof typeof TLP;
/** When the standard's own markings were made. */
const TLP_CREATED = '2017-01-20T00:00:00.000Z';

/** MITRE ATLAS techniques that a class of campaign uses; none where the campaign is no attack on a model. */
const TECHNIQUES: { readonly [C in Classification]?: readonly (readonly [technique: string, name: string])[] } = {
  distillation: [
    ['AML.T0040', 'AI Model Inference API Access'],
    ['AML.T0024.002', 'Exfiltration via AI Inference API: Extract AI Model'],
  ],
  'hijacked-keys': [['AML.T0012', 'Valid Accounts']],
};

const EXTENSION = stixId('extension-definition', 'lockstep-indicator');

/** What of a campaign a bundle says. */
type Told = Pick<
  Campaign,
  'id' | 'version' | 'classification' | 'probabilities' | 'detectedAt' | 'updatedAt' | 'firstSeen' | 'lastSeen' | 'evidence' | 'indicators'
> & { members: readonly unknown[] };

/** A campaign, the techniques it uses and its indicators as a bundle. Pure: the campaign's own times are the objects' times. */
export function stixOf(campaign: Told, tlp: Tlp = 'amber'): StixBundle {
  const system = stixId('identity', 'lockstep');
  const times = {
    spec_version: '2.1',
    created: iso(campaign.detectedAt),
    modified: iso(Math.max(campaign.detectedAt, campaign.updatedAt)),
  } as const;
  const own = { ...times, created_by_ref: system };
  const target = stixId('campaign', campaign.id);
  const indicators = campaign.indicators.map((indicator) => ({
    type: 'indicator' as const,
    id: stixId('indicator', `${campaign.id}/${indicator.type}/${indicator.hash}`),
    ...own,
    name: `${indicator.type} shared by ${indicator.members} accounts`,
    indicator_types: ['malicious-activity'],
    pattern: `[x-lockstep-trait:kind = '${indicator.type}' AND x-lockstep-trait:keyed_hash = '${indicator.hash}']`,
    pattern_type: 'stix' as const,
    pattern_version: '2.1' as const,
    valid_from: iso(indicator.firstUse),
    labels: [indicator.family],
    extensions: { [EXTENSION]: { extension_type: 'property-extension' as const, indicator } },
  }));
  const techniques = (TECHNIQUES[campaign.classification] ?? []).map(([technique, name]) => ({
    type: 'attack-pattern' as const,
    id: stixId('attack-pattern', technique),
    ...own,
    name,
    external_references: [{ source_name: 'mitre-atlas', external_id: technique, url: `https://atlas.mitre.org/techniques/${technique}` }],
  }));
  const objects: StixBundle['objects'] = [
    {
      type: 'marking-definition',
      id: TLP[tlp],
      spec_version: '2.1',
      created: TLP_CREATED,
      definition_type: 'tlp',
      name: `TLP:${tlp.toUpperCase()}`,
      definition: { tlp },
    },
    { type: 'identity', id: system, ...times, name: 'Lockstep', identity_class: 'system' },
    {
      type: 'extension-definition',
      id: EXTENSION,
      ...own,
      name: 'Lockstep indicator',
      schema: 'docs/api.md',
      version: '1.0',
      extension_types: ['property-extension'],
    },
    {
      type: 'campaign',
      id: target,
      ...own,
      name: campaign.id,
      description: campaign.evidence.map(({ because }) => because).join('\n'),
      first_seen: iso(campaign.firstSeen),
      last_seen: iso(Math.max(campaign.firstSeen, campaign.lastSeen)),
      objective: campaign.classification,
      confidence: Math.round(100 * probabilityOf(campaign)),
      extensions: { [EXTENSION]: { extension_type: 'property-extension', accounts: Math.max(1, campaign.members.length) } },
    },
    ...indicators,
    ...indicators.map((indicator) => ({
      type: 'relationship' as const,
      id: stixId('relationship', indicator.id),
      ...own,
      relationship_type: 'indicates' as const,
      source_ref: indicator.id,
      target_ref: target,
    })),
    ...techniques,
    ...techniques.map((technique) => ({
      type: 'relationship' as const,
      id: stixId('relationship', `${campaign.id}/${technique.id}`),
      ...own,
      relationship_type: 'uses' as const,
      source_ref: target,
      target_ref: technique.id,
    })),
  ];
  const marked = objects.map((object) => (object.type === 'marking-definition' ? object : { ...object, object_marking_refs: [TLP[tlp]] }));
  return { type: 'bundle', id: stixId('bundle', `${campaign.id}/${campaign.version}`), objects: marked };
}

/** What a disclosure says of itself in a bundle. `number`: its place in the ledger. */
type Disclosed = { number: number; title: string; writtenAt: number; attribution: { statement: string; confidence: string } | null };

/** A disclosure as a bundle: each campaign as it was when it was written, what they share once, and a report that names all. Pure. */
export function stixOfDisclosure(
  { number, title, writtenAt, attribution }: Disclosed,
  campaigns: readonly Campaign[],
  tlp: Tlp = 'amber',
): StixBundle {
  const objects = new Map<string, StixBundle['objects'][number]>();
  for (const campaign of campaigns)
    for (const object of stixOf(campaign, tlp).objects) if (!objects.has(object.id)) objects.set(object.id, object);
  const at = iso(writtenAt);
  const report: z.infer<typeof Report> = {
    type: 'report',
    id: stixId('report', `disclosure/${number}/${at}`),
    spec_version: '2.1',
    created: at,
    modified: at,
    created_by_ref: stixId('identity', 'lockstep'),
    object_marking_refs: [TLP[tlp]],
    name: title,
    description: attribution ? `${attribution.statement} (${attribution.confidence} confidence)` : 'Nobody is named.',
    report_types: ['threat-actor'],
    published: at,
    object_refs: [...objects.keys()],
  };
  return { type: 'bundle', id: stixId('bundle', `disclosure/${number}/${at}/${tlp}`), objects: [...objects.values(), report] };
}

/** Indicators by our own keyed hashes of a campaign that others know, as a bundle to import: `now` stands for the times that nobody told. */
export function knownBundle(
  { name, classification, accounts, now, tlp }: { name: string; classification: Classification; accounts: number; now: number; tlp: Tlp },
  indicators: readonly Pick<Indicator, 'type' | 'hash' | 'family'>[],
): StixBundle {
  const probabilities = { distillation: 0, reselling: 0, 'hijacked-keys': 0, 'shared-origin': 0, unclear: 0, [classification]: 0.5 };
  const times = { version: 1, detectedAt: now, updatedAt: now, firstSeen: now, lastSeen: now };
  const full = indicators.map((one) => ({ ...one, members: 1, others: 0, firstUse: now, lastUse: now }));
  const campaign = { id: campaignId(name), classification, probabilities, ...times, evidence: [], indicators: full };
  return stixOf({ ...campaign, members: Array.from({ length: accounts }) }, tlp);
}

/** A field of a bundle, by its path, and what would be right there. */
export type BundleFault = { field: string; message: string };
export type ReadBundle = { kind: 'operator'; operator: ReadOperator } | { kind: 'refused'; faults: BundleFault[] };

/** Hashed under no key: it would be met in every deployment, whosever it is. */
const KEYLESS: ReadonlySet<Indicator['type']> = new Set(['rhythm']);

/** Faults told at a time: the first show what is wrong, and a wrong file has thousands. */
const MOST_FAULTS = 10;

/** Whose indicators a bundle holds that Lockstep wrote, or what is wrong with it. */
export function operatorIn(value: unknown): ReadBundle {
  const parsed = StixBundle.safeParse(value);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => ({ field: path.join('.') || '(whole)', message }));
    return { kind: 'refused', faults: faults.slice(0, MOST_FAULTS) };
  }
  const { objects } = parsed.data;
  const refused = (field: string, message: string): ReadBundle => ({ kind: 'refused', faults: [{ field, message }] });
  const campaigns = objects.filter((object) => object.type === 'campaign');
  const [campaign] = campaigns;
  if (!campaign || campaigns.length > 1) return refused('objects', `Give one campaign in a bundle; there are ${campaigns.length} here.`);
  const at = `objects.${objects.indexOf(campaign)}`;
  if (campaign.objective === 'shared-origin' || campaign.objective === 'unclear')
    return refused(`${at}.objective`, `A campaign classified as ${campaign.objective} is nobody's work: there is no operator to look for.`);
  const identity = objects.find((object) => object.type === 'identity' && object.id === campaign.created_by_ref);
  if (identity?.type !== 'identity') return refused(`${at}.created_by_ref`, 'Give the identity that it names, too: it is the source.');
  const accounts = Object.values(campaign.extensions)[0]?.accounts;
  if (accounts === undefined) return refused(`${at}.extensions`, 'Say how many accounts the campaign has, as the export of Lockstep does.');
  const indicators: ReadOperator['indicators'] = [];
  for (const [index, object] of objects.entries()) {
    if (object.type !== 'indicator') continue;
    const found = Object.values(object.extensions).map(({ indicator }) => indicator);
    if (found.length !== 1)
      return refused(`objects.${index}.extensions`, 'Give one indicator here, in the property extension of Lockstep.');
    for (const { type, hash, family, members } of found) {
      if (members > accounts)
        return refused(`objects.${index}.extensions`, `It has ${members} members; the campaign has ${accounts} accounts.`);
      if (!KEYLESS.has(type)) indicators.push({ type, hash, family, members });
    }
  }
  if (indicators.length === 0) return refused('objects', 'There is no indicator in it: nothing could be looked for.');
  if (indicators.length > MOST_OPERATOR_INDICATORS)
    return refused('objects', `Give at most ${MOST_OPERATOR_INDICATORS} indicators; there are ${indicators.length}.`);
  // Deterministic, so that a later bundle of the same campaign replaces the one before.
  const operator = operatorId(`o-${campaign.id.slice('campaign--'.length).replaceAll('-', '').slice(0, 12)}`);
  const { name, objective: classification } = campaign;
  return { kind: 'operator', operator: { id: operator, name, source: identity.name, classification, accounts, indicators } };
}
