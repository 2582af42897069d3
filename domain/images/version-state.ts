import { z } from 'zod';

export const versionStateSchema = z.enum([
  'draft',
  'packing',
  'packed',
  'uploading',
  'available',
  'retired',
  'deleted',
  'failed',
]);
export type VersionState = z.infer<typeof versionStateSchema>;

/** What can happen to a version. `packed`, `uploaded` and `failed` are reported by the task that did the work. */
export type VersionAction =
  | 'pack'
  | 'packed'
  | 'push'
  | 'uploaded'
  | 'retire'
  | 'restore'
  | 'delete'
  | 'failed'
  | 'retry';

const moves: Readonly<Record<VersionState, Partial<Record<VersionAction, VersionState>>>> = {
  draft: { pack: 'packing', delete: 'deleted' },
  packing: { packed: 'packed', failed: 'failed' },
  packed: { push: 'uploading', delete: 'deleted' },
  uploading: { uploaded: 'available', failed: 'failed' },
  available: { retire: 'retired' },
  retired: { restore: 'available', delete: 'deleted' },
  failed: { retry: 'packing', pack: 'packing', delete: 'deleted' },
  deleted: {},
};

/** The state after `action`, or null when the state does not allow it. */
export const nextVersionState = (state: VersionState, action: VersionAction): VersionState | null =>
  moves[state][action] ?? null;
