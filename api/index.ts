export * from './audit.ts';
export * from './broker.ts';
export {
  type CallOptions,
  type Client,
  type ClientOf,
  clientOf,
  createClient,
  ProblemError,
  type Transport,
} from './client.ts';
export * from './collections.ts';
export { apiBase, type Contract, contract } from './contract.ts';
export * from './desktop-sessions.ts';
export * from './device.ts';
export type { Access, Answer, Call, Endpoint, Endpoints, Validated } from './endpoint.ts';
export * from './endpoints.ts';
export * from './events.ts';
export * from './hosts.ts';
export * from './images.ts';
export * from './local.ts';
export * from './my-desktops.ts';
export { openApi } from './openapi.ts';
export { fillPath } from './path.ts';
export * from './people.ts';
export * from './plug-in-work.ts';
export * from './sessions.ts';
export { type Problem, page, pageQuery, problem } from './shapes.ts';
export * from './system.ts';
export * from './targets.ts';
export * from './tasks.ts';
export * from './transfer-plan.ts';
export * from './transfers.ts';
export * from './vocabulary.ts';
export * from './workspaces.ts';
