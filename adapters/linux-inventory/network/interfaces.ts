import type { NetworkInterfaceInfo } from 'node:os';
import type { LinuxHost } from '../linux-host.ts';

/** A network interface as the kernel shows it. */
export interface Interface {
  readonly name: string;
  readonly index: number;
  /** Upper case with colons; null where there is none. */
  readonly mac: string | null;
  /** ARPHRD number: 1 Ethernet, 772 loopback. */
  readonly type: number;
  readonly up: boolean;
  readonly carrier: boolean;
  /** Bits a second. */
  readonly speed: number | null;
  readonly mtu: number | null;
  readonly driver: string | null;
  readonly physical: boolean;
  readonly addresses: readonly NetworkInterfaceInfo[];
}

/** A row of the kernel's IPv4 routes. */
export interface Route {
  readonly device: string;
  readonly destination: string;
  readonly gateway: string;
  readonly mask: string;
  readonly metric: number;
}

const address = (hex: string): string => [6, 4, 2, 0].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join('.');

/** Interfaces in the kernel's order. */
export async function readInterfaces(host: LinuxHost): Promise<readonly Interface[]> {
  const addresses = host.interfaces();
  const found: Interface[] = [];
  for (const name of await host.entries('sys/class/net')) {
    const folder = `sys/class/net/${name}`;
    const index = await host.number(`${folder}/ifindex`);
    if (index === null) continue;
    const mac = (await host.line(`${folder}/address`))?.toUpperCase() ?? null;
    const speed = await host.number(`${folder}/speed`);
    const flags = Number((await host.line(`${folder}/flags`)) ?? 0);
    found.push({
      name,
      index,
      mac: mac === null || /^(00:?)+$/.test(mac) ? null : mac,
      type: (await host.number(`${folder}/type`)) ?? 1,
      up: (flags & 1) === 1,
      carrier: (await host.number(`${folder}/carrier`)) === 1,
      speed: speed === null || speed < 0 ? null : speed * 1_000_000,
      mtu: await host.number(`${folder}/mtu`),
      driver: (await host.link(`${folder}/device/driver`))?.split('/').pop() ?? null,
      physical: (await host.entries(`${folder}/device`)).length > 0,
      addresses: addresses[name] ?? [],
    });
  }
  return found.sort((a, b) => a.index - b.index);
}

/** The main table's IPv4 routes. */
export async function readRoutes(host: LinuxHost): Promise<readonly Route[]> {
  const rows = ((await host.text('proc/net/route')) ?? '').split('\n').slice(1);
  return rows.flatMap((row) => {
    const [device, destination, gateway, flags, , , metric, mask] = row.trim().split(/\s+/);
    if (!device || !destination || !gateway || !mask || (Number.parseInt(flags!, 16) & 1) === 0) return [];
    return [
      {
        device,
        destination: address(destination),
        gateway: address(gateway),
        mask: address(mask),
        metric: Number(metric),
      },
    ];
  });
}

/** Name servers and search domains of resolv.conf. */
export async function readResolver(
  host: LinuxHost,
): Promise<{ readonly servers: readonly string[]; readonly domains: readonly string[] }> {
  const text = (await host.text('etc/resolv.conf')) ?? '';
  return {
    servers: [...text.matchAll(/^nameserver\s+(\S+)/gm)].map((one) => one[1]!),
    domains: [...text.matchAll(/^(?:search|domain)\s+(.+)$/gm)].flatMap((one) => one[1]!.trim().split(/\s+/)),
  };
}
