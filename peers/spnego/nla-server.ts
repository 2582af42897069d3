import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { acceptCredSsp, type CredSspAcceptorOptions, isSpnegoError, type PasswordCredentials } from '@atelier/spnego';

/** What the server saw of each client: what it delegated, and as whom it logged on; or the code of the refusal. */
export interface NlaServer {
  readonly port: number;
  readonly logons: readonly {
    readonly name: string;
    readonly version: number;
    readonly credentials: PasswordCredentials | null;
  }[];
  readonly refusals: readonly string[];
  close(): Promise<void>;
}

/** X.224 Connection Confirm that selects CredSSP (MS-RDPBCGR §2.2.1.2). */
const confirm = Buffer.from('030000130ed000001234000200080002000000', 'hex');

/** As much of an RDP server as Network Level Authentication needs; after the logon it closes the connection. */
export async function startNlaServer(
  pem: { key: string; cert: string },
  options: CredSspAcceptorOptions,
): Promise<NlaServer> {
  const seen = { logons: [] as NlaServer['logons'][number][], refusals: [] as string[] };
  const sockets = new Set<Socket>();

  const serve = async (socket: Socket): Promise<void> => {
    await once(socket, 'data');
    socket.write(confirm);
    const tls = new TLSSocket(socket, { isServer: true, secureContext: createSecureContext(pem) });
    const credssp = acceptCredSsp(options);
    try {
      // Leaving the loop must not destroy the stream: a refusal is still to be told.
      for await (const chunk of tls.iterator({ destroyOnReturn: false })) {
        const { token, done } = await credssp.push(chunk as Buffer);
        if (token) tls.write(token);
        if (done) break;
      }
      if (credssp.done)
        seen.logons.push({ name: credssp.identity!.name, version: credssp.version!, credentials: credssp.credentials });
    } catch (error) {
      if (!isSpnegoError(error)) return;
      seen.refusals.push(error.code);
      if (error.reply) tls.write(error.reply);
    } finally {
      credssp.close();
      tls.end();
    }
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    serve(socket).catch(() => socket.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as { port: number }).port,
    ...seen,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
