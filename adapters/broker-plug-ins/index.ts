export type { BrokerChain, BuiltIn } from './broker-chain.ts';
export { calendarPlugIn } from './calendar-plug-in.ts';
export { type ChainPlugIn, type IsolationStatus, usualBudgets } from './chain-plug-in.ts';
export { type BreakerLimits, usualBreakerLimits } from './circuit-breaker.ts';
export { type ChainOptions, createChain } from './create-chain.ts';
export { type Decided, type DecidingDirectory, decideTarget } from './decide-target.ts';
export { createDecision, type Decision, type DecisionInput, type TraceRecorder } from './decision.ts';
export { directoryLoadBalancing } from './directory-load-balancing.ts';
export { filterPage } from './filter-through.ts';
export { type AdaptedPolicyPlugin, fromPolicyPlugin, type PolicyRules } from './from-policy-plugin.ts';
export { PlugInUnavailableError } from './isolation/unavailable.ts';
export type { PlugInStatus } from './plug-in-status.ts';
export { checkPlugInFolder } from './registry/check-plug-in.ts';
export {
  brokerPlugInFolder,
  type LoadedPlugIns,
  type LoadOptions,
  loadPlugIns,
  type PlugInSettings,
} from './registry/load-plug-ins.ts';
export { type PlugInManifest, plugInManifestSchema, readManifest } from './registry/plug-in-manifest.ts';
export { needTrusted } from './registry/trusted-folder.ts';
export { type ReloadableChain, reloadableChain } from './reloadable-chain.ts';
