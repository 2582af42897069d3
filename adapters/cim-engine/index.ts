export { type CimEngine, type CimEngineOptions, createCimEngine, dialects } from './cim-engine.ts';
export { type CimNamespace, createNamespaces } from './cim-namespace.ts';
export { type AcceptFolder, type LoadedPlugin, loadPlugin } from './plugins/load-plugin.ts';
export { PluginError } from './plugins/plugin-process.ts';
export { PluginSet, type PluginSetOptions, type PluginState } from './plugins/plugin-set.ts';
