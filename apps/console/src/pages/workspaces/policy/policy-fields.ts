/** How one leaf of the policy is shown. `path` is its place in the document; the words are in `policyField.<path with _>`. */
export type PolicyField =
  | { readonly path: string; readonly kind: 'switch' | 'memory' | 'folders' | 'applications' | 'hostVerification' }
  | { readonly path: string; readonly kind: 'choice'; readonly options: readonly string[] }
  | {
      readonly path: string;
      readonly kind: 'number';
      readonly min: number;
      readonly max: number;
      readonly unit: 'MiB' | 's' | 'min' | 'KiB/s' | '';
    };

export interface PolicySection {
  readonly key: 'general' | 'vm' | 'lock' | 'update' | 'network' | 'applications';
  readonly fields: readonly PolicyField[];
}

const number = (path: string, min: number, max: number, unit: 'MiB' | 's' | 'min' | 'KiB/s' | '' = '') =>
  ({ path, kind: 'number', min, max, unit }) as const;

/** Every field of the policy, in the order of work. A test holds this list to the schema. */
export const policySections: readonly PolicySection[] = [
  {
    key: 'general',
    fields: [
      { path: 'general.ui', kind: 'choice', options: ['full', 'seamless'] },
      { path: 'general.hostVerification', kind: 'hostVerification' },
    ],
  },
  {
    key: 'vm',
    fields: [
      { path: 'vm.stopAction', kind: 'choice', options: ['shutdown', 'snapshot'] },
      number('vm.vcpus', 1, 64),
      { path: 'vm.memory', kind: 'memory' },
      number('vm.dataDiskMiB', 64, 1_048_576, 'MiB'),
      number('vm.bootTimeoutSeconds', 10, 3600, 's'),
    ],
  },
  { key: 'lock', fields: [{ path: 'lock.onHostSuspend', kind: 'switch' }, number('lock.idleMinutes', 0, 1440, 'min')] },
  {
    key: 'update',
    fields: [
      { path: 'update.mode', kind: 'choice', options: ['off', 'suggest', 'force'] },
      number('update.keepOnly', 1, 100),
      { path: 'update.trimTransfer', kind: 'switch' },
      { path: 'update.hostFolders', kind: 'folders' },
      number('update.bandwidthKiBps', 0, 100_000_000, 'KiB/s'),
    ],
  },
  { key: 'network', fields: [{ path: 'network.mode', kind: 'choice', options: ['nat', 'none'] }] },
  { key: 'applications', fields: [{ path: 'applications', kind: 'applications' }] },
];

type Tree = Record<string, unknown>;

/** The value at `a.b`. */
export const valueAt = (tree: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((node, key) => (node as Tree | undefined)?.[key], tree);

/** A copy with the value at `a.b` replaced; everything else is shared. */
export function withValueAt<T>(tree: T, path: string, value: unknown): T {
  const [key, ...rest] = path.split('.') as [string, ...string[]];
  const node = tree as Tree;
  return { ...node, [key]: rest.length === 0 ? value : withValueAt(node[key], rest.join('.'), value) } as T;
}
