import { rm } from 'node:fs/promises';
import { giveBack } from './place-files.ts';
import { rdpCertificateFile, readRdpCertificate } from './rdp-certificate-file.ts';

/** Ends looking after it, and gives back what was there before. Gives what was done, in words; null when there was nothing to end. */
export async function removeRdpCertificate(stateFolder: string): Promise<readonly string[] | null> {
  const kept = await readRdpCertificate(stateFolder);
  if (!kept) return null;
  const said = await giveBack(kept);
  // Last: whoever is killed before it does the same once more.
  await rm(rdpCertificateFile(stateFolder), { force: true });
  return said;
}
