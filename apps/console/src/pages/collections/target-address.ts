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

/** `name=value` lines as properties: whole numbers and true/false as what they are. Gives the first line that is none as `wrong`. */
export function parseProperties(
  text: string,
): { readonly properties: Record<string, string | number | boolean> } | { readonly wrong: string } {
  const properties: Record<string, string | number | boolean> = {};
  for (const line of text.split('\n').map((one) => one.trim())) {
    if (line === '') continue;
    const at = line.indexOf('=');
    if (at < 1) return { wrong: line };
    const value = line.slice(at + 1).trim();
    properties[line.slice(0, at).trim()] = /^-?\d{1,15}$/.test(value)
      ? Number(value)
      : value === 'true' || value === 'false'
        ? value === 'true'
        : value;
  }
  return { properties };
}

/** The other way. */
export const formatProperties = (properties: Readonly<Record<string, unknown>>): string =>
  Object.entries(properties)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n');
