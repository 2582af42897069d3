import { ByteReader } from '../byte-reader.ts';
import { hexBytes } from '../byte-writer.ts';
import { writeBitmapData } from '../drawing/bitmap-data.ts';
import { splitTile } from '../drawing/split-tile.ts';
import type { Tile } from '../drawing/tile.ts';
import { bitmapUpdates, pointerUpdate } from '../drawing/updates.ts';
import { validClientLicence } from '../info/licence.ts';
import { readClientInfo } from '../info/read-client-info.ts';
import { readFastPathInput } from '../input/read-fast-path-input.ts';
import { clientUser, ioChannel, virtualChannel } from '../mcs/channel-ids.ts';
import type { ClientData } from '../mcs/client-data.ts';
import { readConnectInitial } from '../mcs/connect-initial.ts';
import { writeConnectResponse } from '../mcs/connect-response.ts';
import {
  attachUserConfirm,
  channelJoinConfirm,
  type DomainMessage,
  disconnectProviderUltimatum,
  readDomainMessage,
  sendData,
  writeX224Data,
} from '../mcs/domain-message.ts';
import { RdpError } from '../rdp-error.ts';
import type { Redirection } from '../redirect/redirection.ts';
import { writeServerRedirection } from '../redirect/server-redirection.ts';
import { boundedDesktop } from '../share/bounded-desktop.ts';
import type { ClientCapabilities } from '../share/client-capabilities.ts';
import { type Desktop, writeDemandActive } from '../share/demand-active.ts';
import { type ErrorInfo, errorInfo } from '../share/error-info.ts';
import { dataPdu, dataPduBytes, sharePdu, sharePduBytes } from '../share/share-header.ts';
import { type StatusInfo, statusInfo } from '../share/status-info.ts';
import type { Acceptor, AcceptorEvent, AcceptorOptions, AcceptorState, AcceptorStep } from './acceptor.ts';
import { MessageBuffer } from './message-buffer.ts';
import { readShareMessage } from './read-share-message.ts';

/** How often a client may attach and join before it has to say who it is. */
const mostPreliminaries = 64;

/** The server's end of a connection: see `Acceptor`. */
export class RdpAcceptor implements Acceptor {
  readonly #options: AcceptorOptions;
  readonly #buffer = new MessageBuffer();
  #state: AcceptorState = 'connecting';
  #client: ClientData | null = null;
  #user = 0;
  #preliminaries = 0;
  #capabilities: ClientCapabilities | null = null;
  #send: Uint8Array[] = [];
  #events: AcceptorEvent[] = [];

  constructor(options: AcceptorOptions) {
    this.#options = options;
  }

  get state(): AcceptorState {
    return this.#state;
  }

  receive(bytes: Uint8Array): AcceptorStep {
    if (this.#state === 'ended') return { send: [], events: [] };
    try {
      this.#buffer.add(bytes);
      for (let message = this.#buffer.next(); message; message = this.#buffer.next()) {
        this.#take(message);
        if (this.state === 'ended') break;
      }
    } catch (error) {
      this.#state = 'ended';
      throw error;
    }
    const step = { send: this.#send, events: this.#events };
    this.#send = [];
    this.#events = [];
    return step;
  }

  #take(message: Uint8Array): void {
    if ((message[0]! & 3) === 0) {
      if (this.#state !== 'active' && this.#state !== 'activating')
        throw new RdpError('out-of-order', 'input came before there was a desktop');
      for (const event of readFastPathInput(message)) this.#events.push({ kind: 'input', event });
      return;
    }
    const reader = new ByteReader(message, 'an X.224 data TPDU');
    reader.skip(4);
    if (reader.u8() !== 2 || reader.u8() !== 0xf0) throw reader.wrong('it is another kind of TPDU');
    reader.skip(1);
    if (this.#client) this.#takeDomainMessage(readDomainMessage(reader.rest()), this.#client);
    else this.#takeConnectInitial(readConnectInitial(reader.rest()));
  }

  #takeConnectInitial(data: ClientData): void {
    this.#client = data;
    this.#user = clientUser(data.channels.length);
    const response = writeConnectResponse({
      requestedProtocols: this.#options.requestedProtocols,
      channels: data.channels.map((_, index) => virtualChannel(index)),
      skipChannelJoin: data.core.skipsChannelJoin,
    });
    this.#send.push(writeX224Data(response));
    this.#events.push({ kind: 'client-data', data });
  }

  #takeDomainMessage(message: DomainMessage, client: ClientData): void {
    switch (message.kind) {
      case 'disconnect':
        this.#state = 'ended';
        this.#events.push({ kind: 'disconnect', reason: message.reason });
        return;
      case 'erect-domain':
        this.#countPreliminary();
        return;
      case 'attach-user':
        this.#countPreliminary();
        this.#send.push(attachUserConfirm(this.#user));
        return;
      case 'channel-join':
        this.#countPreliminary();
        if (message.channel < ioChannel || message.channel > this.#user)
          throw new RdpError('malformed', `a client joins channel ${message.channel}, which there is not`);
        this.#send.push(channelJoinConfirm(this.#user, message.channel));
        return;
      case 'data':
        this.#takeData(message.channel, message.data, client);
    }
  }

  #countPreliminary(): void {
    this.#preliminaries++;
    if (this.#preliminaries > mostPreliminaries) throw new RdpError('limits', 'a client joins channels without end');
  }

  #takeData(channel: number, data: Uint8Array, client: ClientData): void {
    if (channel === ioChannel) {
      this.#takeShareData(data);
      return;
    }
    const name = client.channels[channel - ioChannel - 1]?.name;
    if (name === undefined) throw new RdpError('malformed', `data came on channel ${channel}, which there is not`);
    if (this.#state !== 'connecting') this.#events.push({ kind: 'channel', name, data });
  }

  #takeShareData(data: Uint8Array): void {
    if (this.#state === 'connecting') {
      const info = readClientInfo(data);
      this.#state = 'identified';
      this.#send.push(sendData(ioChannel, validClientLicence));
      this.#events.push({ kind: 'client-info', info });
      return;
    }
    // Nothing that a client says between licence and Demand Active matters.
    if (this.#state === 'identified') return;
    const { send, event, capabilities, fontList } = readShareMessage(data, this.#user);
    this.#send.push(...send);
    if (capabilities) this.#capabilities = capabilities;
    if (fontList && this.#capabilities && this.#state === 'activating') {
      this.#state = 'active';
      this.#events.push({ kind: 'active', capabilities: this.#capabilities });
    }
    this.#events.push(...event);
  }

  redirect(redirection: Redirection): readonly Uint8Array[] {
    if (this.#state !== 'identified' && this.#state !== 'active')
      throw new RdpError('out-of-order', `a connection that is ${this.#state} cannot be redirected`);
    const packet = writeServerRedirection(redirection);
    this.#state = 'ended';
    // Enhanced Security form ([MS-RDPBCGR] 2.2.13.3.1): two pad bytes before, one behind.
    const content = Buffer.concat([Buffer.alloc(2), packet, Buffer.alloc(1)]);
    return [sendData(ioChannel, sharePduBytes(sharePdu.redirection, content))];
  }

  activate(desktop?: { readonly width: number; readonly height: number }): readonly Uint8Array[] {
    const client = this.#client;
    if (this.#state !== 'identified' || !client)
      throw new RdpError('out-of-order', `a connection that is ${this.#state} cannot be activated`);
    this.#state = 'activating';
    const { desktopWidth: width, desktopHeight: height, colorDepth } = client.core;
    const offered: Desktop = {
      ...boundedDesktop(desktop ?? { width, height }),
      colorDepth: [15, 16, 24, 32].includes(colorDepth) ? colorDepth : 16,
    };
    return [sendData(ioChannel, writeDemandActive(offered))];
  }

  status(status: StatusInfo): readonly Uint8Array[] {
    if (!this.#client?.core.supportsStatusInfo || this.#state === 'connecting' || this.#state === 'ended') return [];
    const content = Buffer.alloc(4);
    content.writeUInt32LE(statusInfo[status]);
    return [sendData(ioChannel, dataPduBytes(dataPdu.statusInfo, content))];
  }

  foretell(error: ErrorInfo): readonly Uint8Array[] {
    return this.#saysError(error, this.#state);
  }

  #saysError(error: ErrorInfo, state: AcceptorState): readonly Uint8Array[] {
    if (!this.#client?.core.supportsErrorInfo || state === 'connecting' || state === 'ended') return [];
    const content = Buffer.alloc(4);
    content.writeUInt32LE(errorInfo[error]);
    return [sendData(ioChannel, dataPduBytes(dataPdu.setErrorInfo, content))];
  }

  fail(error: ErrorInfo): readonly Uint8Array[] {
    const state = this.#state;
    if (state === 'ended') return [];
    this.#state = 'ended';
    const messages = [...this.#saysError(error, state)];
    if (state === 'active') messages.push(sendData(ioChannel, deactivateAll));
    if (this.#client) messages.push(disconnectProviderUltimatum());
    return messages;
  }

  paint(tiles: readonly Tile[]): readonly Uint8Array[] {
    const capabilities = this.#capabilities;
    if (this.#state !== 'active' || !capabilities) return [];
    const bitmaps = tiles.flatMap(splitTile).map((tile) => writeBitmapData(tile, capabilities));
    return bitmapUpdates(bitmaps, capabilities.fastPathOutput);
  }

  pointer(shape: 'arrow' | 'hidden'): readonly Uint8Array[] {
    if (this.#state !== 'active' || !this.#capabilities) return [];
    return [pointerUpdate(shape, this.#capabilities.fastPathOutput)];
  }

  denyShutdown(): readonly Uint8Array[] {
    if (this.#state !== 'active') return [];
    return [sendData(ioChannel, dataPduBytes(dataPdu.shutdownDenied, Buffer.alloc(0)))];
  }
}

/** Deactivate All PDU ([MS-RDPBCGR] 2.2.3.1): share id, and a source descriptor of one zero byte. */
const deactivateAll = sharePduBytes(sharePdu.deactivateAll, hexBytes('ea030100 0100 00'));

/** The server's end of one connection, to be fed from behind TLS (and CredSSP). */
export const createAcceptor = (options: AcceptorOptions): Acceptor => new RdpAcceptor(options);
