import { HOUR } from '../../shared/domain/time';
import type { Truth } from '../../simulator/simulate';
import { sentBefore } from '../../simulator/spend';

/** What a system did about accounts and what it called the groups it found; a replay's report or a baseline's flags. Times in ms. */
export type Verdict = {
  accounts: readonly { id: string; contained: boolean; suspended: boolean; detectedAt: number; actedAt: number | undefined }[];
  campaigns: readonly { classification: string; accounts: readonly string[]; detectedAt: number }[];
};

export type CampaignMeasure = {
  name: string;
  members: number;
  exchanges: number;
  /** Share of exchanges sent before the account was contained. */
  leaked: number;
  contained: number;
  /** Share of members in campaigns classified as distillation that are mostly this one's, and share of those campaigns' accounts that are members. */
  found: number;
  purity: number | undefined;
  pieces: number;
  /** Hours from the first exchange to the first detection, and until 95 % of the first wave was contained. */
  hoursToDetection: number | undefined;
  hoursToContainment: number | undefined;
  /** Accounts that replaced others: how many came, how many were detected, median hours from their first exchange to that. */
  replaced: { came: number; detected: number; medianHours: number | undefined };
};
export type GroupMeasure = { label: string; groups: number; found: number; named: number };
export type Measures = {
  campaigns: CampaignMeasure[];
  leaked: number | undefined;
  /** Suspended accounts, and the share of them that belong to a distillation campaign. */
  suspended: number;
  precision: number | undefined;
  /** Share of distillation accounts that were contained. */
  recall: number | undefined;
  /** Honest accounts contained in any way, by population: wronged, of how many. And resellers or victims that were suspended. */
  wronged: Map<string, { wronged: number; of: number }>;
  falsePer10k: number;
  kinds: GroupMeasure[];
};

const CONTAINED_SHARE = 0.95;
const share = (part: number, whole: number): number | undefined => (whole > 0 ? part / whole : undefined);
const median = (list: readonly number[]): number | undefined => [...list].sort((x, y) => x - y)[Math.floor(list.length / 2)];

/** Campaigns whose accounts are mostly these. */
const mostly = (verdict: Verdict, ids: ReadonlySet<string>): Verdict['campaigns'] =>
  verdict.campaigns.filter((found) => found.accounts.filter((id) => ids.has(id)).length > found.accounts.length / 2);

type Said = ReadonlyMap<string, Verdict['accounts'][number]>;
const actedAt = (said: Said, id: string): number => {
  const account = said.get(id);
  return account?.contained ? (account.actedAt ?? Infinity) : Infinity;
};

const measureCampaign = (
  name: string,
  truths: readonly Truth[],
  start: number,
  verdict: Verdict,
  said: Said,
  unhindered?: number,
): CampaignMeasure => {
  const members = truths.filter((t) => t.campaign === name && t.total > 0);
  const ids = new Set(members.map((t) => t.id));
  const began = Math.min(...members.map((t) => t.first ?? start + HOUR * (t.byHour?.[0]?.[0] ?? 0)));
  const exchanges = unhindered ?? members.reduce((sum, t) => sum + t.total, 0);
  const leaked = members.reduce(
    (sum, t) => sum + (actedAt(said, t.id) === Infinity ? t.total : sentBefore(t, start, actedAt(said, t.id))),
    0,
  );
  const matched = mostly(verdict, ids);
  const covered = new Set(matched.filter((found) => found.classification === 'distillation').flatMap((found) => found.accounts));
  const hit = [...covered].filter((id) => ids.has(id)).length;
  const wave = members.filter((t) => !t.life).map((t) => actedAt(said, t.id));
  const enough = wave.sort((x, y) => x - y)[Math.ceil(wave.length * CONTAINED_SHARE) - 1] ?? Infinity;
  const detectedAt = Math.min(...matched.map((found) => found.detectedAt));
  const later = members.filter((t) => t.life);
  const delays = later.flatMap((t) => (said.has(t.id) ? [Math.max(0, (said.get(t.id)!.detectedAt - (t.first ?? began)) / HOUR)] : []));
  return {
    name,
    members: members.length,
    exchanges,
    leaked: exchanges > 0 ? leaked / exchanges : 0,
    contained: members.filter((t) => actedAt(said, t.id) < Infinity).length / Math.max(1, members.length),
    found: hit / Math.max(1, members.length),
    purity: share(hit, covered.size),
    pieces: matched.length,
    // Accounts that sell access may be known before the first of their customers extracts.
    hoursToDetection: detectedAt < Infinity ? Math.max(0, (detectedAt - began) / HOUR) : undefined,
    hoursToContainment: enough < Infinity ? (enough - began) / HOUR : undefined,
    replaced: { came: later.length, detected: delays.length, medianHours: median(delays) },
  };
};

const measureGroups = (truths: readonly Truth[], verdict: Verdict): GroupMeasure[] =>
  (
    [
      ['reselling', 'reselling'],
      ['hijacked', 'hijacked-keys'],
    ] as const
  ).map(([label, classification]) => {
    const names = new Set(truths.filter((t) => t.label === label).map((t) => t.group));
    const answers = [...names].map((name) =>
      mostly(verdict, new Set(truths.filter((t) => t.group === name && t.label === label).map((t) => t.id))),
    );
    return {
      label,
      groups: names.size,
      found: answers.filter((a) => a.length > 0).length,
      named: answers.filter((a) => a.some((found) => found.classification === classification)).length,
    };
  });

/**
 * Holds a verdict against the truth. `start`: ms of the world's first hour. `unhindered`: exchanges each campaign would have made
 * had nobody been contained, where the operator answered and the truth holds only what was left to it.
 */
export const measure = (truths: readonly Truth[], start: number, verdict: Verdict, unhindered?: ReadonlyMap<string, number>): Measures => {
  const said: Said = new Map(verdict.accounts.map((account) => [account.id, account]));
  const bad = truths.filter((t) => t.label === 'distillation' && t.total > 0);
  const campaigns = [...new Set(bad.flatMap((t) => t.campaign ?? []))].map((name) =>
    measureCampaign(name, truths, start, verdict, said, unhindered?.get(name)),
  );
  const exchanges = campaigns.reduce((sum, c) => sum + c.exchanges, 0);
  const suspended = verdict.accounts.filter((account) => account.suspended);
  const isBad = new Set(truths.filter((t) => t.label === 'distillation').map((t) => t.id));
  const wronged = new Map<string, { wronged: number; of: number }>();
  let honest = 0;
  let hurt = 0;
  for (const t of truths) {
    if (t.label === 'distillation') continue;
    const account = said.get(t.id);
    const wrong = t.label === 'honest' ? (account?.contained ?? false) : (account?.suspended ?? false);
    const row = wronged.get(t.kind) ?? { wronged: 0, of: 0 };
    wronged.set(t.kind, { wronged: row.wronged + (wrong ? 1 : 0), of: row.of + 1 });
    if (t.label !== 'honest') continue;
    honest++;
    if (wrong) hurt++;
  }
  return {
    campaigns,
    leaked: share(
      campaigns.reduce((sum, c) => sum + c.leaked * c.exchanges, 0),
      exchanges,
    ),
    suspended: suspended.length,
    precision: share(suspended.filter((account) => isBad.has(account.id)).length, suspended.length),
    recall: share(bad.filter((t) => actedAt(said, t.id) < Infinity).length, bad.length),
    wronged,
    falsePer10k: (10_000 * hurt) / Math.max(1, honest),
    kinds: measureGroups(truths, verdict),
  };
};
