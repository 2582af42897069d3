export { type ConformanceOptions, checkProvider } from './check-provider.ts';
export { checkResourceProvider } from './check-resource-provider.ts';
export type { Finding } from './finding.ts';
