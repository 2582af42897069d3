import { networkInterfaces } from 'node:os';

/** Where this computer can be reached in its own networks: addresses with prefix, and as part of a URL. */
export function ownNetworks(): { readonly networks: string[]; readonly hosts: string[] } {
  const all = Object.values(networkInterfaces()).flatMap((one) => one ?? []);
  const good = all.filter(({ internal, address, cidr }) => !internal && cidr !== null && !address.startsWith('fe80:'));
  return {
    networks: good.map(({ cidr }) => cidr as string).slice(0, 32),
    hosts: good.map(({ family, address }) => (family === 'IPv6' ? `[${address}]` : address)).slice(0, 8),
  };
}
