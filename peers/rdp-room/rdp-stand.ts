import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import {
  type Acceptor,
  type AcceptorEvent,
  type ConnectionRequest,
  createAcceptor,
  type Preconnection,
  peekOpening,
  type RdstlsRequest,
  readRdstlsRequest,
  securityProtocol,
  writeConnectionConfirm,
  writeRdstlsCapabilities,
  writeRdstlsResponse,
} from '@atelier/rdp';

/** One connection that a client opened, behind TLS. */
export interface StandConnection {
  readonly request: ConnectionRequest;
  readonly preconnection: Preconnection | null;
  readonly acceptor: Acceptor;
  send(messages: readonly Uint8Array[]): void;
  end(): void;
}

export interface RdpStand {
  readonly port: number;
  close(): Promise<void>;
}

/** The least server that the room can be put into: a socket, TLS, and what the test does with each event. */
export async function startRdpStand(
  identity: { readonly key: string; readonly cert: string },
  act: (event: AcceptorEvent, connection: StandConnection) => void,
  /** Takes RDSTLS from clients that offer it, and lets them in if this says so. */
  admit: ((request: RdstlsRequest) => boolean) | null = null,
): Promise<RdpStand> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    // A client that is redirected or done hangs up as it likes.
    socket.on('error', () => {});
    let held = Buffer.alloc(0);
    socket.on('data', function look(chunk: Buffer) {
      held = Buffer.concat([held, chunk]);
      const opening = peekOpening(held);
      if (opening.kind === 'malformed') socket.destroy();
      if (opening.kind !== 'opening') return;
      socket.off('data', look);
      const offered = opening.request.negotiation?.protocols ?? 0;
      let byRdstls = admit !== null && (offered & securityProtocol.rdstls) !== 0;
      socket.write(writeConnectionConfirm(byRdstls ? securityProtocol.rdstls : securityProtocol.tls, 1));
      const tls = new TLSSocket(socket, { isServer: true, ...identity });
      if (byRdstls) tls.write(writeRdstlsCapabilities());
      let unread = Buffer.alloc(0);
      tls.on('error', () => {});
      const { request, preconnection } = opening;
      const acceptor = createAcceptor({ requestedProtocols: request.negotiation?.protocols ?? null });
      const send = (messages: readonly Uint8Array[]) => {
        for (const message of messages) tls.write(message);
      };
      const connection = { request, preconnection, acceptor, send, end: () => tls.end() };
      tls.on('data', (bytes: Buffer) => {
        unread = Buffer.concat([unread, bytes]);
        while (byRdstls) {
          const found = readRdstlsRequest(unread);
          if (!found) return;
          unread = unread.subarray(found.length);
          if (found.request.kind === 'capabilities') continue;
          const admitted = admit!(found.request);
          tls.write(writeRdstlsResponse(admitted ? 'success' : 'logonFailure'));
          if (!admitted) return tls.end();
          byRdstls = false;
        }
        if (unread.length === 0) return;
        bytes = unread;
        unread = Buffer.alloc(0);
        const step = acceptor.receive(bytes);
        send(step.send);
        for (const event of step.events) act(event, connection);
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
