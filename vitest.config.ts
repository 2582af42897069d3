import { defineConfig } from 'vitest/config';

// Two families: `unit` is fast and needs nothing installed; `peers` runs programs that others wrote.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{protocols,domain,api,plugin-kit,adapters,apps,tools}/**/*.test.{ts,tsx}'],
          pool: 'threads',
          isolate: false,
          testTimeout: 20_000,
          experimental: { viteModuleRunner: false },
        },
      },
      {
        test: {
          name: 'peers',
          include: ['peers/**/*.test.ts'],
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 300_000,
          experimental: { viteModuleRunner: false },
        },
      },
    ],
  },
});
