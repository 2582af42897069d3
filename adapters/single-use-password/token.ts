import type { KeyObject } from 'node:crypto';

/** What every single-use password begins with: anything else is none, and nobody needs to be asked about it. */
export const passwordMark = 'atelier1.';

/** Milliseconds that a password is good for. */
export const passwordLifeMs = 60_000;

/** Whom a password lets in where. */
export interface PasswordHolder {
  /** The account on the target, exactly as it is called there. */
  readonly user: string;
  /** Id of the broker's target. */
  readonly targetId: string;
}

/** Octets of a password after its mark: seconds since 1970 at which it ends, a nonce, an Ed25519 signature. */
export const lengths = { until: 4, nonce: 12, signature: 64 } as const;
export const bodyLength = lengths.until + lengths.nonce + lengths.signature;

/** What is signed. The user and the target are not in the password: who checks it knows them. */
export const signedBytes = ({ user, targetId }: PasswordHolder, untilAndNonce: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(`atelier single-use password 1\0${user}\0${targetId}\0`), untilAndNonce]);

/** A key by which passwords are made, and the one by which they are checked. */
export interface PasswordKeys {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}
