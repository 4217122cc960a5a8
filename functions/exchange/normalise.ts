import { LONGEST } from '../../shared/contract/event';
import { canonicalAddress, firstAddress, networkPrefix } from '../../shared/contract/network-address';
import { readFingerprint } from '../../shared/contract/prompt-fingerprint';

/** What labs may compare. Cards and accounts are not among them: those are persons. */
export const EXCHANGED = ['network-prefix', 'client-build', 'signup-client', 'email-domain', 'system-prompt', 'prompt-template'] as const;
export type Exchanged = (typeof EXCHANGED)[number];
export type Item = { type: Exchanged; value: string };
export type Normalised = { kind: 'item'; item: Item } | { kind: 'refused'; because: string };

/**
 * One indicator in the form that every lab gives it, version 1, so that the same thing is the same text: an address as its pool (/24, /48),
 * a domain in lower case and ASCII, a client without white space around it, a prompt as the part of its published fingerprint. Pure.
 */
export function normalised(type: unknown, value: unknown): Normalised {
  if (typeof type !== 'string' || !(EXCHANGED as readonly string[]).includes(type))
    return refused(
      `${typeof type === 'string' ? `indicators of type ${type.slice(0, 40)}` : 'what has no type'} stay at home; give one of ${EXCHANGED.join(', ')}`,
    );
  if (typeof value !== 'string' || value.trim() === '') return refused('the value is no text');
  const text = value.trim();
  switch (type as Exchanged) {
    case 'network-prefix': {
      const prefix = /^[0-9a-f.:]+\/\d+$/i.test(text) ? networkPrefix(canonicalAddress(text.split('/')[0] ?? '')) : prefixOf(text);
      return prefix === undefined ? refused('the value is no address') : item(type, prefix);
    }
    case 'email-domain': {
      const domain = asciiDomain(text);
      return domain === undefined ? refused('the value is no domain: give what stands behind the @') : item(type, domain);
    }
    case 'client-build':
    case 'signup-client':
      return text.length > LONGEST.userAgent ? refused(`the value is longer than ${LONGEST.userAgent}`) : item(type, text);
    case 'system-prompt':
    case 'prompt-template': {
      const print = readFingerprint(text);
      if (!print) return refused('the value is no version 1 fingerprint (docs/fingerprint.md)');
      const part = type === 'system-prompt' ? print.system : print.template;
      return part[0] === 0 && part[1] === 0 ? refused('the fingerprint has no such part') : item(type, part.join('.'));
    }
    default:
      return type as never;
  }
}

const refused = (because: string): Normalised => ({ kind: 'refused', because });
const item = (type: string, value: string): Normalised => ({ kind: 'item', item: { type: type as Exchanged, value } });
const prefixOf = (text: string): string | undefined => {
  const address = firstAddress(text);
  return address === undefined ? undefined : networkPrefix(canonicalAddress(address));
};

function asciiDomain(text: string): string | undefined {
  if (text.length > LONGEST.domain || !/^[^\s/@:?#%]+\.[^\s/@:?#%]+$/.test(text)) return undefined;
  return URL.canParse(`https://${text}`) ? new URL(`https://${text}`).hostname.replace(/\.$/, '') : undefined;
}

/** Of lines `{"type": …, "value": …}`, what may be compared, each once, and why the others may not. */
export function itemsOf(lines: readonly string[]): { items: Item[]; refused: { line: number; because: string }[] } {
  const items = new Map<string, Item>();
  const left: { line: number; because: string }[] = [];
  lines.forEach((line, index) => {
    if (line.trim() === '') return;
    const found = readLine(line);
    if (found.kind === 'item') items.set(labelOf(found.item), found.item);
    else left.push({ line: index + 1, because: found.because });
  });
  return { items: [...items.values()], refused: left };
}

function readLine(line: string): Normalised {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null) return refused('the line is no object');
    const { type, value: of } = value as { type?: unknown; value?: unknown };
    return normalised(type, of);
  } catch {
    return refused('the line is no JSON');
  }
}

/** What is hashed of an item, whoever hashes it. */
export const labelOf = ({ type, value }: Item): string => `lockstep/v1/${type}\n${value}`;
