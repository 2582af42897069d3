import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '@atelier/adapters/durable-file';
import { ProblemError } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import { imageNameSchema } from '@atelier/domain/images';
import { isName, TrimError } from '@atelier/trim';

/** Asks the server for a content key (base64). */
export type AskContentKey = (image: string, keyId: string, signal: AbortSignal) => Promise<string>;

/** The content keys of encrypted images that this computer was given. */
export interface ContentKeyStore {
  /**
   * The key called `keyId` of an image. The server is asked first, for it knows who may have it; a key that was given before
   * serves only when the server cannot be reached (a medium is enough then), and is forgotten when the server refuses it.
   * Throws what the server answers.
   */
  key(image: string, keyId: string, signal: AbortSignal): Promise<Uint8Array>;
}

/** Keys lie in `folder` (0700), one file (0600) each: `IMAGE/KEY-ID`. */
export function openContentKeyStore(folder: string, ask: AskContentKey): ContentKeyStore {
  const fileOf = (image: string, keyId: string) => {
    if (!isName(keyId)) throw new TrimError('trim.name', `not the name of a key: ${String(keyId).slice(0, 64)}`);
    return join(folder, imageNameSchema.parse(image), keyId);
  };
  const decode = (text: string): Uint8Array => {
    const key = Buffer.from(text, 'base64');
    if (key.length !== 32) throw new TrimError('trim.key-missing', `a content key has 32 bytes, not ${key.length}`);
    return key;
  };
  return {
    key: async (image, keyId, signal) => {
      const file = fileOf(image, keyId);
      let given: string;
      try {
        given = await ask(image, keyId, signal);
      } catch (error) {
        if (isRefusal(error)) {
          await rm(file, { force: true });
          throw error;
        }
        const kept = await readFile(file, 'utf8').catch(() => undefined);
        if (kept === undefined || signal.aborted) throw error;
        return decode(kept);
      }
      const key = decode(given);
      await mkdir(join(folder, image), { recursive: true, mode: 0o700 });
      await writeDurably(file, given);
      return key;
    },
  };
}

/** The server answered, and will not give the key. */
function isRefusal(error: unknown): boolean {
  if (error instanceof ProblemError) return [401, 403, 404].includes(error.problem.status);
  return error instanceof AtelierError && error.code === 'endpoint.revoked';
}
