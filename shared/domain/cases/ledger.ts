import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Actor } from '../person';

/**
 * One entry of one chain. A chain is the history of one subject (an account, a case, an exoneration, the policy, the kill switch,
 * an appeal); its newest entry carries the subject's whole state, so the state is never stored apart from its history.
 */
export const LedgerEntry = z.object({
  chain: z.string(),
  /** 1 for the first entry of a chain, then without gaps. */
  sequence: z.int().min(1),
  at: z.number(),
  actor: Actor,
  /** What happened, one word or two: `asked`, `approved`, `undone`. */
  what: z.string(),
  because: z.array(z.string()),
  /** Idempotency key of the command that caused it. */
  key: z.string().optional(),
  /** Hash of the entry before it; sixty-four zeros for the first. */
  previous: z.string(),
  state: z.unknown(),
});
export type LedgerEntry = z.infer<typeof LedgerEntry>;

/** An entry as stored: the exact text that was hashed, so nothing has to be put into a canonical form again. */
export type SealedEntry = { chain: string; sequence: number; body: string; hash: string };

export const NO_PREVIOUS = '0'.repeat(64);
/** Zero-padded so that sort keys sort as numbers do. */
export const sequenceLabel = (sequence: number): string => String(sequence).padStart(8, '0');

/** hash = SHA-256(previous hash, newline, body), hex. The body names its chain, sequence and previous hash itself. */
export function seal(entry: LedgerEntry): SealedEntry {
  const body = JSON.stringify(entry);
  return { chain: entry.chain, sequence: entry.sequence, body, hash: hashOf(entry.previous, body) };
}

const hashOf = (previous: string, body: string): string => createHash('sha256').update(`${previous}\n${body}`).digest('hex');

export type ChainFault = { chain: string; sequence: number; because: string };

/** Everything wrong with a chain, given all its entries in order; an empty list is a whole chain. */
export function faultsOf(chain: string, entries: readonly SealedEntry[]): ChainFault[] {
  const faults: ChainFault[] = [];
  let previous = NO_PREVIOUS;
  entries.forEach(({ body, hash, sequence }, index) => {
    const fault = (because: string) => faults.push({ chain, sequence, because });
    const parsed = readBody(body);
    if (!parsed) fault('the entry cannot be read');
    else {
      if (parsed.chain !== chain) fault(`the entry belongs to chain ${parsed.chain}`);
      if (parsed.sequence !== index + 1 || sequence !== index + 1) fault(`entry ${index + 1} is missing or out of order`);
      if (parsed.previous !== previous) fault('it does not follow the entry before it');
    }
    if (hashOf(previous, body) !== hash) fault('its hash does not fit its text');
    previous = hash;
  });
  return faults;
}

function readBody(body: string): LedgerEntry | undefined {
  try {
    return LedgerEntry.parse(JSON.parse(body));
  } catch {
    return undefined;
  }
}
