import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A certificate with the right subject by the wrong authority. */
export async function selfMadeCertificate(folder: string): Promise<{ privateKey: string; certificate: string }> {
  const [privateKey, certificate] = [join(folder, 'own.key'), join(folder, 'own.pem')];
  const subject = ['-subj', '/CN=Atelier manager', '-addext', 'extendedKeyUsage=clientAuth'];
  await run('openssl', [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    ...subject,
    '-keyout',
    privateKey,
    '-out',
    certificate,
  ]);
  return { privateKey, certificate };
}
