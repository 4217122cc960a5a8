import { DAY, HOUR, iso } from '../../../shared/domain/time';
import { SeededChance } from '../../../shared/memory/simulated-clock';

export const START = Date.UTC(2026, 5, 1);
export const HOURS = 30;

const names = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${prefix}-${i}`);
export const CAMPAIGN = names('campaign', 30);
export const HONEST = names('honest', 260);

/**
 * Thirty accounts on four cards, twelve exits and one tool, round the clock, among 260 people with a card, an address and a day of
 * their own. `campaign`: the names of the thirty, so that the same operator can come with other accounts.
 */
export function smallTraffic(campaign: readonly string[] = CAMPAIGN): string[] {
  const chance = new SeededChance(7);
  const below = (n: number): number => Math.floor(chance.next() * n);
  let ids = 0;
  const event = (type: string, subject: string, at: number, data: object): string =>
    JSON.stringify({ specversion: '1.0', source: 'gateway', id: `e-${ids++}`, type: `lockstep.${type}.v1`, subject, time: iso(at), data });
  const usage = (subject: string, at: number, address: string, agent: string, text: string): string =>
    event('usage', subject, at, {
      model: 'atlas-5',
      inputTokens: 500,
      outputTokens: 900,
      apiKey: `key of ${subject}`,
      channel: 'api',
      network: { ip: address, country: 'SG' },
      client: { userAgent: agent },
      prompt: { text },
      labels: { task: 'coding', language: 'en' },
    });
  const lines: string[] = [];
  campaign.forEach((account, i) => {
    const facts = { createdAt: iso(START - 3 * DAY - i * HOUR), plan: 'paid', paymentInstrument: `card-${i % 4}` };
    lines.push(event('account', account, START, facts));
    for (let hour = 0; hour < HOURS; hour++) {
      const at = START + hour * HOUR + i * 60_000 + below(50_000);
      lines.push(usage(account, at, `198.51.${below(12)}.7`, 'harvest/1', `explain step by step how to sort list ${hour}`));
    }
  });
  HONEST.forEach((account, i) => {
    lines.push(
      event('account', account, START, { createdAt: iso(START - (60 + below(300)) * DAY), plan: 'paid', paymentInstrument: `own-${i}` }),
    );
    for (let hour = 8; hour < 19; hour += 2) {
      const at = START + hour * HOUR + below(3_500_000);
      lines.push(
        usage(
          account,
          at,
          `203.0.${i >> 7}.${i & 127}`,
          `popular/${i % 3}`,
          `question ${'abcdefghij'[below(10)]} of ${account.replace('-', ' x')}`,
        ),
      );
    }
  });
  return lines;
}
