import type { Message } from '../../functions/ingest/read-messages';
import { HOUR, hourLabel, hourOf, iso } from '../../shared/domain/time';
import type { KeyedHasher } from '../../shared/identity/keyed-hash';
import type { Chance } from '../../shared/ports';

export const START = Date.parse('2026-04-22T00:00:00Z');
export const HOURS = 3;

/** `lines`: every event once. `said`: everything that was said under some id. `messages`: how it arrives. */
export type Arrivals = { lines: string[]; said: string[]; messages: Message[] };

function usage(id: number, account: string, at: number, tokens: number): string {
  return JSON.stringify({
    specversion: '1.0',
    type: 'lockstep.usage.v1',
    source: 'gateway',
    id: `e-${id}`,
    time: iso(at),
    subject: account,
    data: { model: 'm', inputTokens: tokens, outputTokens: 1, client: { userAgent: `c-${tokens % 3}` }, ...tenancyOf(id, tokens) },
  });
}

/** Every third request says whose tenant its account is, of several that say different things the latest must stand. */
const tenancyOf = (id: number, tokens: number): object => (id % 3 === 0 ? { cloud: 'bedrock', tenant: `t-${tokens % 4}` } : {});

/** The events of one seed, and how they are put into messages: some twice, some again in another message, out of order. */
export function arrivals(chance: Chance): Arrivals {
  const lines = Array.from({ length: 20 + Math.floor(chance.next() * 60) }, (_, id) =>
    usage(id, `acct-${Math.floor(chance.next() * 9)}`, START + Math.floor(chance.next() * HOURS * HOUR), Math.floor(chance.next() * 1000)),
  );
  // Some come twice, some come again saying something else under the same id.
  const sent = lines.flatMap((line) => {
    const again = chance.next();
    return again < 0.2 ? [line, line] : again < 0.25 ? [line, line.replace('"outputTokens":1', '"outputTokens":2')] : [line];
  });
  const said = [...new Set(sent)].sort();
  for (let i = sent.length - 1; i > 0; i--) {
    const j = Math.floor(chance.next() * (i + 1));
    [sent[i], sent[j]] = [sent[j]!, sent[i]!];
  }
  const messages: Message[] = [];
  while (sent.length > 0) messages.push({ id: `m-${messages.length}`, body: sent.splice(0, 1 + Math.floor(chance.next() * 6)).join('\n') });
  return { lines, said, messages };
}

/** An event's identity and the (account, hour) it belongs to. */
export function placeOf(line: string, hasher: KeyedHasher): { id: string; row: string } {
  const event: { id: string; subject: string; time: string } = JSON.parse(line);
  return { id: event.id, row: `${hasher.account(event.subject).key}/${hourLabel(hourOf(Date.parse(event.time)))}` };
}

/** How many events each row has in truth. */
export function truthOf({ lines }: Arrivals, hasher: KeyedHasher): Map<string, number> {
  const truth = new Map<string, number>();
  for (const line of lines) {
    const { row } = placeOf(line, hasher);
    truth.set(row, (truth.get(row) ?? 0) + 1);
  }
  return truth;
}
