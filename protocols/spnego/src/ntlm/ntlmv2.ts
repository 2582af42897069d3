import type { NtlmAttempt } from '../acceptor-options.ts';
import { equalBytes } from '../crypto/equal-bytes.ts';
import { hmac, join, md5 } from '../crypto/hashes.ts';
import { md4 } from '../crypto/md4.ts';
import { type AvPairs, encodeAvPairs, parseAvPairs } from './av-pairs.ts';
import { malformed } from './message-fields.ts';

const utf16 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'utf16le'));

/** NTOWFv1 (MS-NLMP §3.3.1): the 16 bytes that stand for a password. As secret as the password itself. */
export function ntHash(password: string): Uint8Array {
  const bytes = utf16(password);
  const digest = md4(bytes);
  bytes.fill(0);
  return digest;
}

/** Upper case letter by letter, as Windows does: what would become two letters (ß) stays as it is. */
export const upperCase = (text: string): string =>
  Array.from(text, (letter) => {
    const upper = letter.toUpperCase();
    return upper.length === letter.length ? upper : letter;
  }).join('');

/** NTOWFv2 (§3.3.2): the domain is taken in the spelling of the message. */
export const responseKey = (hash: Uint8Array, user: string, domain: string): Uint8Array =>
  hmac('md5', hash, [utf16(upperCase(user) + domain)]);

/** An NTLMv2_RESPONSE (§2.2.2.8) in parts: the proof, and what it proves. */
export interface NtlmV2Response {
  readonly proof: Uint8Array;
  /** NTLMv2_CLIENT_CHALLENGE, `temp` of §3.3.2. */
  readonly temp: Uint8Array;
  readonly pairs: AvPairs;
}

export function parseResponse(ntResponse: Uint8Array): NtlmV2Response {
  if (ntResponse.length < 16 + 28 + 4) throw malformed('has an answer that is too short');
  const temp = ntResponse.subarray(16);
  if (temp[0] !== 1 || temp[1] !== 1) throw malformed('has an answer of an unknown version');
  return { proof: ntResponse.subarray(0, 16), temp, pairs: parseAvPairs(temp.subarray(28)) };
}

/** `temp` of §3.3.2: version, time, client challenge, attributes. */
export const clientChallenge = (time: Uint8Array, challenge: Uint8Array, pairs: AvPairs): Uint8Array =>
  join(
    Uint8Array.of(1, 1, 0, 0, 0, 0, 0, 0),
    time,
    challenge,
    new Uint8Array(4),
    encodeAvPairs(pairs),
    new Uint8Array(4),
  );

/** NTProofStr and SessionBaseKey of §3.3.2. */
export function prove(key: Uint8Array, serverChallenge: Uint8Array, temp: Uint8Array) {
  const proof = hmac('md5', key, [serverChallenge, temp]);
  return { proof, sessionBaseKey: hmac('md5', key, [proof]) };
}

/** Whether an answer was made with the password of this NT hash: the session base key (16 bytes), else null. For `NtlmAcceptorOptions.verify`. */
export function judgeNtlm(
  hash: Uint8Array,
  { user, domain, serverChallenge, ntResponse }: NtlmAttempt,
): Uint8Array | null {
  const key = responseKey(hash, user, domain);
  const { proof, sessionBaseKey } = prove(key, serverChallenge, ntResponse.subarray(16));
  key.fill(0);
  return equalBytes(proof, ntResponse.subarray(0, 16)) ? sessionBaseKey : null;
}

/**
 * The value of MsvAvChannelBindings: MD5 over a gss_channel_bindings_struct (RFC 2744 §3.11) whose addresses are empty.
 * `binding` is the application data, `tls-server-end-point:` and a hash.
 */
export function channelBindingHash(binding: Uint8Array): Uint8Array {
  const head = new Uint8Array(20);
  new DataView(head.buffer).setUint32(16, binding.length, true);
  return md5(head, binding);
}
