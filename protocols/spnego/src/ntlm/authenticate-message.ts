import { flag, has } from './flags.ts';
import { buildMessage, fieldAt, malformed, textBytes, textOf, version, viewOf } from './message-fields.ts';

/** An AUTHENTICATE_MESSAGE (MS-NLMP §2.2.1.3). */
export interface Authenticate {
  readonly flags: number;
  readonly domain: string;
  readonly user: string;
  readonly workstation: string;
  readonly lmResponse: Uint8Array;
  readonly ntResponse: Uint8Array;
  readonly encryptedSessionKey: Uint8Array;
}

const fieldPlaces = [12, 20, 28, 36, 44, 52] as const;
const micAt = 72;

export function encodeAuthenticate(message: Authenticate): Uint8Array {
  const { flags } = message;
  return buildMessage(
    3,
    micAt + 16,
    [
      [28, textBytes(message.domain, flags)],
      [36, textBytes(message.user, flags)],
      [44, textBytes(message.workstation, flags)],
      [12, message.lmResponse],
      [20, message.ntResponse],
      [52, message.encryptedSessionKey],
    ],
    (view, bytes) => {
      view.setUint32(60, flags >>> 0, true);
      if (has(flags, flag.version)) bytes.set(version, 64);
    },
  );
}

export function parseAuthenticate(bytes: Uint8Array): Authenticate {
  const view = viewOf(bytes, 3, 64);
  const flags = view.getUint32(60, true);
  const [lmResponse, ntResponse, domain, user, workstation, encryptedSessionKey] = fieldPlaces.map((at) =>
    fieldAt(bytes, view, at),
  ) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  return {
    flags,
    domain: textOf(domain, flags),
    user: textOf(user, flags),
    workstation: textOf(workstation, flags),
    lmResponse,
    ntResponse,
    encryptedSessionKey,
  };
}

/** Where the MIC is: between the fixed part and the first payload. Throws if a payload lies over it. */
export function micOf(bytes: Uint8Array): Uint8Array {
  const view = viewOf(bytes, 3, micAt + 16);
  for (const at of fieldPlaces)
    if (view.getUint16(at, true) > 0 && view.getUint32(at + 4, true) < micAt + 16)
      throw malformed('has no room for the integrity code that it announces');
  return bytes.subarray(micAt, micAt + 16);
}
