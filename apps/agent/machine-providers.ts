import type { ResourceProvider } from '@atelier/plugin-kit';

/** What this machine answers for besides shells and its configuration. */
export async function machineProviders(): Promise<readonly ResourceProvider[]> {
  return [];
}
