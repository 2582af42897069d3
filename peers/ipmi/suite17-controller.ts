import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import {
  hmac,
  payloadTypes,
  readPacket,
  readSessionless,
  type SessionKeys,
  suite17,
  writePacket,
  writeSessionless,
} from '@atelier/ipmi';
import { runIpmitool, simUser } from './ipmi-sim.ts';

/**
 * A controller that speaks cipher suite 17 only, which the simulator does not know. ipmitool is the judge of it: what ipmitool accepts is a true
 * handshake, so that our side is measured by ipmitool too.
 */
export async function startSuite17Controller() {
  const socket = createSocket('udp4');
  const counts = { opened: 0, closed: 0 };
  const password = Buffer.alloc(20);
  password.write(simUser.password);
  const guid = Buffer.alloc(16, 0x5a);
  const controllerId = Buffer.from([9, 8, 7, 6]);
  let state = {
    consoleId: Buffer.alloc(4),
    consoleRandom: Buffer.alloc(16),
    random: Buffer.alloc(16),
    user: Buffer.alloc(2),
  };
  let keys: SessionKeys | null = null;
  let sequence = 0;

  const refusal = (payload: Buffer, code: number) =>
    Buffer.concat([Buffer.from([payload[0]!, code, 4, 0]), payload.subarray(4, 8)]);

  const openSession = (payload: Buffer) => {
    if (payload[12] !== suite17.authentication) return refusal(payload, 0x11);
    state = { ...state, consoleId: Buffer.from(payload.subarray(4, 8)) };
    return Buffer.concat([Buffer.from([payload[0]!, 0, 4, 0]), state.consoleId, controllerId, payload.subarray(8, 32)]);
  };

  const rakp2 = (payload: Buffer) => {
    const user = Buffer.concat([payload.subarray(24, 25), payload.subarray(27, 28 + payload[27]!)]);
    state = { ...state, user, consoleRandom: Buffer.from(payload.subarray(8, 24)), random: randomBytes(16) };
    const { consoleId, consoleRandom, random } = state;
    const proof = hmac(suite17, password, consoleId, controllerId, consoleRandom, random, guid, user);
    return Buffer.concat([Buffer.from([payload[0]!, 0, 0, 0]), consoleId, random, guid, proof]);
  };

  const rakp4 = (payload: Buffer) => {
    const { consoleId, consoleRandom, random, user } = state;
    const proof = hmac(suite17, password, random, consoleId, user);
    if (!proof.equals(payload.subarray(8))) return refusal(payload, 0x0f);
    const sik = hmac(suite17, password, consoleRandom, random, user);
    const derived = (byte: number) => hmac(suite17, sik, Buffer.alloc(20, byte));
    keys = { suite: suite17, k1: derived(1), k2: derived(2) };
    counts.opened += 1;
    const code = hmac(suite17, sik, consoleRandom, controllerId, guid).subarray(0, 16);
    return Buffer.concat([Buffer.from([payload[0]!, 0, 0, 0]), consoleId, code]);
  };

  const commands = new Map<number, readonly number[]>([
    [0x38, [0, 1, 0x80, 0x04, 0x02, 0, 0, 0, 0]],
    [0x54, [0, 1, 0xc0, 17, 0x03, 0x44, 0x81]],
    [0x01, [0, 0, 0x81, 1, 2, 2, 0x9f, 0x91, 0x12, 0, 0x34, 0x12]],
    [0x3b, [0, 4]],
    [0x3c, [0]],
  ]);

  const answer = (request: Uint8Array): Uint8Array => {
    const command = request[5]!;
    if (command === 0x3c) counts.closed += 1;
    const head = [0x81, request[1]! + 4];
    const body = [0x20, request[4]!, command, ...(commands.get(command) ?? [0xc1])];
    const sum = (bytes: readonly number[]) => -bytes.reduce((total, byte) => total + byte, 0) & 0xff;
    return Uint8Array.from([...head, sum(head), ...body, sum(body)]);
  };

  const steps: Readonly<Record<number, (payload: Buffer) => Buffer>> = {
    [payloadTypes.openSessionRequest]: openSession,
    [payloadTypes.rakp1]: rakp2,
    [payloadTypes.rakp3]: rakp4,
  };

  socket.on('message', (bytes, from) => {
    const reply = (packet: Uint8Array) => socket.send(packet, from.port, from.address);
    if (bytes[4] === 0) return reply(writeSessionless(answer(readSessionless(bytes))));
    const type = bytes[5]! & 0x3f;
    const step = steps[type];
    if (step) {
      const payload = step(Buffer.from(readPacket(bytes, null).payload));
      return reply(writePacket({ payloadType: type + 1, sessionId: 0, sequence: 0, payload }, null, guid));
    }
    const packet = readPacket(bytes, keys);
    sequence += 1;
    const sessionId = state.consoleId.readUInt32LE();
    reply(writePacket({ payloadType: 0, sessionId, sequence, payload: answer(packet.payload) }, keys, randomBytes(16)));
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  return {
    port,
    sessions: () => counts,
    ipmitool: (...words: readonly string[]) => runIpmitool(port, 17, words),
    stop: () => socket.close(),
  };
}
