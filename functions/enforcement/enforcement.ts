import type { AppealSubject } from '../../shared/domain/cases/appeal';
import type { Policy } from '../../shared/domain/policy/policy';
import type { AbuseDesks, AccountReader, Chance, Clock, Provider, Stores, Workflow } from '../../shared/ports';
import { EventStore } from '../../shared/stores/archive/event-store';
import { HeldStore } from '../../shared/stores/archive/held-store';
import { SightingStore } from '../../shared/stores/archive/sighting-store';
import { SummaryStore } from '../../shared/stores/archive/summary-store';
import { CampaignStore } from '../../shared/stores/campaigns/campaign-store';
import { CanaryStore } from '../../shared/stores/campaigns/canary-store';
import { FlaggedStore } from '../../shared/stores/campaigns/flagged-store';
import { KnownOperatorStore } from '../../shared/stores/campaigns/known-operator-store';
import { LabelStore } from '../../shared/stores/campaigns/label-store';
import { RegroupingStore } from '../../shared/stores/campaigns/regrouping-store';
import { ApiKeyStore } from '../../shared/stores/cases/api-key-store';
import { AppealStore } from '../../shared/stores/cases/appeal-store';
import { CaseStore } from '../../shared/stores/cases/case-store';
import { ExonerationStore } from '../../shared/stores/cases/exoneration-store';
import type { LedgerStore } from '../../shared/stores/cases/ledger-store';
import { LegalHoldStore } from '../../shared/stores/cases/legal-hold-store';
import { ReferralStore } from '../../shared/stores/cases/referral-store';
import { SituationStore } from '../../shared/stores/cases/situation-store';
import { StandingLedger } from '../../shared/stores/cases/standing-ledger';
import { VerificationStore } from '../../shared/stores/cases/verification-store';
import { LeaseStore } from '../../shared/stores/lease-store';
import { PolicyStore } from '../../shared/stores/policy-store';
import { RuleStore } from '../../shared/stores/rule-store';
import { StandingList } from './standing/standing-list';

/** The policy that judges now, with its digest (`policyDigest`). On AWS: the policy store's live version; in replay: the file. */
export type LivePolicy = () => Promise<{ policy: Policy; digest: string }>;

/** Makes the address under which a person can appeal without a login (shared/identity/appeal-link.ts). */
export type AppealLinks = { link(subject: AppealSubject, now: number): Promise<string> };

/** What this stage is given. */
export type Dependencies = {
  /** `features`: for whoever looks at requests that came after an action (keys/watch-keys.ts); others need none. */
  stores: Pick<Stores, 'enforcement' | 'graph' | 'archive'> & Partial<Pick<Stores, 'features'>>;
  accounts: AccountReader;
  provider: Provider;
  workflow: Workflow;
  policy: LivePolicy;
  appealLinks?: AppealLinks;
  /** Without: every referral is handed in by a person. */
  desks?: AbuseDesks;
  clock: Clock;
  chance: Chance;
  /** Detection's own instance, where both run in one process: it remembers the documents it saved. */
  campaigns?: CampaignStore;
};

/** Everything that enforcement depends on, stores opened: what every use case of this stage takes. */
export type Enforcement = Omit<Dependencies, 'stores' | 'campaigns' | 'desks'> & {
  desks: AbuseDesks;
  table: Stores['enforcement'];
  ledger: LedgerStore;
  campaigns: CampaignStore;
  cases: CaseStore;
  exonerations: ExonerationStore;
  rules: RuleStore;
  labels: LabelStore;
  policies: PolicyStore;
  appeals: AppealStore;
  operators: KnownOperatorStore;
  canaries: CanaryStore;
  regroupings: RegroupingStore;
  holds: LegalHoldStore;
  /** What legal holds keep: read before anything of an account is erased. */
  held: HeldStore;
  verifications: VerificationStore;
  referrals: ReferralStore;
  /** API keys, as the provider told of them. */
  keys: ApiKeyStore;
  /** What lasts and calls for somebody, for whoever tells people. */
  situations: SituationStore;
  /** Requests as they were counted; undefined where nobody has to look at them. */
  events: EventStore | undefined;
  leases: LeaseStore;
  sightings: SightingStore;
  summaries: SummaryStore;
  /** Who is watched or in review, for the list of flagged accounts. */
  standings: StandingList;
};

const NO_DESK: AbuseDesks = {
  isSetUp: () => false,
  deliver: async ({ referral }) => ({ kind: 'unreachable', because: `no abuse desk of ${referral.cloud} is set up` }),
};

export function openEnforcement({ stores, ...deps }: Dependencies): Enforcement {
  const flagged = new FlaggedStore(stores.graph);
  const ledger = new StandingLedger(stores.enforcement, deps.clock, flagged);
  const campaigns = deps.campaigns ?? new CampaignStore(stores);
  const cases = new CaseStore(stores.enforcement, ledger);
  return {
    ...deps,
    desks: deps.desks ?? NO_DESK,
    table: stores.enforcement,
    ledger,
    campaigns,
    cases,
    standings: new StandingList(flagged, { ledger, cases, campaigns, clock: deps.clock }),
    exonerations: new ExonerationStore(stores.enforcement, ledger),
    rules: new RuleStore(stores.enforcement, ledger),
    labels: new LabelStore(stores.enforcement),
    policies: new PolicyStore(stores.enforcement, ledger),
    appeals: new AppealStore(stores.enforcement, ledger),
    operators: new KnownOperatorStore(ledger),
    canaries: new CanaryStore(stores.enforcement, ledger),
    regroupings: new RegroupingStore(ledger),
    holds: new LegalHoldStore(ledger),
    held: new HeldStore(stores.archive),
    verifications: new VerificationStore(stores.enforcement, ledger),
    referrals: new ReferralStore(stores.enforcement, ledger),
    keys: new ApiKeyStore(stores.enforcement),
    situations: new SituationStore(stores.enforcement),
    events: stores.features && new EventStore({ archive: stores.archive, features: stores.features }),
    leases: new LeaseStore(stores.enforcement, deps.clock),
    sightings: new SightingStore(stores.graph),
    summaries: new SummaryStore(stores.graph),
  };
}
