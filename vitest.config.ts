import { defineConfig } from 'vitest/config';

// Three families: `unit` is fast and needs nothing installed; `peers` runs programs that others wrote; `guests` are those peers
// that spend their time in virtual machines, or under attack: `npm test` runs them beside all others.
const guests = [
  'broker-abuse',
  'broker-lobby',
  'broker-machines',
  'broker-pools',
  'client',
  'client-crash',
  'debian-image',
  'main-job',
  'qemu',
  'qemu-kill',
  'sample',
].map((name) => `peers/${name}.test.ts`);
const peers = {
  pool: 'forks',
  fileParallelism: false,
  testTimeout: 300_000,
  hookTimeout: 300_000,
  experimental: { viteModuleRunner: false },
} as const;

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
      { test: { ...peers, name: 'peers', include: ['peers/**/*.test.ts'], exclude: guests } },
      { test: { ...peers, name: 'guests', include: guests } },
    ],
  },
});
