import { isIP, isIPv4, isIPv6 } from 'node:net';

const MAPPED = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;

/**
 * An address in the one form of all that it may be written in: IPv6 as RFC 5952 has it, IPv4 in dots also where a server that listens
 * on both writes `::ffff:203.0.113.9`. Of a forwarded list it is the first, and a port is left out. Text without an address stays as it is.
 */
export function canonicalAddress(text: string): string {
  const host = isIPv4(text) ? text : (firstAddress(text) ?? text);
  if (!isIPv6(host)) return host;
  // The zone behind % says which interface of the server it was.
  const address = new URL(`http://[${host.split('%')[0]}]`).hostname.slice(1, -1);
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

/** Entries of a forwarded list that are looked at: whoever asks may write as many as they like. */
const MOST_FORWARDED = 50;

/**
 * The first address in text such as `203.0.113.9:64484`, `[2001:db8::1]:443`, `203.0.113.9, 10.0.0.4`, `by=10.0.0.4;for=203.0.113.9`
 * (RFC 7239), `ipv4:203.0.113.9:64484` (gRPC) or `/203.0.113.9:64484` (Java); `undefined` when there is none.
 */
export function firstAddress(text: string): string | undefined {
  if (isIP(text) !== 0) return text;
  for (const one of text.split(/[,\s]+/, MOST_FORWARDED)) {
    const host = withoutPort(one);
    if (isIP(host) !== 0) return host;
  }
  return undefined;
}

function withoutPort(text: string): string {
  const named = /(?:^|;)for=([^;]*)/i.exec(text)?.[1] ?? text.split(';', 1)[0] ?? '';
  const bare = named.replace(/^"|"$/g, '').replace(/^(?:ipv[46]:|\/)/i, '');
  return /^\[([^\]]+)\](?::\d+)?$/.exec(bare)?.[1] ?? /^(\d{1,3}(?:\.\d{1,3}){3}):\d+$/.exec(bare)?.[1] ?? bare;
}
