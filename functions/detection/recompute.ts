import { gunzipSync } from 'node:zlib';
import { Campaign, type Evidence } from '../../shared/domain/campaigns/campaign';
import type { DetectionPolicy } from '../../shared/domain/policy/detection-policy';
import { HOUR } from '../../shared/domain/time';
import { readFoldOutput } from '../../shared/formats/fold-output';
import type { CampaignId } from '../../shared/identity/ids';
import type { ObjectStore } from '../../shared/ports';
import { membersOfHostile } from './campaigns/hostile';
import { type Assessment, controlFalseDiscovery } from './findings/assess';
import { baselineOf } from './findings/baseline';
import { judge } from './judgement';
import { Population } from './profiles/population';
import { byArrival } from './screen/screened';
import { TraitIndex } from './traits/trait-index';

/** The archive is read, and nothing else. */
type Archive = Pick<ObjectStore, 'get' | 'list'>;

/** One number of a finding, as it was recorded and as the archive gives it now. */
export type Recount = { detector: string; number: string; recorded: number; recounted: number | undefined; isSame: boolean };
/** A verdict, counted again. `missing`: the network of that time is not found any more, so nothing could be compared. */
export type Recomputed = { campaign: CampaignId; version: number; judgedAt: number; counts: Recount[]; missing: boolean };

const SAME = 1e-6;

/**
 * Counts findings again from nothing but the archive: folds of the hours before the run, and campaigns as they stood. Yields the newest
 * version of each campaign (or of one), at the run whose verdict it carries. Populations that are screened are not judged here.
 */
export async function* recompute(archive: Archive, policy: DetectionPolicy, wanted?: CampaignId): AsyncIterable<Recomputed> {
  const versions = await campaignsIn(archive);
  const newest = [...versions.values()].map(judgedFirst).filter(({ id }) => wanted === undefined || id === wanted);
  const folds = await foldsIn(archive);
  const population = new Population();
  for (const campaign of newest.sort((a, b) => a.updatedAt - b.updatedAt)) {
    const at = campaign.updatedAt;
    while (folds.length > 0 && folds[0]!.hour + HOUR <= at) {
      const { hour, keys } = folds.shift()!;
      for (const key of keys) population.absorbOutput(hour, readFoldOutput((await archive.get(key))!));
    }
    const before = [...versions.values()].flatMap((list) => list.filter(({ updatedAt }) => updatedAt < at).at(-1) ?? []);
    const assessment = closest(assessmentsAt(at, population, before, policy), campaign);
    yield {
      campaign: campaign.id,
      version: campaign.version,
      judgedAt: at,
      counts: assessment ? campaign.evidence.flatMap((one) => recountsOf(one, assessment.evidence)) : [],
      missing: assessment === undefined,
    };
  }
}

/** The version of a campaign in which its newest verdict was given: later ones may carry it on. */
function judgedFirst(list: readonly Campaign[]): Campaign {
  const newest = JSON.stringify(list.at(-1)!.evidence);
  return list.find(({ evidence }) => JSON.stringify(evidence) === newest)!;
}

async function campaignsIn(archive: Archive): Promise<Map<string, Campaign[]>> {
  const versions = new Map<string, Campaign[]>();
  for await (const key of archive.list('campaigns/')) {
    const campaign = Campaign.parse(JSON.parse(gunzipSync((await archive.get(key))!).toString()));
    versions.set(campaign.id, [...(versions.get(campaign.id) ?? []), campaign]);
  }
  for (const list of versions.values()) list.sort((a, b) => a.version - b.version);
  return versions;
}

/** The newest fold outputs of each hour, in hour order. */
async function foldsIn(archive: Archive): Promise<{ hour: number; keys: string[] }[]> {
  const hours = new Map<string, Map<string, string[]>>();
  for await (const key of archive.list('folds/')) {
    const [, hour = '', version = ''] = key.split('/');
    const of = hours.get(hour) ?? new Map<string, string[]>();
    of.set(version, [...(of.get(version) ?? []), key]);
    hours.set(hour, of);
  }
  return [...hours]
    .map(([hour, of]) => ({ hour: Date.parse(`${hour}:00:00Z`), keys: of.get([...of.keys()].sort().at(-1)!)! }))
    .sort((a, b) => a.hour - b.hour);
}

function assessmentsAt(at: number, population: Population, before: readonly Campaign[], policy: DetectionPolicy): Assessment[] {
  const { profiles, releases } = population;
  const index = new TraitIndex({
    referenceAgeDays: policy.referenceAgeDays.value,
    smallestReference: policy.smallestReference.value,
    hubShare: policy.hubShare.value,
  });
  const hostile = new Set([...membersOfHostile(before)].flatMap((account) => profiles.get(account) ?? []));
  index.update([...profiles.values()].sort(byArrival), releases, at, hostile);
  const named = new Set(
    before.flatMap(({ classification, members }) => (classification === 'unclear' ? [] : members.map(({ account }) => account))),
  );
  const context = { index, baseline: baselineOf(index), releases, operators: [], now: at };
  return controlFalseDiscovery(judge(context, { policy, named }).assessments, policy);
}

/** The network that has most of a campaign's members. */
function closest(assessments: readonly Assessment[], { members }: Campaign): Assessment | undefined {
  const accounts = new Set(members.map(({ account }) => account));
  const shared = ({ network }: Assessment): number => network.members.filter(({ entry }) => accounts.has(entry.profile.account)).length;
  const [best] = [...assessments].sort((a, b) => shared(b) - shared(a));
  return best && shared(best) > 0 ? best : undefined;
}

function recountsOf({ detector, numbers }: Evidence, now: readonly Evidence[]): Recount[] {
  const again = now.find((one) => one.detector === detector);
  return Object.entries(numbers).map(([number, recorded]) => {
    const recounted = again?.numbers[number];
    const isSame = recounted !== undefined && Math.abs(recounted - recorded) <= SAME * Math.max(Math.abs(recorded), SAME);
    return { detector, number, recorded, recounted, isSame };
  });
}
