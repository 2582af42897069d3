import { isIPv6 } from 'node:net';
import type { ServiceConfig } from '../config/winrm-config.ts';
import { type AddressFilter, readAddressFilter } from './address-filter.ts';

const nowhere: AddressFilter = () => false;

/** A filter changed by hand that nobody understands is as an empty one: nothing is opened by mistake. */
function read(text: string, family: 4 | 6): AddressFilter {
  try {
    return readAddressFilter(text, family);
  } catch {
    return nowhere;
  }
}

/** Which addresses of this machine clients may call: what IPv4Filter and IPv6Filter say. */
export function reachable({ IPv4Filter, IPv6Filter }: Pick<ServiceConfig, 'IPv4Filter' | 'IPv6Filter'>): AddressFilter {
  const [four, six] = [read(IPv4Filter, 4), read(IPv6Filter, 6)];
  return (address) => {
    const own = address.replace(/^::ffff:/i, '');
    return isIPv6(own) ? six(own) : four(own);
  };
}
