import { connect, type Socket } from 'node:net';
import { KernelSocket, type KernelSocketOwner } from '@atelier/adapters/kernel-sockets';

/** A connection that is passed on as it is: the kernel's own socket where that can be had, else Node's; or TLS. */
export interface Wire {
  readonly destroyed: boolean;
  readonly readableEnded: boolean;
  readonly writableEnded: boolean;
  /** Bytes that the kernel did not take yet. */
  readonly writableLength: number;
  write(bytes: Uint8Array): boolean;
  pause(): unknown;
  resume(): unknown;
  end(): unknown;
  destroy(): unknown;
}

/** Whoever has a wire, of whatever kind: told of it as the owner of a kernel's socket is. */
export type WireOwner = KernelSocketOwner<Wire>;

const owner = Symbol('owner');
type Owned = Socket & { [owner]?: WireOwner };

const nobody: WireOwner = { data: () => {}, ended: () => {}, closed: () => {} };

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

/** Gives a wire to a new owner; who had it hears no more of it. */
export function own(wire: Wire, by: WireOwner): void {
  if (wire instanceof KernelSocket) wire.owner = by;
  else ownSocket(wire as Owned, by);
}

/**
 * Connections change hands several times within milliseconds: listeners of their own for each, put on and taken off, cost more than all else that is done for a
 * connection, and stay with the closed socket until a full collection of garbage.
 */
function ownSocket(socket: Owned, by: WireOwner): void {
  const isNew = socket[owner] === undefined;
  socket[owner] = by;
  if (!isNew) return;
  socket.on('data', onData).on('end', onEnd).on('close', onClose).on('drain', onDrain).on('error', onError);
  if (socket.connecting) socket.on('connect', onConnect);
}

/** Gives a wire up: what happens on it concerns nobody, until somebody else owns it or listens. Its errors are heard, so that they do not end the process. */
export const disown = (wire: Wire): void => own(wire, nobody);

/** Opens a wire. @throws RangeError for a port that is none */
export type Dialler<W extends Wire> = (to: { readonly host: string; readonly port: number }) => W;

export const dialSocket: Dialler<Socket> = (to) => connect({ ...to, noDelay: true, allowHalfOpen: true });

/** A wire of the same kind as another one: bytes of the kernel's sockets go to such only, for Node's would keep them. */
export const diallerLike = (wire: Wire): Dialler<Wire> =>
  wire instanceof KernelSocket ? KernelSocket.connect : dialSocket;
