export { type ServerConfig, serverConfig } from './config.ts';
export type { Actor, Handler, Handlers, RequestContext } from './http/handlers.ts';
export type { Routes } from './http/routes.ts';
export { type CoreServices, openServices } from './open-services.ts';
export type { Capability, Services } from './services.ts';
export { type RunningServer, type StartOptions, startServer } from './start-server.ts';
export { tidy } from './system/housekeeping.ts';
