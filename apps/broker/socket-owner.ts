import type { Socket } from 'node:net';

/** Whoever has a socket: told of what happens on it, one at a time. */
export interface SocketOwner {
  data(from: Socket, bytes: Buffer): void;
  /** The other side said its last. */
  ended(from: Socket): void;
  closed(from: Socket, hadError: boolean): void;
  /** What was written is with the kernel. */
  drained?(from: Socket): void;
  connected?(to: Socket): void;
  failed?(from: Socket, error: NodeJS.ErrnoException): void;
}

const owner = Symbol('owner');
type Owned = Socket & { [owner]?: SocketOwner };

const nobody: SocketOwner = { data: () => {}, ended: () => {}, closed: () => {} };

function onData(this: Owned, bytes: Buffer) {
  this[owner]!.data(this, bytes);
}
function onEnd(this: Owned) {
  this[owner]!.ended(this);
}
function onClose(this: Owned, hadError: boolean) {
  this[owner]!.closed(this, hadError);
}
function onDrain(this: Owned) {
  this[owner]!.drained?.(this);
}
function onConnect(this: Owned) {
  this[owner]!.connected?.(this);
}
function onError(this: Owned, error: Error) {
  this[owner]!.failed?.(this, error);
}

/**
 * Gives a socket to a new owner; who had it hears no more of it. Connections change hands several times within milliseconds: listeners of their own for each, put on
 * and taken off, cost more than all else that is done for a connection, and stay with the closed socket until a full collection of garbage.
 */
export function own(socket: Socket, by: SocketOwner): void {
  const owned = socket as Owned;
  const isNew = owned[owner] === undefined;
  owned[owner] = by;
  if (!isNew) return;
  socket.on('data', onData).on('end', onEnd).on('close', onClose).on('drain', onDrain).on('error', onError);
  if (socket.connecting) socket.on('connect', onConnect);
}

/** Gives a socket up: what happens on it concerns nobody, until somebody else owns it or listens. Its errors are heard, so that they do not end the process. */
export const disown = (socket: Socket): void => own(socket, nobody);
