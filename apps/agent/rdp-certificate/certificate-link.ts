import { Agent, request } from 'node:https';
import { AtelierError } from '@atelier/domain/errors';
import { readEnrollment } from '../enrollment/enrollment-file.ts';

/** Where a server certifies RDP servers. */
export const certificatePath = '/agent/rdp-certificate';

const patience = 30_000;
const largestAnswer = 256 * 1024;

/** The names that a certificate of this machine's RDP server has, and one, when a signing request came with the question. */
export interface CertificateAnswer {
  readonly names: readonly string[];
  readonly certificate: string | null;
  /** The authority that people's clients must trust, PEM. */
  readonly ca: string;
}

/**
 * Asks a server, as the host that this machine is. `shows`: what the RDP server shows from now on, SHA-256 in hexadecimal, of which the server reminds whoever
 * connects to it; null: none of ours; left out: nothing is said of it.
 */
export type AskForCertificate = (
  csr: string | null,
  signal: AbortSignal,
  shows?: string | null,
) => Promise<CertificateAnswer>;

function answerOf(text: string): CertificateAnswer {
  const { names, certificate, ca } = JSON.parse(text) as CertificateAnswer;
  const good = Array.isArray(names) && names.every((one) => typeof one === 'string') && typeof ca === 'string';
  if (!good || (certificate !== null && typeof certificate !== 'string')) throw new Error('it is of another form');
  return { names, certificate, ca };
}

/** The server's problem with its code where it has one of ours. */
function problemOf(place: string, status: number | undefined, text: string): Error {
  try {
    const { code, detail } = JSON.parse(text) as { readonly code?: unknown; readonly detail?: unknown };
    if (typeof code === 'string') return new AtelierError(code, typeof detail === 'string' ? detail : code);
  } catch {
    // It is no problem document.
  }
  return new Error(`${place} answered with ${status}: ${text.slice(0, 300)}`);
}

/**
 * The server that this machine is enrolled with. The function that it gives throws the server's problem as an `AtelierError`, `host.server-unreachable`,
 * or Error when the machine is not enrolled.
 */
export const certificateLink =
  (stateFolder: string): AskForCertificate =>
  async (csr, signal, shows) => {
    const enrollment = await readEnrollment(stateFolder);
    if (!enrollment)
      throw new Error('this machine is enrolled with no server: "atelier agent install --server URL --token TOKEN"');
    const { certificate: cert, privateKey: key, ca, server } = enrollment;
    const agent = new Agent({ cert, key, ca, minVersion: 'TLSv1.2' });
    const address = new URL(certificatePath, server);
    const body = Buffer.from(JSON.stringify({ csr, shows }));
    const headers = { 'content-type': 'application/vnd.atelier.rdp-certificate+json', 'content-length': body.length };
    const end = AbortSignal.any([signal, AbortSignal.timeout(patience)]);
    try {
      return await new Promise((resolve, reject) => {
        const unreachable = (cause: Error) =>
          reject(new AtelierError('host.server-unreachable', `${address.host}: ${cause.message}`, { cause }));
        const sent = request(address, { method: 'POST', agent, headers, signal: end }, (answer) => {
          let text = '';
          answer.setEncoding('utf8').on('data', (part: string) => {
            text += part;
            if (text.length > largestAnswer) answer.destroy(new Error('the answer is too large'));
          });
          answer.once('error', unreachable);
          answer.once('end', () => {
            if (answer.statusCode !== 200) return reject(problemOf(address.host, answer.statusCode, text));
            try {
              resolve(answerOf(text));
            } catch (cause) {
              reject(new Error(`${address.host} did not answer as it should`, { cause }));
            }
          });
        });
        sent.once('error', unreachable);
        sent.end(body);
      });
    } finally {
      agent.destroy();
    }
  };
