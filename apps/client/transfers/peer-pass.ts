import { peerPass } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import { signedDocumentSchema } from '@atelier/domain/workspaces';
import { openSigned, type PolicyKey } from '../people/open-signed.ts';

/** Longest pass that is looked at, in characters. */
const longest = 4096;

/**
 * Whether the endpoint with this id, which its certificate proves, may read from us: its pass is signed by a key of our
 * server, was made for it, and has not ended. Good passes are remembered, for every request brings one.
 */
export function passChecker(keys: () => readonly PolicyKey[], now: () => number = Date.now) {
  const good = new Map<string, { readonly endpointId: string; readonly until: number }>();
  const read = (pass: string) => {
    const signed = signedDocumentSchema.parse(JSON.parse(Buffer.from(pass, 'base64url').toString('utf8')));
    const { endpointId, expiresAt } = peerPass.parse(JSON.parse(openSigned(signed, keys()).toString('utf8')));
    return { endpointId, until: Date.parse(expiresAt) };
  };
  return (endpointId: string, pass: string): boolean => {
    if (pass.length > longest) return false;
    try {
      const known = good.get(pass) ?? read(pass);
      if (good.size > 1000) good.clear();
      good.set(pass, known);
      return known.endpointId === endpointId && known.until > now();
    } catch (error) {
      if (error instanceof AtelierError || error instanceof Error) return false;
      throw error;
    }
  };
}
