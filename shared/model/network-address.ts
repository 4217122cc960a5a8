/** The network a host sits in: /24 for IPv4, /48 for IPv6 (what one customer is usually given). `undefined` for text that is neither. */
export function networkPrefix(ip: string): string | undefined {
  if (ip.includes(':')) return prefix6(ip);
  const parts = ip.split('.');
  if (parts.length !== 4) return undefined;
  for (const part of parts) if (part === '' || part.length > 3 || !/^\d+$/.test(part) || Number(part) > 255) return undefined;
  return `${parts[0]}.${parts[1]}.${parts[2]}.0/24`;
}

function prefix6(ip: string): string | undefined {
  const [head = '', tail, more] = ip.split('::');
  if (more !== undefined) return undefined;
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  if (tail === undefined && left.length !== 8 && !ip.includes('.')) return undefined;
  if (left.length + right.length > 8) return undefined;
  const groups = [...left, ...Array.from({ length: tail === undefined ? 0 : 8 - left.length - right.length }, () => '0'), ...right];
  const first = groups.slice(0, 3).map((group) => (/^[0-9a-fA-F]{1,4}$/.test(group) ? Number.parseInt(group, 16).toString(16) : undefined));
  return first.length === 3 && first.every((group) => group !== undefined) ? `${first.join(':')}::/48` : undefined;
}
