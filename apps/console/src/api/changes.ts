import { apiBase, change } from '@atelier/api';
import type { QueryClient } from '@tanstack/react-query';

export type Connection = 'connecting' | 'live' | 'offline';

/** Which parts of the cache a change of this kind makes old. Overview counts everything, so it goes with each. */
const touches: Readonly<Record<string, readonly string[]>> = {
  image: ['images', 'workspaces', 'my'],
  'image-version': ['images', 'workspaces', 'my'],
  workspace: ['workspaces', 'my'],
  // Also told to whom a collection was given or taken, without saying which.
  assignment: ['workspaces', 'my', 'myDesktops'],
  endpoint: ['endpoints', 'my'],
  instance: ['endpoints', 'my'],
  host: ['hosts'],
  collection: ['collections', 'targets', 'myDesktops'],
  environment: ['targets'],
  // Whoever asked gets the answer.
  'environment-test': [],
  target: ['targets', 'collections', 'myDesktops'],
  // Targets and collections count their sessions, and say nothing of it themselves.
  session: ['desktopSessions', 'targets', 'collections', 'myDesktops'],
  connection: ['broker'],
  broker: ['broker'],
  'broker-plugin': ['broker'],
  'broker-task': ['plugInWork'],
  event: ['events'],
  task: ['tasks', 'plugInWork'],
  'task-log': ['tasks'],
  audit: ['audit'],
  user: ['people', 'sessions'],
  group: ['people', 'sessions'],
  'role-binding': ['people', 'sessions'],
};

/** The cache's first key parts that a change of `kind` makes old; null: everything (a kind of a newer server). */
export function touchedBy(kind: string): readonly string[] | null {
  const known = touches[kind];
  return known ? [...known, 'system'] : null;
}

/**
 * Follows `/changes` for as long as the returned function is not called: reads again what changed (at most four times a
 * second) and everything after a gap. EventSource connects again by itself, except after an HTTP error: then we do.
 */
export function followChanges(queries: QueryClient, onState: (state: Connection) => void): () => void {
  let source: EventSource | null = null;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let flush: ReturnType<typeof setTimeout> | undefined;
  let wait = 1000;
  let missed = false;
  const old = new Set<string>();

  const spread = () => {
    flush = undefined;
    const roots = [...old];
    old.clear();
    if (roots.includes('*')) void queries.invalidateQueries();
    else for (const root of roots) void queries.invalidateQueries({ queryKey: [root] });
  };
  const mark = (roots: readonly string[]) => {
    for (const root of roots) old.add(root);
    flush ??= setTimeout(spread, 250);
  };
  const open = () => {
    source = new EventSource(`${apiBase}/changes`);
    source.onopen = () => {
      wait = 1000;
      onState('live');
      if (missed) mark(['*']);
      missed = false;
    };
    source.onerror = () => {
      missed = true;
      onState('offline');
      if (source?.readyState !== EventSource.CLOSED) return;
      clearTimeout(retry);
      retry = setTimeout(open, wait);
      wait = Math.min(wait * 2, 30_000);
    };
    source.addEventListener('change', (message) => {
      const parsed = change.safeParse(JSON.parse((message as MessageEvent<string>).data));
      if (parsed.success) mark(touchedBy(parsed.data.kind) ?? ['*']);
    });
  };
  const online = () => {
    if (source?.readyState === EventSource.OPEN) return;
    source?.close();
    clearTimeout(retry);
    open();
  };
  addEventListener('online', online);
  open();
  return () => {
    removeEventListener('online', online);
    clearTimeout(retry);
    clearTimeout(flush);
    source?.close();
  };
}
