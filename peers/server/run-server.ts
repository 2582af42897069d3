// Runs a server until it is killed: `node run-server.ts <state folder>`; says its address on standard output.
import { serverConfig, startServer } from '@atelier/server';

const server = await startServer(serverConfig({ stateDir: process.argv[2], port: 0, logLevel: 'error' }, {}));
console.log(JSON.stringify({ url: server.url, ca: server.ca, setupLink: server.setupLink }));
process.once('SIGTERM', () => void server.stop());
