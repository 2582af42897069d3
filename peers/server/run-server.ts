// Runs a server until it is killed: `node run-server.ts <state folder> [port] [database]`; says its address on standard output.
import { serverConfig, startServer } from '@atelier/server';

const [stateDir, port = '0', databaseUrl] = process.argv.slice(2);
const server = await startServer(serverConfig({ stateDir, port: Number(port), databaseUrl, logLevel: 'error' }, {}));
console.log(JSON.stringify({ url: server.url, ca: server.ca, setupLink: server.setupLink }));
process.once('SIGTERM', () => void server.stop());
