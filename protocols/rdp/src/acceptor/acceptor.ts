import type { Tile } from '../drawing/tile.ts';
import type { ClientInfo } from '../info/client-info.ts';
import type { InputEvent } from '../input/input-event.ts';
import type { ClientData } from '../mcs/client-data.ts';
import type { Redirection } from '../redirect/redirection.ts';
import type { ClientCapabilities } from '../share/client-capabilities.ts';
import type { ErrorInfo } from '../share/error-info.ts';
import type { StatusInfo } from '../share/status-info.ts';

/** Where a connection stands. */
export type AcceptorState =
  /** Until the Client Info PDU. */
  | 'connecting'
  /** The user is known and licensed: `redirect`, `activate` or `fail`. FreeRDP waits 9 s from its dialling to ACTIVE. */
  | 'identified'
  /** Demand Active is sent. */
  | 'activating'
  /** There is a desktop to paint; `redirect` and `fail` work here too. */
  | 'active'
  /** Nothing more is read; send what was given out and close. */
  | 'ended';

/** What happened on the client's side. */
export type AcceptorEvent =
  /** MCS Connect Initial came. */
  | { readonly kind: 'client-data'; readonly data: ClientData }
  /** Client Info came and the licence is granted: decide now. Holds a password. */
  | { readonly kind: 'client-info'; readonly info: ClientInfo }
  /** Activation is done: paint. */
  | { readonly kind: 'active'; readonly capabilities: ClientCapabilities }
  | { readonly kind: 'input'; readonly event: InputEvent }
  /** The client wants these regions again, or everything (null). */
  | { readonly kind: 'refresh'; readonly areas: readonly Area[] | null }
  /** The client's window is minimised (false) or back (true). */
  | { readonly kind: 'visible'; readonly visible: boolean }
  /** The user closed the window: close the connection, or answer with `denyShutdown`. */
  | { readonly kind: 'shutdown-request' }
  /** Data of a static virtual channel, one chunk with its header. */
  | { readonly kind: 'channel'; readonly name: string; readonly data: Uint8Array }
  /** The client said good-bye in MCS. */
  | { readonly kind: 'disconnect'; readonly reason: number };

/** A region in pixels; right and bottom are exclusive. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** What one look at new bytes brought: send `send` in order, then act on the events. */
export interface AcceptorStep {
  readonly send: readonly Uint8Array[];
  readonly events: readonly AcceptorEvent[];
}

/** The server's end of one RDP connection, from behind TLS (and CredSSP) on. Bytes in, bytes and events out. */
export interface Acceptor {
  readonly state: AcceptorState;
  /**
   * Takes decrypted bytes in any portions. Throws `RdpError` for what no client may send; the connection is 'ended' then: close it.
   * Bytes that come after the end are ignored.
   */
  receive(bytes: Uint8Array): AcceptorStep;
  /** Sends the client elsewhere; from 'identified' and 'active' on. Ends the connection: the client hangs up by itself. */
  redirect(redirection: Redirection): readonly Uint8Array[];
  /** Begins the activation, from 'identified' on; a desktop of the client's own size unless another is given. */
  activate(desktop?: { readonly width: number; readonly height: number }): readonly Uint8Array[];
  /** Tells the client what it waits for (only to clients that know it: else nothing is sent). */
  status(status: StatusInfo): readonly Uint8Array[];
  /** Says beforehand why the connection will end; it stays until `fail` or the client ends it. From 'identified' on, else nothing is sent. */
  foretell(error: ErrorInfo): readonly Uint8Array[];
  /** Tells the client's user why, then ends the connection. Works from 'identified' on; before, it only hangs up. */
  fail(error: ErrorInfo): readonly Uint8Array[];
  /** Paints tiles, in as many messages as needed. Only while 'active': else nothing is sent. */
  paint(tiles: readonly Tile[]): readonly Uint8Array[];
  /** Shows the system's arrow, or no pointer. Only while 'active'. */
  pointer(shape: 'arrow' | 'hidden'): readonly Uint8Array[];
  /** The answer to 'shutdown-request' by which the client asks its user. */
  denyShutdown(): readonly Uint8Array[];
}

export interface AcceptorOptions {
  /** `requestedProtocols` of the client's negotiation request, said back to it in MCS Connect Response; null: it sent none. */
  readonly requestedProtocols: number | null;
}
