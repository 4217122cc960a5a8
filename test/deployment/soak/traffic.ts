import { randomUUID } from 'node:crypto';
import { DAY, HOUR, iso } from '../../../shared/domain/time';
import type { SeededChance } from '../../../shared/memory/simulated-clock';

/** When the simulated time of a soak begins. */
export const START = Date.UTC(2026, 5, 1);
const EVENTS_A_MESSAGE = 50;
const DUPLICATES = 0.02;
const MALFORMED = 0.002;

/** Two dozen accounts on three cards, six exits and one tool among 300 people: a campaign in the flood. */
export function makeTraffic(chance: SeededChance) {
  const below = (n: number): number => Math.floor(chance.next() * n);
  const lines: string[] = [];
  const made = { sent: 0, duplicates: 0, malformed: 0 };
  const known = new Set<string>();
  const event = (type: string, subject: string, at: number, data: object): string =>
    JSON.stringify({
      specversion: '1.0',
      source: 'soak',
      id: `s-${lines.length}`,
      type: `lockstep.${type}.v1`,
      subject,
      time: iso(at),
      data,
    });
  function one(at: number): string[] {
    const isCampaign = chance.next() < 0.3;
    const n = below(isCampaign ? 24 : 300);
    const subject = `${isCampaign ? 'campaign' : 'person'}-${n}`;
    const found: string[] = [];
    const add = (line: string): void => {
      lines.push(line);
      found.push(line);
      made.sent++;
    };
    if (!known.has(subject)) {
      known.add(subject);
      const createdAt = iso(START - (isCampaign ? 3 * DAY + n * HOUR : (60 + below(300)) * DAY));
      add(event('account', subject, at, { createdAt, plan: 'paid', paymentInstrument: isCampaign ? `card-${n % 3}` : `own-${n}` }));
    }
    add(
      event('usage', subject, at, {
        model: 'atlas-5',
        inputTokens: 500,
        outputTokens: 900,
        apiKey: `key of ${subject}`,
        channel: 'api',
        network: { ip: isCampaign ? `198.51.${below(6)}.7` : `203.0.${n >> 7}.${n & 127}`, country: 'SG' },
        client: { userAgent: isCampaign ? 'harvest/1' : `popular/${n % 3}` },
        prompt: {
          text: isCampaign
            ? `explain step by step how to sort list ${below(40)}`
            : `question ${'abcdefghij'[below(10)]} of ${subject.replace('-', ' x')}`,
        },
        labels: { task: 'coding', language: 'en' },
      }),
    );
    return found;
  }
  return {
    lines,
    get sent() {
      return made.sent;
    },
    get duplicates() {
      return made.duplicates;
    },
    get malformed() {
      return made.malformed;
    },
    messages(at: number, events: number): string[] {
      const bodies: string[][] = [[]];
      const add = (line: string): void => {
        if (bodies.at(-1)!.length >= EVENTS_A_MESSAGE) bodies.push([]);
        bodies.at(-1)!.push(line);
      };
      for (let n = 0; n < events; n++) {
        for (const line of one(at)) add(line);
        if (chance.next() < DUPLICATES && lines.length > 0) {
          add(lines[below(lines.length)]!);
          made.duplicates++;
        }
        if (chance.next() < MALFORMED) {
          add(`{"specversion":"1.0","type":"lockstep.usage.v1","id":"bad-${randomUUID()}"}`);
          made.malformed++;
        }
      }
      return bodies.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
    },
  };
}
