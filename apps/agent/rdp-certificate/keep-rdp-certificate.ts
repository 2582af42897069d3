import { existsSync } from 'node:fs';
import { rdpCertificateFile } from './rdp-certificate-file.ts';

/** How often it is looked at, and how long after the start for the first time; milliseconds. */
const lookEvery = 3_600_000;
const firstLook = 2000;

/**
 * Looks after the certificate of this machine's RDP server while the agent runs, where that was installed; gives the function that ends it. What fails is
 * told once, and tried again in an hour.
 */
export function keepRdpCertificate(
  stateFolder: string,
  log: (line: Readonly<Record<string, unknown>>) => void,
): () => Promise<void> {
  const end = new AbortController();
  let work: Promise<void> = Promise.resolve();
  let told = '';
  const tell = (kind: string, detail: Readonly<Record<string, unknown>>) => {
    const line = JSON.stringify([kind, detail]);
    if (line !== told) log({ kind, ...detail });
    told = line;
  };
  const look = async () => {
    if (end.signal.aborted || !existsSync(rdpCertificateFile(stateFolder))) return;
    try {
      // Most machines serve no desktops: the code for it is loaded where there is one.
      const { refreshRdpCertificate } = await import('./refresh-certificate.ts');
      const { certificateLink } = await import('./certificate-link.ts');
      const { state, names } = await refreshRdpCertificate(
        stateFolder,
        certificateLink(stateFolder),
        end.signal,
        Date.now(),
      );
      if (state !== 'good' && state !== 'not-kept') tell(`rdp-certificate-${state}`, { names });
      else told = '';
    } catch (error) {
      if (!end.signal.aborted) tell('rdp-certificate-not-renewed', { error: String(error) });
    }
  };
  const round = () => {
    work = work.then(look);
  };
  const first = setTimeout(round, firstLook).unref();
  const timer = setInterval(round, lookEvery).unref();
  return async () => {
    clearTimeout(first);
    clearInterval(timer);
    end.abort();
    await work;
  };
}
