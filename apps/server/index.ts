export { type ServerConfig, serverConfig } from './config.ts';
export { type RunningServer, startServer } from './start-server.ts';
