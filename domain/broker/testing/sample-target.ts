import type { Target } from '../target.ts';

/** A target as tests need it. */
export const sampleTarget = (said: Partial<Target> & { readonly name: string }): Target => ({
  id: said.name,
  kind: 'session-host',
  collection: 'office',
  provider: 'atelier',
  environment: '',
  fqdn: null,
  netbios: null,
  endpoints: [],
  state: 'running',
  drain: false,
  weight: 100,
  maxSessions: null,
  singleSession: false,
  numSessions: 0,
  numPendingConnections: 0,
  owner: null,
  properties: {},
  version: 1,
  ...said,
});
