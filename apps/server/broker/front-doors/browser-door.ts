import { createInterface } from 'node:readline';
import type { TLSSocket } from 'node:tls';
import { issueTicket, ticketKeyIn } from '@atelier/adapters/identity';
import { myDesktopEndpoints, type PrepareMessage } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import type { WebSocket } from 'ws';
import type { RequestContext } from '../../http/handlers.ts';
import type { Routes } from '../../http/routes.ts';
import type { Services } from '../../services.ts';
import { brokerLine } from './broker-line.ts';
import type { OwnDesktops } from './own-desktops.ts';

const callingUser = ({ actor }: RequestContext) => {
  if (actor.kind !== 'user') throw new AtelierError('people.not-signed-in', 'this address is for people');
  return { id: actor.id, name: actor.name };
};

/** Bytes for a browser that may wait in this process, before the broker is not read any more. */
const mostWaiting = 1024 * 1024;

/** Passes on what the broker tells, and ends with it. The browser that goes away ends the line, which cancels a start. */
function tellBrowser(socket: WebSocket, line: TLSSocket): void {
  let last = false;
  const lines = createInterface({ input: line, crlfDelay: 0 });
  lines.on('line', (text) => {
    last = !text.startsWith('{"kind":"status"');
    socket.send(text);
  });
  line.on('close', () => {
    const lost: PrepareMessage = { kind: 'failed', code: 'broker-lost', text: 'the broker went away' };
    if (!last && socket.readyState === socket.OPEN) socket.send(JSON.stringify(lost));
    socket.close(1000);
  });
  socket.on('close', () => {
    lines.close();
    line.destroy();
  });
}

/** Carries bytes both ways; the side that does not take them stops the other from being read. */
function carry(socket: WebSocket, line: TLSSocket): void {
  line.on('data', (chunk: Buffer) => {
    socket.send(chunk, { binary: true }, () => {
      if (socket.bufferedAmount < mostWaiting) line.resume();
    });
    if (socket.bufferedAmount >= mostWaiting) line.pause();
  });
  line.on('end', () => socket.close(1000)).on('close', () => socket.close(1000));
  line.on('drain', () => socket.resume());
  socket.on('message', (data, binary) => {
    if (!binary) return socket.close(1003, 'bytes only');
    if (!line.write(data as Buffer)) socket.pause();
  });
  socket.on('close', () => line.destroy());
}

/**
 * The desktop in the browser: this server lets the person in by their session, and connects them to a live broker, which decides, dials the target and does
 * its TLS.
 */
export function browserDoor(routes: Routes, services: Services, desktops: OwnDesktops): void {
  const { database, audit } = services;
  routes.socket(
    myDesktopEndpoints.prepare,
    async ({ params, query }, context) => {
      const user = callingUser(context);
      const collection = await desktops.ownCollection(user.id, params.collection);
      const key = await ticketKeyIn(services.secrets);
      const { ticket } = await database.withTransaction(async (trx) => {
        const issued = await issueTicket(trx, key, { userId: user.id, collectionId: collection.id, targetId: null });
        await audit.append(trx, context, {
          verb: 'desktop.open-in-browser',
          object: { kind: 'collection', id: collection.id, name: collection.name },
          before: null,
          after: { user: user.name },
        });
        return issued;
      });
      const { width, height } = query;
      const order = { ask: 'prepare', user: user.name, ticket, address: context.ip, client: 'browser', width, height };
      return await brokerLine(services, order);
    },
    tellBrowser,
    { maxPayload: 1024 },
  );
  routes.socket(
    myDesktopEndpoints.screen,
    async ({ params, query }, context) => {
      const user = callingUser(context);
      await desktops.ownCollection(user.id, params.collection);
      const order = { ask: 'open', userId: user.id, address: context.ip, keyboard: query.keyboard };
      return await brokerLine(services, order);
    },
    carry,
    { maxPayload: 1024 * 1024 },
  );
}
