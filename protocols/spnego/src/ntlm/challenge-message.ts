import { type AvPairs, encodeAvPairs, parseAvPairs } from './av-pairs.ts';
import { flag, has } from './flags.ts';
import { buildMessage, fieldAt, malformed, textBytes, textOf, version, viewOf } from './message-fields.ts';

/** A CHALLENGE_MESSAGE (MS-NLMP §2.2.1.2). */
export interface Challenge {
  readonly flags: number;
  readonly targetName: string;
  /** 8 bytes. */
  readonly serverChallenge: Uint8Array;
  readonly targetInfo: AvPairs;
}

export function encodeChallenge(challenge: Challenge): Uint8Array {
  const { flags } = challenge;
  return buildMessage(
    2,
    56,
    [
      [12, textBytes(challenge.targetName, flags)],
      [40, encodeAvPairs(challenge.targetInfo)],
    ],
    (view, bytes) => {
      view.setUint32(20, flags >>> 0, true);
      bytes.set(challenge.serverChallenge, 24);
      if (has(flags, flag.version)) bytes.set(version, 48);
    },
  );
}

export function parseChallenge(bytes: Uint8Array): Challenge {
  const view = viewOf(bytes, 2, 32);
  const flags = view.getUint32(20, true);
  const withInfo = has(flags, flag.targetInfo);
  if (withInfo && bytes.length < 48) throw malformed('is cut off');
  return {
    flags,
    targetName: textOf(fieldAt(bytes, view, 12), flags),
    serverChallenge: bytes.slice(24, 32),
    targetInfo: withInfo ? parseAvPairs(fieldAt(bytes, view, 40)) : new Map(),
  };
}
