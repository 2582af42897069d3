export { type CimEngine, type CimEngineOptions, createCimEngine, dialects } from './cim-engine.ts';
export { type CimNamespace, createNamespaces } from './cim-namespace.ts';
