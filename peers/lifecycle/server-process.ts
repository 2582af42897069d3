import { serverConfig, startServer } from '@atelier/server';

// A server in a process of its own, so that a test can kill it at any moment. Says where it is in one line of JSON.
const config = serverConfig({ port: Number(process.env.ATELIER_PORT), logLevel: 'error', taskConcurrency: 2 });
const { url, ca, setupLink } = await startServer(config);
process.stdout.write(`${JSON.stringify({ url, ca, setupLink })}\n`);
