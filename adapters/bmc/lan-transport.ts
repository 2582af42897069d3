import { randomBytes } from 'node:crypto';
import {
  advance,
  type CipherSuite,
  checkCompletion,
  closeSession,
  emptyWindow,
  type IpmiCommand,
  payloadTypes,
  readLanResponse,
  readPacket,
  setPrivilege,
  suite3,
  suite17,
  writeLanRequest,
  writePacket,
} from '@atelier/ipmi';
import { type DatagramExchange, openDatagramExchange, type Patience, usualPatience } from './datagram-exchange.ts';
import type { IpmiAnswer, IpmiTransport } from './ipmi-transport.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { type EstablishedSession, openSession, orLost } from './open-session.ts';

/** Where a controller is and who we are to it. */
export interface LanAddress {
  readonly host: string;
  /** UDP; 623 by default. */
  readonly port?: number;
  readonly user: string;
  readonly password: string;
  /** The controller's own key, when it has one. */
  readonly controllerKey?: Uint8Array;
  /** Administrator by default; an operator may power, a user only read. */
  readonly privilege?: 'user' | 'operator' | 'administrator';
  /** 17 or 3; by default the best that the controller offers. */
  readonly cipherSuite?: 17 | 3;
  readonly patience?: Patience;
}

const levels = { user: 2, operator: 3, administrator: 4 } as const;
const suites: Readonly<Record<number, CipherSuite>> = { 17: suite17, 3: suite3 };

/**
 * Opens a session of RMCP+ with a controller, encrypted and signed. Throws `IpmiError` or `BmcUnreachable`, each with cause and fix.
 */
export async function openLanTransport(address: LanAddress, signal?: AbortSignal): Promise<IpmiTransport> {
  const exchange = await openDatagramExchange(address.host, address.port ?? 623, address.patience ?? usualPatience);
  try {
    const privilege = levels[address.privilege ?? 'administrator'];
    const { user, password, controllerKey } = address;
    const identity = { user, password, controllerKey, privilege };
    const session = await openSession(exchange, identity, suites[address.cipherSuite ?? 0] ?? null, signal);
    const send = sender(exchange, session);
    const queue = oneAtATime();
    checkCompletion((await send(setPrivilege(privilege), signal)).completionCode, 'asking for the privilege');
    return {
      send: (command, stop) => queue(() => send(command, stop)),
      async close() {
        // The controller forgets us by itself when this is lost.
        await queue(() => send(closeSession(session.controllerId), AbortSignal.timeout(1000))).catch(() => undefined);
        exchange.close();
      },
    };
  } catch (error) {
    exchange.close();
    throw error;
  }
}

function sender(exchange: DatagramExchange, session: EstablishedSession) {
  let packetNumber = 0;
  let messageNumber = 0;
  let window = emptyWindow;
  return async (command: IpmiCommand, signal?: AbortSignal): Promise<IpmiAnswer> => {
    messageNumber = (messageNumber + 1) & 0x3f;
    const sequence = messageNumber;
    const message = writeLanRequest(command, sequence);
    const datagram = () => {
      packetNumber += 1;
      const packet = {
        payloadType: payloadTypes.ipmi,
        sessionId: session.controllerId,
        sequence: packetNumber,
        payload: message,
      };
      return writePacket(packet, session.keys, randomBytes(16));
    };
    return await exchange.ask(
      datagram,
      (bytes) => {
        const packet = orLost(() => readPacket(bytes, session.keys));
        if (packet?.payloadType !== payloadTypes.ipmi || packet.sessionId !== session.consoleId) return undefined;
        const next = advance(window, packet.sequence);
        if (!next) return undefined;
        window = next;
        const answer = orLost(() => readLanResponse(packet.payload));
        const ours =
          answer?.sequence === sequence && answer.command === command.command && answer.netFn === command.netFn + 1;
        return ours ? { completionCode: answer.completionCode, data: answer.data } : undefined;
      },
      signal,
    );
  };
}
