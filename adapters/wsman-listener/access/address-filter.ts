import { BlockList, isIP } from 'node:net';

/** Says whether an address of this machine may be listened on. */
export type AddressFilter = (address: string) => boolean;

const most = 500;

/**
 * Reads IPv4Filter or IPv6Filter: `*` is every address, empty none, else addresses and ranges (`FROM-TO`) with commas between. Throws, with the reason,
 * for anything else.
 */
export function readAddressFilter(text: string, family: 4 | 6): AddressFilter {
  const parts = text.split(',').map((one) => one.trim());
  if (parts.includes('*')) {
    if (parts.length > 1) throw new Error('"*" stands for every address: nothing goes with it');
    return () => true;
  }
  if (text.trim() === '') return () => false;
  if (parts.length > most) throw new Error(`there are more than ${most} ranges`);
  const list = new BlockList();
  const type = family === 4 ? 'ipv4' : 'ipv6';
  for (const part of parts) {
    const [from = '', to = from, ...more] = part.split('-').map((one) => one.trim());
    if (more.length > 0 || isIP(from) !== family || isIP(to) !== family)
      throw new Error(`"${part}" is neither an IPv${family} address nor a range of them`);
    try {
      list.addRange(from, to, type);
    } catch (cause) {
      throw new Error(`the range "${part}" ends before it begins`, { cause });
    }
  }
  return (address) => list.check(address.replace(/%.*$/, ''), type);
}
