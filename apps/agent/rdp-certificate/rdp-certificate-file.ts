import { join } from 'node:path';
import { readIfThere, writeDurably } from '@atelier/adapters/durable-file';

/** Where the RDP server of this machine has its certificate, and who may read its key. */
export interface RdpCertificatePlace {
  readonly certificatePath: string;
  readonly keyPath: string;
  /** The group that the RDP server runs in; null: root only. */
  readonly group: string | null;
}

/** The certificate that this machine's RDP server shows, as the agent keeps it. */
export interface RdpCertificate extends RdpCertificatePlace {
  readonly format: 1;
  /** PEM. */
  readonly certificate: string;
  readonly privateKey: string;
  /** Whether it is known to lie in its place; false while that is being done. */
  readonly placed: boolean;
}

/** As xrdp has it. */
export const usualPlace: RdpCertificatePlace = {
  certificatePath: '/etc/xrdp/cert.pem',
  keyPath: '/etc/xrdp/key.pem',
  group: 'xrdp',
};

const pathIn = (stateFolder: string): string => join(stateFolder, 'rdp-certificate.json');
const fields = ['certificatePath', 'keyPath', 'certificate', 'privateKey'] as const;

/** Null when the agent does not look after it. Throws for a file that is damaged. */
export async function readRdpCertificate(stateFolder: string): Promise<RdpCertificate | null> {
  const path = pathIn(stateFolder);
  const text = await readIfThere(path);
  if (text === null) return null;
  try {
    const found = JSON.parse(text) as RdpCertificate;
    if (found.format !== 1 || !fields.every((one) => typeof found[one] === 'string'))
      throw new Error('it is of another form');
    return found;
  } catch (cause) {
    throw new Error(`${path} is damaged: type "atelier agent rdp-certificate install" again`, { cause });
  }
}

export const rdpCertificateFile = pathIn;

export const writeRdpCertificate = (stateFolder: string, value: RdpCertificate): Promise<void> =>
  writeDurably(pathIn(stateFolder), `${JSON.stringify(value)}\n`);
