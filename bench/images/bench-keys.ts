import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { generateSigner, type Signer, signerFromPem } from '@atelier/trim';

/** A throw-away root and signing key, kept in `file` so that several programs of one run share them. */
export function benchKeys(file: string): { readonly root: Signer; readonly signing: Signer } {
  if (!existsSync(file)) {
    const pems = [generateSigner().privateKeyPem, generateSigner().privateKeyPem];
    writeFileSync(file, JSON.stringify(pems), { mode: 0o600 });
  }
  const [root, signing] = JSON.parse(readFileSync(file, 'utf8')) as [string, string];
  return { root: signerFromPem(root), signing: signerFromPem(signing) };
}
