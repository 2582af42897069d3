export { type CimEngine, type CimEngineOptions, createCimEngine, dialects } from './cim-engine.ts';
export { type CimNamespace, createNamespaces } from './cim-namespace.ts';
export { type LoadedPlugins, loadPlugins, type PluginFailure } from './plugins/load-plugins.ts';
export { PluginError } from './plugins/plugin-process.ts';
