import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { connect } from 'node:tls';
import { TlsTunnel } from '@atelier/adapters/tls-tunnel';
import { initiateCredSsp, ntHash, subjectPublicKey } from '@atelier/spnego';
import type { Target } from '../connection-options.ts';
import { winrmError } from '../errors.ts';
import { readUserName } from './user-name.ts';

const mostLegs = 12;
const longestChallenge = 256 * 1024;

/** One leg: what goes into Authorization, and what came back as the challenge (null: none) with the HTTP status. */
export type CredSspLeg = (
  token: string,
) => Promise<{ readonly status: number; readonly challenge: Uint8Array | null; readonly alive: boolean }>;

/** Logs on by CredSSP (MS-CSSP): gives the TLS that seals messages from then on. The password goes out only after the host proved that the key of this TLS is its own. */
export async function logOnByCredSsp(
  credentials: { readonly user: string; readonly password: string },
  target: Target,
  leg: CredSspLeg,
): Promise<TlsTunnel> {
  const denied = (cause?: unknown) =>
    winrmError('winrm.denied', `${target.host} does not accept this logon by CredSSP`, cause);
  const { user, domain } = readUserName(credentials.user);
  // Any certificate will do: the logon inside proves its key.
  const tunnel = new TlsTunnel((socket) => connect({ socket, rejectUnauthorized: false, maxVersion: 'TLSv1.2' }));
  let exchange: ReturnType<typeof initiateCredSsp> | null = null;
  try {
    let { wire } = await tunnel.feed(new Uint8Array(0));
    for (let count = 0; count < mostLegs; count++) {
      const { status, challenge, alive } = await leg(wire.toString('base64'));
      if (status !== 401) {
        if (status >= 300) throw winrmError('winrm.answer', `the logon was answered with HTTP status ${status}`);
        if (!exchange?.done) throw winrmError('winrm.answer', 'the host did not prove who it is');
        return tunnel;
      }
      if (!challenge || challenge.length === 0 || challenge.length > longestChallenge || !alive || exchange?.done)
        throw denied();
      const fed = await tunnel.feed(challenge).catch((cause: unknown) => {
        throw denied(cause);
      });
      if (fed.wire.length > 0 && fed.plain.length === 0) {
        wire = fed.wire;
        continue;
      }
      const certificate = tunnel.peerCertificate;
      if (!certificate) throw denied();
      const begun = exchange !== null;
      exchange ??= initiateCredSsp({
        now: () => Date.now(),
        random: (length) => randomBytes(length),
        credentials: [{ kind: 'ntlm', user, domain, ntHash: ntHash(credentials.password), workstation: hostname() }],
        publicKey: subjectPublicKey(certificate),
        delegate: { domain, user, password: credentials.password },
      });
      const { token } = await exchange.push(begun ? fed.plain : null);
      if (!token) throw denied();
      wire = await tunnel.wrap(token);
    }
    throw denied();
  } catch (error) {
    tunnel.close();
    throw error;
  } finally {
    exchange?.close();
  }
}
