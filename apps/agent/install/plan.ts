import { type EnrollmentChoices, enrollAgent } from '../enrollment/enroll.ts';
import { rdpCertificateFile } from '../rdp-certificate/rdp-certificate-file.ts';
import { removeRdpCertificate } from '../rdp-certificate/remove-rdp-certificate.ts';
import { defaultListeners, firstSettings, httpListener, httpsListener, openSettings } from '../state/settings-file.ts';
import type { Machine } from './machine.ts';
import { pamPath, pamRules, serviceUnit, unitPath } from './service-unit.ts';

/** One change to the machine: told before, done after. */
export interface Step {
  /** What will be done, as a sentence without a full stop. */
  readonly what: string;
  readonly act: (machine: Machine) => Promise<void>;
}

/** What a person chose. */
export interface InstallChoices {
  readonly transport: 'http' | 'https' | 'both';
  /** Path of the program `atelier`. */
  readonly program: string;
  readonly stateFolder: string;
  /** Registers the machine with a management server, too. */
  readonly enrollment?: Omit<EnrollmentChoices, 'stateFolder'>;
}

/** What has to be done so that the agent runs and listens: nothing, when it does already. */
export async function installPlan(machine: Machine, choices: InstallChoices): Promise<readonly Step[]> {
  const { transport, program, stateFolder, enrollment } = choices;
  const steps: Step[] = [];
  // First of all: a token that is not good leaves the machine as it was.
  if (enrollment)
    steps.push({
      what: `register with ${enrollment.server}, listen on port ${enrollment.listen?.port ?? httpsListener.port} with the certificate that it gives, and let the server act as ${enrollment.runAs ?? 'root'}`,
      act: async () => void (await enrollAgent({ ...enrollment, stateFolder })),
    });
  if (!machine.exists('/usr/bin/pamtester'))
    steps.push({
      what: 'install the Debian package pamtester, which asks PAM about passwords',
      act: (on) => on.run(['apt-get', 'install', '-y', '-q', '--no-install-recommends', 'pamtester']),
    });
  if (!machine.exists(pamPath))
    steps.push({
      what: `write ${pamPath}: people log on with the passwords of this system`,
      act: (on) => on.write(pamPath, pamRules, 0o644),
    });
  // The registration opens the port for TLS itself.
  const https = transport === 'http' || enrollment ? [] : defaultListeners;
  const wanted = [...https, ...(transport === 'https' ? [] : [httpListener])];
  const settings = machine.exists(`${stateFolder}/winrm.json`) ? (await openSettings(stateFolder)).current : null;
  const present = settings?.listeners ?? [];
  const missing = wanted.filter((one) => !present.some((each) => each.transport === one.transport && each.enabled));
  for (const { transport: scheme, port } of missing)
    steps.push({
      what: `listen on port ${port} on all addresses (${scheme === 'HTTPS' ? 'TLS, with a certificate of its own until you give it one' : 'HTTP, with encrypted messages'})`,
      act: async () => {
        const store = await openSettings(stateFolder, { ...firstSettings, listeners: [] });
        await store.update((now) => ({
          ...now,
          listeners: [...now.listeners, ...missing.filter((one) => one.transport === scheme)],
        }));
      },
    });
  if (!machine.exists(unitPath))
    steps.push(
      { what: `write ${unitPath}`, act: (on) => on.write(unitPath, serviceUnit(program), 0o644) },
      {
        what: 'start the service atelier-agent, now and at every boot',
        act: async (on) => {
          await on.run(['systemctl', 'daemon-reload']);
          await on.run(['systemctl', 'enable', '--now', 'atelier-agent']);
        },
      },
    );
  else if (missing.length > 0 || enrollment)
    steps.push({ what: 'start the service anew', act: (on) => on.run(['systemctl', 'restart', 'atelier-agent']) });
  return steps;
}

/** What has to be done so that the agent is gone. Its state stays unless `purge`. */
export function uninstallPlan(machine: Machine, stateFolder: string, purge: boolean): readonly Step[] {
  const steps: Step[] = [];
  if (machine.exists(unitPath))
    steps.push({
      what: 'stop and remove the service atelier-agent',
      act: async (on) => {
        await on.run(['systemctl', 'disable', '--now', 'atelier-agent']);
        await on.remove(unitPath);
        await on.run(['systemctl', 'daemon-reload']);
      },
    });
  if (machine.exists(rdpCertificateFile(stateFolder)))
    steps.push({
      what: 'put back the certificate that the RDP server had before: nobody renews ours any more',
      act: async () => {
        await removeRdpCertificate(stateFolder);
      },
    });
  if (machine.exists(pamPath)) steps.push({ what: `remove ${pamPath}`, act: (on) => on.remove(pamPath) });
  if (purge && machine.exists(stateFolder))
    steps.push({
      what: `remove ${stateFolder}, with its settings, certificate and accounts`,
      act: (on) => on.remove(stateFolder),
    });
  return steps;
}
