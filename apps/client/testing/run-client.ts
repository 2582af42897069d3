import { startClient } from '../index.ts';

/** The daemon as a process of its own, for tests that kill it: `node run-client.ts STATE_DIR`. Says `ready` on standard output. */
const [stateDir] = process.argv.slice(2);
if (!stateDir) throw new TypeError('give the state folder');
const client = await startClient({ stateDir, version: '0.1.0' });
process.once('SIGTERM', () => void client.stop().then(() => process.exit(0)));
process.stdout.write(`ready ${client.socketPath}\n`);
