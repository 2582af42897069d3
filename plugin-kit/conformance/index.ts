export { type ConformanceOptions, checkProvider } from './check-provider.ts';
export type { Finding } from './finding.ts';
