import type { Campaign } from '../../shared/model/campaign';
import type { CampaignId, CaseId } from '../../shared/model/ids';
import type { Enforcement } from './enforcement';

export type Enforced = {
  campaign: CampaignId;
  kind: 'left' | 'watched' | 'shadowed' | 'opened' | 'joined' | 'unchanged';
  case?: CaseId;
  because: readonly string[];
};

/**
 * After a detection run: decides about every campaign that changed, opens cases, and contains new members of campaigns
 * that are contained already. May be repeated with the same run.
 */
export async function enforce(_run: { campaigns: readonly Campaign[]; activeAccounts: number }, _world: Enforcement): Promise<Enforced[]> {
  throw new Error('being written: the signature is the contract');
}
