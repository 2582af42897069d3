import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { brokerCapability, brokerConfig, type RunningBroker } from '@atelier/broker';
import { type RunningServer, type ServerConfig, serverConfig, startServer } from '@atelier/server';
import { stateFolder, writeServerNote } from '../connection/state-folder.ts';
import { listenForControl } from './control-socket.ts';

/** What `up` and `server run` let a person say; the rest comes from the environment. */
export interface ServerChoices {
  readonly host?: string;
  readonly port?: number;
  readonly publicUrl?: string;
  /** Prepare the sample workspace, if this is the first start. */
  readonly sample?: boolean;
  /** Log into the state folder instead of standard error. */
  readonly logToFile: boolean;
  /** Take RDP clients too, where ATELIER_BROKER_PORT says so; called once it does. */
  readonly broker?: (broker: RunningBroker) => void;
}

export const serverLogFile = (folder = stateFolder()): string => join(folder, 'logs', 'server.log');

/** The server's configuration for these choices. */
export const configFor = (choices: ServerChoices): ServerConfig =>
  serverConfig({
    stateDir: stateFolder(),
    host: choices.host,
    port: choices.port,
    publicUrl: choices.publicUrl,
    sample: choices.sample,
    logFile: choices.logToFile ? serverLogFile() : undefined,
  });

/** Starts the server, tells the commands of this machine where it is, and listens for its administrator. */
export async function runServer(choices: ServerChoices, signal: AbortSignal): Promise<RunningServer> {
  const config = configFor(choices);
  await mkdir(config.stateDir, { recursive: true, mode: 0o700 });
  if (choices.logToFile) await mkdir(join(config.stateDir, 'logs'), { recursive: true, mode: 0o700 });
  const names = config.publicUrl ? [new URL(config.publicUrl).hostname.replace(/^\[|\]$/g, '')] : [];
  const broker =
    choices.broker &&
    brokerCapability(brokerConfig({ host: process.env.ATELIER_BROKER_HOST || config.host, names }), {
      started: choices.broker,
    });
  const server = await startServer(config, { signal, more: broker ? { port3389: broker } : {} });
  try {
    await writeServerNote(config.stateDir, { url: server.url, ca: server.ca, pid: process.pid });
    const control = await listenForControl(config.stateDir, {
      'setup-link': async () => ({ link: await server.createSetupLink() }),
      'enrollment-token': async () => ({ token: await server.createEnrollmentToken() }),
      backup: async ({ target }) => server.backup(target),
    });
    return {
      ...server,
      stop: async () => {
        await control.stop();
        await server.stop();
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}
