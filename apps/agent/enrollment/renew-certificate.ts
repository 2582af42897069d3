import { X509Certificate } from 'node:crypto';
import type { TlsIdentity } from '@atelier/adapters/wsman-listener';
import { type Enrollment, readEnrollment, writeEnrollment } from './enrollment-file.ts';
import { newSigningRequest } from './signing-request.ts';

/** How often the certificate is looked at, and how long after the start for the first time; milliseconds. */
const lookEvery = 12 * 3_600_000;
const firstLook = 60_000;

const clientAuthentication = '1.3.6.1.5.5.7.3.2';

/** Whether the last third of the certificate's life has begun. */
export function lastThird({ certificate }: Pick<Enrollment, 'certificate'>, now: number): boolean {
  const { validFromDate, validToDate } = new X509Certificate(certificate);
  const [from, to] = [validFromDate.getTime(), validToDate.getTime()];
  return now > to - (to - from) / 3;
}

/** Whether it is time for a new one; also for a certificate that the machine cannot sign in with, as servers of before made them. */
export const needsRenewal = (of: Pick<Enrollment, 'certificate'>, now: number): boolean =>
  lastThird(of, now) || !new X509Certificate(of.certificate).keyUsage?.includes(clientAuthentication);

/**
 * Has the server certify the key of this machine anew, and keeps the answer. The key stays the same: an answer that is lost on the way costs nothing, one
 * asks again. Gives null when the machine is not enrolled. Throws the server's problem or `host.server-unreachable`.
 */
export async function renewCertificate(stateFolder: string, signal?: AbortSignal): Promise<Enrollment | null> {
  const enrollment = await readEnrollment(stateFolder);
  if (!enrollment) return null;
  const { hostId, certificate, privateKey, server, ca } = enrollment;
  // The API's contract is large, and this is needed once a year.
  const { serverLink } = await import('./server-link.ts');
  const { csr } = await newSigningRequest(hostId, privateKey);
  const answer = await serverLink(new URL(server), ca).renew({ body: { hostId, certificate, csr } }, { signal });
  if (!new X509Certificate(answer.certificate).checkIssued(new X509Certificate(ca)))
    throw new Error('the server sent a certificate that is not by its authority');
  const renewed = { ...enrollment, certificate: answer.certificate };
  await writeEnrollment(stateFolder, renewed);
  return renewed;
}

/** What the agent listens with, of an enrolled machine. */
export const tlsOf = ({ certificate, privateKey }: Enrollment): TlsIdentity => ({ cert: certificate, key: privateKey });

/** Renews the certificate in time while the agent runs; gives the function that ends it. What fails is told and tried again half a day later. */
export function keepCertificate(
  stateFolder: string,
  use: (tls: TlsIdentity) => void,
  log: (line: Readonly<Record<string, unknown>>) => void,
): () => void {
  const end = new AbortController();
  const look = async () => {
    try {
      const enrollment = await readEnrollment(stateFolder);
      if (!enrollment || !needsRenewal(enrollment, Date.now())) return;
      const renewed = await renewCertificate(stateFolder, end.signal);
      if (renewed) use(tlsOf(renewed));
      log({ kind: 'certificate-renewed' });
    } catch (error) {
      if (!end.signal.aborted) log({ kind: 'certificate-not-renewed', error: String(error) });
    }
  };
  const first = setTimeout(look, firstLook).unref();
  const timer = setInterval(look, lookEvery).unref();
  return () => {
    clearTimeout(first);
    clearInterval(timer);
    end.abort();
  };
}
