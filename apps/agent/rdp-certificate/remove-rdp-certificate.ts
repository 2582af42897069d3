import { rm } from 'node:fs/promises';
import { certificateLink } from './certificate-link.ts';
import { giveBack } from './place-files.ts';
import { rdpCertificateFile, readRdpCertificate } from './rdp-certificate-file.ts';

const toldMs = 10_000;

/** Ends looking after it, and gives back what was there before. Gives what was done, in words; null when there was nothing to end. */
export async function removeRdpCertificate(stateFolder: string): Promise<readonly string[] | null> {
  const kept = await readRdpCertificate(stateFolder);
  if (!kept) return null;
  const said = await giveBack(kept);
  // Else the server goes on expecting ours of this machine, and keeps browsers from it.
  const told = await certificateLink(stateFolder)(null, AbortSignal.timeout(toldMs), null).then(
    () => [],
    (error: unknown) => [`the server was not told: ${error instanceof Error ? error.message : String(error)}`],
  );
  // Last: whoever is killed before it does the same once more.
  await rm(rdpCertificateFile(stateFolder), { force: true });
  return [...said, ...told];
}
