import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Appeals, openAppeals } from '../../../functions/appeals/appeals';
import { advance } from '../../../functions/enforcement/case/advance';
import { enforce } from '../../../functions/enforcement/enforce';
import { type Enforcement, openEnforcement } from '../../../functions/enforcement/enforcement';
import { turnKillSwitch } from '../../../functions/enforcement/policy/kill-switch';
import { ToyProvider, withStandingOf } from '../../../local/provider/toy-provider';
import type { AccountFacts } from '../../../shared/domain/account';
import type { Campaign } from '../../../shared/domain/campaigns/campaign';
import type { Person } from '../../../shared/domain/person';
import type { Mode } from '../../../shared/domain/policy/enforcement-policy';
import { Policy, policyDigest } from '../../../shared/domain/policy/policy';
import { type AppealKeys, signAppealLink } from '../../../shared/identity/appeal-link';
import { type AccountKey, caseId, sealedId } from '../../../shared/identity/ids';
import { SeededChance, SimulatedClock } from '../../../shared/memory/simulated-clock';
import type { AbuseDesks, Stores } from '../../../shared/ports';
import { type Side, storesOn } from '../sides';
import { T0 } from './build-campaign';

export const RECOMMENDED = Policy.parse(JSON.parse(readFileSync(join(__dirname, '../../../policies/recommended.json'), 'utf8')));

export const APPEAL_KEYS: AppealKeys = [{ id: 'k2', secret: 'a secret of the test, thirty-two bytes' }];

export const ADA: Person = { id: 'ada', role: 'admin' };
export const BEN: Person = { id: 'ben', role: 'reviewer' };
export const CLEO: Person = { id: 'cleo', role: 'reviewer' };
export const DAN: Person = { id: 'dan', role: 'reviewer' };
export const VIEWER: Person = { id: 'vic', role: 'viewer' };
let commands = 0;
export const says = (actor: Person, because = 'because I looked') => ({ actor, because, key: `command-${++commands}` });

/** The same document is asked about thousands of times. */
const digests = new WeakMap<Policy, string>();
function digestOf(policy: Policy): string {
  const digest = digests.get(policy) ?? policyDigest(policy);
  digests.set(policy, digest);
  return digest;
}

/** The recommended policy with some of its enforcement numbers changed. */
export function policyWith(change: (enforcement: Policy['enforcement']) => void): Policy {
  const policy = structuredClone(RECOMMENDED);
  change(policy.enforcement);
  return policy;
}

/** The recommended policy, but with rules that act by themselves where it has a person decide. */
export const BOLD = policyWith((enforcement) => {
  for (const rule of enforcement.rules) delete rule.mode;
});

/** The recommended policy, but two people from 25 accounts on instead of 101: stories over the wire are small. */
export const SMALL = policyWith((enforcement) => {
  enforcement.approval.twoAbove = { value: 24, reason: 'the test says so' };
});

export type TestWorld = {
  clock: SimulatedClock;
  provider: ToyProvider;
  stores: Stores;
  facts: Map<AccountKey, AccountFacts>;
  enforcement: Enforcement;
  appeals: Appeals;
  /** Puts another policy live. */
  judgeBy(policy: Policy): void;
  /** Saves the campaign as its next version and lets enforcement look at it. */
  detect(campaign: Campaign, activeAccounts?: number): ReturnType<typeof enforce>;
  /** Lets time pass, advancing cases when they are due. */
  pass(ms: number): Promise<void>;
};

/** Enforcement on one side of the ports, armed, under the recommended policy in mode auto; every account is known and paid. */
export async function enforcementWorld(
  side: Side,
  options: { policy?: Policy; seed?: number; armed?: boolean; desks?: AbuseDesks } = {},
): Promise<TestWorld> {
  const clock = new SimulatedClock(T0);
  const provider = new ToyProvider();
  const facts = new Map<AccountKey, AccountFacts>();
  let policy = options.policy ?? RECOMMENDED;
  const stores = await storesOn(side, clock);
  const reader = {
    known: async (accounts: readonly AccountKey[]) =>
      new Map(
        accounts.map((account) => [
          account,
          { account, sealed: sealedId(`sealed-${account}`), facts: facts.get(account) ?? { plan: 'paid' as const } },
        ]),
      ),
  };
  const enforcement = openEnforcement({
    stores,
    accounts: withStandingOf(provider, reader),
    provider: await side.reach(provider),
    workflow: { start: async () => {}, wake: async () => {} },
    policy: async () => ({ policy, digest: digestOf(policy) }),
    appealLinks: {
      link: (subject, now) =>
        signAppealLink(subject, {
          keys: APPEAL_KEYS,
          baseUrl: 'https://appeals.example/',
          now,
          validDays: policy.enforcement.appeals.linkValidDays.value,
        }),
    },
    clock,
    ...(options.desks ? { desks: options.desks } : {}),
    chance: new SeededChance(options.seed ?? 1),
  });
  if (options.armed ?? true) await turnKillSwitch({ ...says(ADA, 'set up'), to: 'armed' }, enforcement);
  const appeals = openAppeals({ table: stores.enforcement, clock, keys: async () => APPEAL_KEYS, policy: async () => ({ policy }) });
  return {
    appeals,
    clock,
    provider,
    stores,
    facts,
    enforcement,
    judgeBy: (next) => {
      policy = next;
    },
    async detect(campaign, activeAccounts = 1_000_000) {
      const version = ((await enforcement.campaigns.header(campaign.id))?.version ?? 0) + 1;
      await enforcement.campaigns.save({ ...campaign, version, updatedAt: clock.now() });
      return enforce({ campaigns: [campaign], activeAccounts }, enforcement);
    },
    async pass(ms) {
      const end = clock.now() + ms;
      for (;;) {
        const { nextDue } = await advance(enforcement);
        if (nextDue === undefined || nextDue > end) break;
        clock.advanceTo(Math.max(nextDue, clock.now() + 1));
      }
      clock.advanceTo(end);
      await advance(enforcement);
    },
  };
}

/** The case that the campaign of these tests opens. */
export const CASE = caseId('C-hydra.0001');
export const set = <T>(value: T) => ({ value, reason: 'the test says so' });
/** A mode for suspensions, and one person enough for up to 24 accounts. */
export const inMode = (mode: Mode) => (enforcement: Policy['enforcement']) => {
  enforcement.modes.suspend = set(mode);
  enforcement.approval.twoAbove = set(24);
};
export const progressOf = async (world: TestWorld) => (await world.enforcement.cases.head(CASE))?.state.progress.kind;
