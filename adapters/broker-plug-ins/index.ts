export type { BrokerChain, BuiltIn } from './broker-chain.ts';
export { type ChainPlugIn, type IsolationStatus, usualBudgets } from './chain-plug-in.ts';
export { type BreakerLimits, usualBreakerLimits } from './circuit-breaker.ts';
export { type ChainOptions, createChain } from './create-chain.ts';
export { type Decided, type DecidingDirectory, decideTarget } from './decide-target.ts';
export { createDecision, type Decision, type DecisionInput, type TraceRecorder } from './decision.ts';
export { directoryLoadBalancing } from './directory-load-balancing.ts';
export { filterPage } from './filter-through.ts';
export type { PlugInStatus } from './plug-in-status.ts';
