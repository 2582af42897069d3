import { X509Certificate } from 'node:crypto';
import { hostname } from 'node:os';
import type { CertificateMapping, ServiceSettings } from '@atelier/adapters/wsman-listener';
import { AtelierError } from '@atelier/domain/errors';
import { administratorGroups, SystemUsers } from '../accounts/system-users.ts';
import { addSubscriptionManager } from '../forwarding/forwarding-file.ts';
import { firstSettings, httpsListener, openSettings } from '../state/settings-file.ts';
import { type Enrollment, writeEnrollment } from './enrollment-file.ts';
import { parseHostToken } from './enrollment-token.ts';
import { newSigningRequest } from './signing-request.ts';

/** How a machine becomes a host of a management server. */
export interface EnrollmentChoices {
  readonly stateFolder: string;
  /** `https://name:port` */
  readonly server: string;
  readonly token: string;
  /** Name in the list of hosts. Default: the machine's own. */
  readonly name?: string;
  /** As the server shall reach this machine. Default: where its call comes from. */
  readonly address?: string;
  /** Where to listen: address, default all of them, and port, default 5986. */
  readonly listen?: { readonly address?: string; readonly port?: number };
  /** Account of this machine that the server acts as. Default root: it installs, restarts services and reads every log. */
  readonly runAs?: string;
  /** Bring the machine's events to the server, instead of waiting that it pulls them. */
  readonly forwardEvents?: boolean;
  readonly signal?: AbortSignal;
}

/** Where a management server answers sources of events. */
const collectorPath = '/wsman/SubscriptionManager/WEC';

const thumbprint = (pem: string): string => new X509Certificate(pem).fingerprint.replaceAll(':', '');

/** The settings by which exactly the server's certificate may sign in, as `runAs`. What others may do stays. */
function letIn(settings: ServiceSettings, mapping: CertificateMapping): ServiceSettings {
  const { config } = settings;
  return {
    ...settings,
    config: {
      ...config,
      Service: { ...config.Service, Auth: { ...config.Service.Auth, Certificate: true } },
    },
    certificateMappings: [
      ...settings.certificateMappings.filter((one) => one.issuer !== mapping.issuer || one.subject !== mapping.subject),
      mapping,
    ],
  };
}

/**
 * Enrols this machine: is sure of the server by the fingerprint in the token, makes a key, has the server certify it, and keeps what comes back. The
 * enrolment is written last; the agent takes it at its next start.
 *
 * @throws AtelierError `host.token-invalid`, `host.server-mismatch`, `host.server-unreachable`, `request.invalid`, `host.name-taken`
 */
export async function enrollAgent(choices: EnrollmentChoices): Promise<Enrollment> {
  const { stateFolder, signal, runAs = 'root', listen = {} } = choices;
  if (!URL.canParse(choices.server) || new URL(choices.server).protocol !== 'https:')
    throw new AtelierError('request.invalid', `the server's address must begin with https:// (${choices.server})`);
  const user = await new SystemUsers(administratorGroups).find(runAs);
  if (!user?.administrator)
    throw new AtelierError(
      'request.invalid',
      `${runAs} cannot manage this machine: it must be root, or an account in one of the groups ${administratorGroups.join(', ')}`,
    );
  const server = new URL(choices.server);
  // The API's contract is large: an agent that runs does not need it.
  const { asAtelierError, findAuthority, serverLink } = await import('./server-link.ts');
  const token = parseHostToken(choices.token);
  const ca = await findAuthority(server, token.fingerprint, signal);
  const name = choices.name ?? hostname();
  const { privateKey, csr } = await newSigningRequest(name);
  const body = { token: token.text, name, csr, ...(choices.address ? { address: choices.address } : {}) };
  const answer = await serverLink(server, ca)
    .enroll({ body }, { signal })
    .catch((error: unknown) => {
      throw asAtelierError(error);
    });
  const settings = await openSettings(stateFolder, { ...firstSettings, listeners: [] });
  await settings.update((now) => {
    const mapping = { issuer: thumbprint(ca), uri: '*', enabled: true, userName: runAs } as const;
    const allowed = letIn(now, { ...mapping, subject: answer.managerSubject.replace(/^CN=/, '') });
    if (allowed.listeners.some((one) => one.transport === 'HTTPS' && one.enabled)) return allowed;
    return { ...allowed, listeners: [...allowed.listeners, { ...httpsListener, ...listen }] };
  });
  const enrollment: Enrollment = {
    format: 1,
    server: server.origin,
    hostId: answer.hostId,
    // The one that was proven, whatever the answer says.
    ca,
    certificate: answer.certificate,
    privateKey,
  };
  if (choices.forwardEvents)
    await addSubscriptionManager(stateFolder, {
      server: `${server.origin}${collectorPath}`,
      refresh: 60,
      issuer: null,
    });
  await writeEnrollment(stateFolder, enrollment);
  return enrollment;
}
