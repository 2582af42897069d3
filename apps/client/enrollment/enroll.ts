import { clientOf, deviceEndpoints, type EndpointFacts } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import type { TrustStore } from '../images/trust-store.ts';
import { throwingAtelierErrors } from '../server/device-api.ts';
import { deviceTransport } from '../server/device-transport.ts';
import { type Identity, writeIdentity } from '../state/identity-store.ts';
import { parseEnrollmentToken } from './enrollment-token.ts';
import { findAuthority } from './first-contact.ts';
import { newSigningRequest } from './signing-request.ts';

/**
 * Makes this computer known to a server: pins the authority whose fingerprint is in the token, proves the token to the
 * server behind it, and keeps what comes back. The identity file is written last: with it the enrolment has happened.
 *
 * @throws AtelierError `request.invalid`, `endpoint.token-invalid`, `client.fingerprint-mismatch`, `client.server-unreachable`
 */
export async function enroll(options: {
  readonly server: string;
  readonly token: string;
  readonly facts: EndpointFacts;
  readonly trust: TrustStore;
  readonly identityPath: string;
  readonly signal: AbortSignal;
}): Promise<Identity> {
  const { server, facts, trust, signal } = options;
  if (new URL(server).protocol !== 'https:')
    throw new AtelierError('request.invalid', `the server's address must begin with https:// (${server})`);
  const token = parseEnrollmentToken(options.token);
  const ca = await findAuthority(new URL(server), token.caFingerprint, signal);
  const { privateKey, csr } = await newSigningRequest(facts.name);
  const connection = deviceTransport({ server, ca });
  try {
    const api = throwingAtelierErrors(clientOf(deviceEndpoints, connection.transport));
    const answer = await api.enroll({ body: { token: token.secret, csr, facts } }, { signal });
    await trust.pin(answer.repositoryRoot);
    const identity: Identity = {
      format: 1,
      endpointId: answer.endpointId,
      name: facts.name,
      server: new URL(server).origin,
      // The one that was proven, whatever the answer says.
      ca,
      policyKeys: answer.policyKeys,
      certificate: answer.certificate,
      privateKey,
      revoked: false,
    };
    await writeIdentity(options.identityPath, identity);
    return identity;
  } finally {
    connection.close();
  }
}
