const networkGroups = 4;

/**
 * What an address counts as where somebody is slowed down for what they send: of IPv6 the network of 64 bits, `2001:db8:0:1::`, since whoever has one
 * address of it has all of them; IPv4 alone, also when it is written as IPv6. What is no address stays as it is.
 */
export function networkOf(address: string): string {
  const plain = address.replace(/%.*$/, '').toLowerCase();
  if (!plain.includes(':')) return plain;
  const asIpv4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(plain)?.[1];
  if (asIpv4) return asIpv4;
  if (!/^[0-9a-f:]*:[0-9a-f:.]*$/.test(plain)) return plain;
  const [head = '', tail] = plain.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  // An IPv4 address at the end takes two groups.
  const length = (groups: readonly string[]) => groups.length + (groups.at(-1)?.includes('.') ? 1 : 0);
  const missing = tail === undefined ? 0 : Math.max(0, 8 - length(before) - length(after));
  const groups = [...before, ...Array<string>(missing).fill('0'), ...after].slice(0, networkGroups);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::`;
}
