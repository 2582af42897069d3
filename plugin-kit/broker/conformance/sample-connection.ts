import type { ClientConnection, Json } from '../src/client-connection.ts';

let count = 0;

/** Carol's connection to the collection `office`, but for what is said. */
export function sampleConnection(said: Partial<ClientConnection> = {}): ClientConnection {
  const context = new Map<string, Json>();
  return {
    id: `request-${++count}`,
    userId: 'user-1',
    user: 'carol',
    domain: 'CORP',
    samUserAccount: 'CORP\\carol',
    groupIds: [],
    collection: 'office',
    collectionKind: 'session-hosts',
    initialProgram: '',
    client: { name: 'laptop', address: '198.51.100.7', build: 22_631, tsvUrl: '', display: null },
    properties: {},
    isFirstAssignment: false,
    loadBalanceResult: null,
    environment: null,
    disconnectedSession: async () => null,
    putContext: async (name, value) => {
      context.set(name, value);
    },
    getContext: async (name) => context.get(name) ?? null,
    signal: new AbortController().signal,
    ...said,
  };
}
