import { type CipherSuite, hmac, sameBytes } from './cipher-suite.ts';
import { IpmiError } from './ipmi-error.ts';
import type { SessionKeys } from './session-packet.ts';

/** Who we are and how much we want. */
export interface RakpIdentity {
  readonly user: string;
  /** At most 20 bytes in UTF-8. */
  readonly password: string;
  /** The controller's own key (Kg), when it has one; 20 bytes. */
  readonly controllerKey?: Uint8Array;
  /** 2 user, 3 operator, 4 administrator. */
  readonly privilege: number;
}

/** Both session numbers. */
export interface OpenedSession {
  readonly consoleId: number;
  readonly controllerId: number;
}

const statusTexts: Readonly<Record<number, string>> = {
  1: 'the controller has no room for another session: try again later',
  2: 'the controller does not know the session',
  4: 'the controller does not offer this authentication',
  5: 'the controller does not offer this integrity algorithm',
  7: 'the controller does not offer this encryption',
  9: 'the controller does not grant this role',
  10: 'the role is more than the user or the channel may have',
  13: 'the user does not exist, or has no right to sign in over the network',
  15: 'the password is wrong',
  17: 'the controller does not offer this cipher suite',
};

function check(bytes: Uint8Array, length: number, tag: number): void {
  if (bytes.length < 2 || bytes[0] !== tag) throw new IpmiError('malformed', 'an answer of the handshake is not ours');
  const status = bytes[1]!;
  if (status !== 0)
    throw new IpmiError('refused', statusTexts[status] ?? `the controller refused the session with code ${status}`);
  if (bytes.length < length) throw new IpmiError('malformed', 'an answer of the handshake is cut short');
}

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
};

const view = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** RMCP+ Open Session Request (IPMI 2.0 §13.17). */
export function writeOpenSession(tag: number, privilege: number, consoleId: number, suite: CipherSuite): Buffer {
  const algorithm = (type: number, number: number) => [type, 0, 0, 8, number, 0, 0, 0];
  return Buffer.concat([
    Buffer.from([tag, privilege, 0, 0]),
    u32(consoleId),
    Buffer.from([
      ...algorithm(0, suite.authentication),
      ...algorithm(1, suite.integrity),
      ...algorithm(2, suite.confidentiality),
    ]),
  ]);
}

/** Reads the answer (§13.18). Throws "refused" with the cause, and "malformed" when other algorithms come back than were asked for. */
export function readOpenSession(bytes: Uint8Array, tag: number, consoleId: number, suite: CipherSuite): OpenedSession {
  check(bytes, 36, tag);
  const answer = view(bytes);
  const chosen = [answer[16], answer[24], answer[32]];
  const wanted = [suite.authentication, suite.integrity, suite.confidentiality];
  if (answer.readUInt32LE(4) !== consoleId || chosen.some((one, at) => one !== wanted[at]))
    throw new IpmiError('malformed', 'the controller opened another session than was asked for');
  return { consoleId, controllerId: answer.readUInt32LE(8) };
}

/** What the handshake agreed upon so far. */
export interface RakpState {
  readonly suite: CipherSuite;
  readonly session: OpenedSession;
  readonly identity: RakpIdentity;
  /** Our 16 random bytes. */
  readonly consoleRandom: Uint8Array;
}

/** What RAKP message 2 told. */
export interface RakpAnswer {
  readonly controllerRandom: Uint8Array;
  readonly controllerGuid: Uint8Array;
}

// Bit 4: look the user up by name alone.
const role = (identity: RakpIdentity): number => 0x10 | identity.privilege;

function userKey(identity: RakpIdentity): Buffer {
  const password = Buffer.from(identity.password);
  if (password.length > 20) throw new IpmiError('refused', 'a password of IPMI has at most 20 bytes');
  return Buffer.concat([password, Buffer.alloc(20 - password.length)]);
}

function userPart(identity: RakpIdentity): Buffer {
  const user = Buffer.from(identity.user);
  if (user.length > 16) throw new IpmiError('refused', 'a user name of IPMI has at most 16 bytes');
  return Buffer.concat([Buffer.from([role(identity), user.length]), user]);
}

/** RAKP message 1 (§13.20). */
export function writeRakp1(tag: number, state: RakpState): Buffer {
  const user = userPart(state.identity);
  return Buffer.concat([
    Buffer.from([tag, 0, 0, 0]),
    u32(state.session.controllerId),
    state.consoleRandom,
    Buffer.from([user[0]!, 0, 0]),
    user.subarray(1),
  ]);
}

/** RAKP message 2 (§13.21). Throws "refused" for an unknown user, "untrusted" when the controller does not know the password. */
export function readRakp2(bytes: Uint8Array, tag: number, state: RakpState): RakpAnswer {
  check(bytes, 40, tag);
  const answer = view(bytes);
  if (answer.readUInt32LE(4) !== state.session.consoleId)
    throw new IpmiError('malformed', 'the handshake answers for another session');
  const controllerRandom = answer.subarray(8, 24);
  const controllerGuid = answer.subarray(24, 40);
  const proof = hmac(
    state.suite,
    userKey(state.identity),
    u32(state.session.consoleId),
    u32(state.session.controllerId),
    state.consoleRandom,
    controllerRandom,
    controllerGuid,
    userPart(state.identity),
  );
  if (!sameBytes(proof, answer.subarray(40))) throw new IpmiError('untrusted', 'the password is wrong');
  return { controllerRandom, controllerGuid };
}

/** RAKP message 3 (§13.22), which proves us to the controller. */
export function writeRakp3(tag: number, state: RakpState, answer: RakpAnswer): Buffer {
  const proof = hmac(
    state.suite,
    userKey(state.identity),
    answer.controllerRandom,
    u32(state.session.consoleId),
    userPart(state.identity),
  );
  return Buffer.concat([Buffer.from([tag, 0, 0, 0]), u32(state.session.controllerId), proof]);
}

/** The session's keys (§13.31, §13.32): SIK by the controller's key or the user's, K1 and K2 from it. */
export function sessionKeys(state: RakpState, answer: RakpAnswer): SessionKeys & { readonly sik: Uint8Array } {
  const key = state.identity.controllerKey ?? userKey(state.identity);
  const sik = hmac(state.suite, key, state.consoleRandom, answer.controllerRandom, userPart(state.identity));
  const derived = (byte: number) => hmac(state.suite, sik, Buffer.alloc(20, byte));
  return { suite: state.suite, sik, k1: derived(1), k2: derived(2) };
}

/** RAKP message 4 (§13.23): the session is open. Throws "untrusted" when the controller's key is another. */
export function readRakp4(bytes: Uint8Array, tag: number, state: RakpState, answer: RakpAnswer, sik: Uint8Array): void {
  check(bytes, 8 + state.suite.codeLength, tag);
  const code = hmac(
    state.suite,
    sik,
    state.consoleRandom,
    u32(state.session.controllerId),
    answer.controllerGuid,
  ).subarray(0, state.suite.codeLength);
  if (!sameBytes(code, bytes.subarray(8, 8 + state.suite.codeLength)))
    throw new IpmiError('untrusted', 'the key of the controller (Kg) is wrong');
}
