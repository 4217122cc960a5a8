import { CAMPAIGNS_A_MESSAGE, decisionsDue } from '../../functions/detection/decisions-due';
import { type CampaignId, campaignId } from '../../shared/identity/ids';
import { DetectionRan } from '../../shared/wiring';

/** What SQS takes in one request, bytes: messages are sent ten at a time, and together hold no more. */
const LARGEST_REQUEST = 1024 * 1024;

const ids = (count: number) => Array.from({ length: count }, (_, n) => campaignId(`C-${String(n).padStart(126, '0')}`));

async function* headersOf(campaigns: readonly CampaignId[]) {
  for (const id of campaigns) yield { id };
}

test.each([0, 1, CAMPAIGNS_A_MESSAGE - 1, CAMPAIGNS_A_MESSAGE, CAMPAIGNS_A_MESSAGE + 1, 30_000])(
  '%d campaigns: each is named once, in messages that its reader takes and a queue can carry',
  async (count) => {
    const campaigns = ids(count);
    const messages = await decisionsDue({ id: 'run-1', active: 1_000_000 }, headersOf(campaigns));
    const read = messages.map((message) => DetectionRan.parse(JSON.parse(JSON.stringify(message))));
    expect(read.flatMap((one) => one.campaigns.map(({ id }) => id))).toEqual(campaigns);
    expect(messages.length).toBe(Math.max(1, Math.ceil(count / CAMPAIGNS_A_MESSAGE)));
    for (const message of messages) expect(10 * Buffer.byteLength(JSON.stringify(message))).toBeLessThan(LARGEST_REQUEST);
  },
);
