import type { CampaignId } from '../../shared/identity/ids';

/** As `DetectionRan` of shared/wiring.ts has it. */
type Due = { run: string; activeAccounts: number; campaigns: { id: CampaignId }[] };

/** Campaigns of one message: some minutes of deciding, and far from what a message may hold (an id has at most 128 characters). */
export const CAMPAIGNS_A_MESSAGE = 100;

/**
 * What enforcement is told after a run: every campaign, in messages that are each decided about, and tried again, alone. A run without
 * campaigns is told too: how many accounts are active bounds what may be done in a day.
 */
export async function decisionsDue(
  { id: run, active }: { id: string; active: number },
  campaigns: AsyncIterable<{ id: CampaignId }>,
): Promise<Due[]> {
  const first: Due = { run, activeAccounts: active, campaigns: [] };
  const messages = [first];
  let last = first;
  for await (const { id } of campaigns) {
    if (last.campaigns.length === CAMPAIGNS_A_MESSAGE) {
      last = { ...first, campaigns: [] };
      messages.push(last);
    }
    last.campaigns.push({ id });
  }
  return messages;
}
