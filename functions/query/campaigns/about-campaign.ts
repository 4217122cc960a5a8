import { DECISION_CHAIN } from '../../../shared/domain/cases/decision-record';
import type { CampaignId } from '../../../shared/identity/ids';
import { CaseStore } from '../../../shared/stores/cases/case-store';
import { ExonerationStore } from '../../../shared/stores/cases/exoneration-store';
import { LedgerStore } from '../../../shared/stores/cases/ledger-store';
import type { QueryPorts } from '../query-ports';
import type { About } from './campaign-view';

/** What the ledger knows of a campaign: what the policy says, what people said, and when it was first acted on. */
export async function aboutCampaign(id: CampaignId, { stores, clock }: QueryPorts): Promise<About> {
  const ledger = new LedgerStore(stores.enforcement, clock);
  const words = new ExonerationStore(stores.enforcement, ledger);
  const [decision, word, newest] = await Promise.all([
    ledger.head(DECISION_CHAIN, id),
    words.head({ kind: 'campaign', campaign: id }),
    new CaseStore(stores.enforcement, ledger).latestOf(id),
  ]);
  const holds = word && !word.state.revoked && word.state.until > clock.now();
  return { decision, words: holds ? [word.state] : [], actedAt: newest?.head.state.containedAt ?? null };
}
