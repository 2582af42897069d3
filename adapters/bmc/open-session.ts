import { randomBytes } from 'node:crypto';
import {
  type CipherSuite,
  checkCompletion,
  cipherSuites,
  getAuthenticationCapabilities,
  getCipherSuites,
  type IpmiCommand,
  IpmiError,
  payloadTypes,
  type RakpIdentity,
  type RakpState,
  readAuthenticationCapabilities,
  readCipherSuites,
  readLanResponse,
  readOpenSession,
  readPacket,
  readRakp2,
  readRakp4,
  readSessionless,
  type SessionKeys,
  sessionKeys,
  suite3,
  writeLanRequest,
  writeOpenSession,
  writePacket,
  writeRakp1,
  writeRakp3,
  writeSessionless,
} from '@atelier/ipmi';
import type { DatagramExchange } from './datagram-exchange.ts';

const noIv = new Uint8Array(16);

/** What the handshake ends with. */
export interface EstablishedSession {
  readonly keys: SessionKeys;
  readonly controllerId: number;
  readonly consoleId: number;
}

/** What follows from malformed bytes: anybody may send datagrams to us, so they count as lost. */
export function orLost<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof IpmiError && error.failure !== 'refused') return undefined;
    throw error;
  }
}

async function sessionless(
  exchange: DatagramExchange,
  command: IpmiCommand,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const response = await exchange.ask(
    () => writeSessionless(writeLanRequest(command, 1)),
    (bytes) => {
      const answer = orLost(() => readLanResponse(readSessionless(bytes)));
      return answer?.command === command.command && answer.sequence === 1 ? answer : undefined;
    },
    signal,
  );
  checkCompletion(response.completionCode, 'asking for the ways to sign in');
  return response.data;
}

/** The best suite that both ends know; suite 3 for controllers that do not list theirs. */
async function chooseSuite(exchange: DatagramExchange, signal?: AbortSignal): Promise<CipherSuite> {
  const parts: Uint8Array[] = [];
  try {
    for (let index = 0; index < 64; index++) {
      const data = await sessionless(exchange, getCipherSuites(index), signal);
      parts.push(data.subarray(1));
      if (data.length < 17) break;
    }
  } catch (error) {
    if (error instanceof IpmiError && error.failure === 'completion') return suite3;
    throw error;
  }
  const offered = readCipherSuites(Buffer.concat(parts));
  const best = cipherSuites.find((suite) => offered.includes(suite.id));
  if (!best)
    throw new IpmiError(
      'refused',
      'the controller offers neither cipher suite 17 nor 3: switch one of them on in its LAN settings',
    );
  return best;
}

let lastTag = 0;

/**
 * Signs in by RAKP (IPMI 2.0 §13.15). Throws `IpmiError`: "refused" with the cause, "untrusted" when password or key is wrong; `BmcUnreachable`
 * when nothing answers.
 */
export async function openSession(
  exchange: DatagramExchange,
  identity: RakpIdentity,
  wanted: CipherSuite | null,
  signal?: AbortSignal,
): Promise<EstablishedSession> {
  const capabilities = readAuthenticationCapabilities(
    await sessionless(exchange, getAuthenticationCapabilities, signal),
  );
  if (!capabilities.rmcpPlus)
    throw new IpmiError(
      'refused',
      'the controller speaks IPMI 1.5 only, which cannot be encrypted: update its firmware',
    );
  if (capabilities.needsControllerKey && !identity.controllerKey)
    throw new IpmiError('refused', 'the controller asks for its own key (Kg) besides the password: give it too');
  const suite = wanted ?? (await chooseSuite(exchange, signal));
  const consoleId = randomBytes(4).readUInt32LE() || 1;
  const tag = () => {
    lastTag = (lastTag + 1) & 0xff;
    return lastTag;
  };
  // `read` throws for a refusal; an answer for another message, or none of the handshake, is dropped.
  const step = <T>(type: number, payload: Uint8Array, answerType: number, read: (bytes: Uint8Array) => T): Promise<T> =>
    exchange
      .ask(
        () => writePacket({ payloadType: type, sessionId: 0, sequence: 0, payload }, null, noIv),
        (bytes) => {
          const packet = orLost(() => readPacket(bytes, null));
          return packet?.payloadType === answerType && packet.payload[0] === payload[0]
            ? { value: read(packet.payload) }
            : undefined;
        },
        signal,
      )
      .then(({ value }) => value);

  const first = tag();
  const session = await step(
    payloadTypes.openSessionRequest,
    writeOpenSession(first, identity.privilege, consoleId, suite),
    payloadTypes.openSessionResponse,
    (bytes) => readOpenSession(bytes, first, consoleId, suite),
  );
  const state: RakpState = { suite, session, identity, consoleRandom: randomBytes(16) };
  const second = tag();
  const answer = await step(payloadTypes.rakp1, writeRakp1(second, state), payloadTypes.rakp2, (bytes) =>
    readRakp2(bytes, second, state),
  );
  const keys = sessionKeys(state, answer);
  const third = tag();
  await step(payloadTypes.rakp3, writeRakp3(third, state, answer), payloadTypes.rakp4, (bytes) =>
    readRakp4(bytes, third, state, answer, keys.sik),
  );
  return { keys, controllerId: session.controllerId, consoleId };
}
