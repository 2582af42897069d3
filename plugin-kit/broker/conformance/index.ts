export { type BrokerConformanceOptions, checkBrokerPlugin } from './check-broker-plugin.ts';
export type { BrokerFinding } from './finding.ts';
export { createMemoryStore, type MemoryStore, memoryProvider } from './memory-provider.ts';
export { sampleConnection } from './sample-connection.ts';
export { sampleTarget } from './sample-target.ts';
