import { isIPv4, isIPv6 } from 'node:net';

const MAPPED = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;

/**
 * An address in the one form of all that it may be written in: IPv6 as RFC 5952 has it, IPv4 in dots also where a server that listens
 * on both writes `::ffff:203.0.113.9`. Text that is no address stays as it is.
 */
export function canonicalAddress(text: string): string {
  if (!isIPv6(text)) return text;
  // The zone behind % says which interface of the server it was.
  const address = new URL(`http://[${text.split('%')[0]}]`).hostname.slice(1, -1);
  const mapped = MAPPED.exec(address);
  if (!mapped) return address;
  return mapped
    .slice(1)
    .map((group) => Number.parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 255])
    .join('.');
}

/** The network a host sits in, by its canonical address: /24 for IPv4, /48 for IPv6 (what one customer is usually given). `undefined` for text that is neither. */
export function networkPrefix(address: string): string | undefined {
  if (isIPv4(address)) return `${address.slice(0, address.lastIndexOf('.'))}.0/24`;
  if (!isIPv6(address)) return undefined;
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = [...left, ...new Array<string>(8 - left.length - right.length).fill('0'), ...right];
  return `${groups.slice(0, 3).join(':')}::/48`;
}
