import { readFile } from 'node:fs/promises';
import { hostname, release, totalmem, type } from 'node:os';
import type { EndpointFacts } from '@atelier/api';

/** What this computer says of itself. */
export async function endpointFacts(
  name: string | undefined,
  accelerator: EndpointFacts['accelerator'],
  clientVersion: string,
): Promise<EndpointFacts> {
  const osRelease = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const pretty = /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(osRelease)?.[1];
  return {
    name: (name ?? hostname()).slice(0, 200) || 'unnamed',
    os: (pretty ?? `${type()} ${release()}`).slice(0, 200),
    ramMiB: Math.floor(totalmem() / 1024 / 1024),
    accelerator,
    clientVersion: clientVersion.slice(0, 50),
  };
}
