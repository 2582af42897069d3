import { countSignatures, type Envelope } from './envelope.ts';
import type { Root } from './root.ts';
import { TrimError } from './trim-error.ts';

/** Throws `trim.manifest-signature` unless enough of the root's signing keys signed the envelope. */
export function requireSigningKeys(envelope: Envelope, root: Root, what: string): void {
  const count = countSignatures(envelope, root.signingKeys);
  if (count < root.signingThreshold)
    throw new TrimError(
      'trim.manifest-signature',
      `${what} has ${count} good signatures of root version ${root.version}'s signing keys, ${root.signingThreshold} are needed`,
    );
}
