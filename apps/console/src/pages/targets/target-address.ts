/** Where a target listens for RDP. */
export interface TargetAddress {
  readonly address: string;
  readonly port: number;
}

/** `name`, `name:port`, `[v6]:port` or `[v6]` as the contract has it; null for anything else. Port 3389 when none is given. */
export function parseAddress(text: string): TargetAddress | null {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]]+))(?::(\d{1,5}))?$/.exec(text.trim());
  const port = Number(match?.[3] ?? 3389);
  const address = match?.[1] ?? match?.[2];
  return address === undefined || port < 1 || port > 65_535 ? null : { address, port };
}

/** The other way; the usual port goes without saying. */
export function formatAddress({ address, port }: TargetAddress): string {
  const host = address.includes(':') ? `[${address}]` : address;
  return port === 3389 ? host : `${host}:${port}`;
}
