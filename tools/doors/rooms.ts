/** What the code of one room may import. */
export interface Room {
  /** Folder prefix, ending in a slash. The first that fits decides. */
  readonly folder: string;
  /** Packages of ours, by name without their subpath; `protocols/*` stands for each of them. */
  readonly ours: readonly string[];
  /** Packages of npm: these only, or `any` of those that the root package.json declares. */
  readonly npm: readonly string[] | 'any';
  /** Modules of Node: these only, or `any`. */
  readonly node: readonly string[] | 'any';
}

const below = ['@atelier/adapters', '@atelier/api', '@atelier/plugin-kit', '@atelier/domain', 'protocols/*'];

/** The rooms and their doors, as ARCHITECTURE.md draws them. */
export const rooms: readonly Room[] = [
  // Bytes in, values and bytes out: no file, no socket, no process, no clock.
  { folder: 'protocols/', ours: ['protocols/*'], npm: ['saxes'], node: ['node:buffer', 'node:crypto', 'node:zlib'] },
  { folder: 'domain/', ours: ['@atelier/domain'], npm: ['zod'], node: [] },
  { folder: 'api/', ours: ['@atelier/api', '@atelier/domain'], npm: ['zod'], node: [] },
  { folder: 'plugin-kit/', ours: ['@atelier/domain', 'protocols/*'], npm: 'any', node: 'any' },
  {
    folder: 'adapters/',
    ours: ['@atelier/adapters', '@atelier/plugin-kit', '@atelier/domain', 'protocols/*'],
    npm: 'any',
    node: 'any',
  },
  // Runs in the browser.
  { folder: 'apps/console/', ours: ['@atelier/api'], npm: 'any', node: [] },
  // `up` composes server and client in one process.
  {
    folder: 'apps/cli/',
    ours: [...below, '@atelier/server', '@atelier/client', '@atelier/agent', '@atelier/broker'],
    npm: 'any',
    node: 'any',
  },
  { folder: 'apps/', ours: below, npm: 'any', node: 'any' },
  ...['peers/', 'bench/', 'tools/'].map((folder) => ({
    folder,
    ours: [...below, '@atelier/cli', '@atelier/server', '@atelier/client', '@atelier/agent', '@atelier/broker'],
    npm: 'any' as const,
    node: 'any' as const,
  })),
  // Must run on an older Node before anything is installed.
  { folder: 'bin/', ours: [], npm: [], node: 'any' },
];

/** What tests and their build may import beyond their room: the test runner, and Node to read samples with. */
export const isTest = (file: string): boolean => /\.test\.tsx?$|(^|\/)vite\.config\.ts$/.test(file);
