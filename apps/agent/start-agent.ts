import { chmod, mkdir } from 'node:fs/promises';
import type { PluginState } from '@atelier/adapters/cim-engine';
import { commandShell } from '@atelier/adapters/command-shell';
import { powerShell, powerShellProgram } from '@atelier/adapters/powershell-shell';
import {
  type Audit,
  type AuditRecord,
  type Authorization,
  type Listener,
  type ServiceSettings,
  startListener,
} from '@atelier/adapters/wsman-listener';
import type { CimProvider, ResourceProvider } from '@atelier/plugin-kit';
import { agentAccounts } from './accounts/agent-accounts.ts';
import { OwnAccounts } from './accounts/own-accounts.ts';
import { type PasswordCheck, pam } from './accounts/pam.ts';
import { administratorGroups, SystemUsers } from './accounts/system-users.ts';
import { startDesktopSessions } from './desktop-sessions/start-desktop-sessions.ts';
import { readEnrollment } from './enrollment/enrollment-file.ts';
import { keepCertificate, tlsOf } from './enrollment/renew-certificate.ts';
import { startEventForwarding } from './forwarding/event-forwarding.ts';
import { machineProviders } from './machine-providers.ts';
import { writePluginReport } from './plug-ins/plug-in-report.ts';
import { keepRdpCertificate } from './rdp-certificate/keep-rdp-certificate.ts';
import { firstSettings, openSettings } from './state/settings-file.ts';
import { tlsIdentity } from './state/tls-files.ts';

/** How an agent is started. */
export interface AgentConfig {
  readonly stateFolder: string;
  readonly version: string;
  /** Settings of the first start; later ones are changed over `winrm/config`. */
  readonly firstSettings?: ServiceSettings;
  /** Groups whose members are administrators. Default: sudo, wheel, atelier-administrators. */
  readonly administratorGroups?: readonly string[];
  /** Default `/etc/krb5.keytab`. */
  readonly keytab?: string;
  /** Who judges passwords. Default: PAM. */
  readonly passwords?: PasswordCheck;
  /** Default: what RootSDDL of the settings says: administrators may do everything, others nothing. */
  readonly authorize?: Authorization;
  /** Default: what this machine has (CIM classes from Linux, hardware). */
  readonly providers?: readonly ResourceProvider[];
  /** CIM classes besides the machine's own, e.g. what its client says of itself. */
  readonly classes?: readonly CimProvider[];
  /** Folder of plug-ins, one folder for each. Default: none are loaded. */
  readonly pluginFolder?: string;
  /** Where the workspace client of this machine listens (`root/microsoft/medv`), asked anew each time. Default: there is none. */
  readonly clientSocket?: () => string;
  /** Program and arguments that answer PowerShell sessions; null: none. Default: `pwsh`, where it is installed. */
  readonly powerShell?: readonly string[] | null;
  /** Further arguments for journalctl, e.g. `--directory=…`. Default: the system's journal. */
  readonly journal?: readonly string[];
  /** `powershell -EncodedCommand` runs the script with the user's shell where PowerShell is missing. Default `powershell`: it is refused there. */
  readonly encodedCommands?: 'powershell' | 'shell';
  /** Gets one line for each thing worth a record. */
  readonly log?: (line: Readonly<Record<string, unknown>>) => void;
}

/** A running agent. */
export interface Agent extends Listener {
  readonly settings: Awaited<ReturnType<typeof openSettings>>;
  /** Reads the plug-ins' folder again; shells and connections stay open. */
  reloadPlugins(): Promise<readonly PluginState[]>;
}

const logLine = (record: AuditRecord): Readonly<Record<string, unknown>> =>
  record.kind === 'failure' ? { ...record, error: String(record.error) } : record;

/** The settings that Restore goes back to: the first ones. A server that the machine is registered with is not shut out by them. */
function defaultsOf(enrolled: boolean): ServiceSettings['config'] {
  const { config } = firstSettings;
  const { Auth } = config.Service;
  return enrolled ? { ...config, Service: { ...config.Service, Auth: { ...Auth, Certificate: true } } } : config;
}

/** Starts the agent of this machine: a WS-Management service with shells, the machine's CIM classes, and the system's accounts. */
export async function startAgent(config: AgentConfig): Promise<Agent> {
  const { stateFolder, log } = config;
  await mkdir(stateFolder, { recursive: true, mode: 0o700 });
  await chmod(stateFolder, 0o700);
  const settings = await openSettings(stateFolder, config.firstSettings);
  const enrollment = await readEnrollment(stateFolder);
  const tls = enrollment ? tlsOf(enrollment) : await tlsIdentity(stateFolder);
  const accounts = agentAccounts({
    users: new SystemUsers(config.administratorGroups ?? administratorGroups),
    passwords: config.passwords ?? pam(),
    own: new OwnAccounts(stateFolder),
    keytab: config.keytab ?? '/etc/krb5.keytab',
  });
  const audit: Audit = log ? (record) => log(logLine(record)) : () => {};
  const told = async (states: readonly PluginState[]): Promise<void> => {
    for (const one of states) log?.({ kind: 'plug-in', ...one });
    try {
      await writePluginReport(stateFolder, states);
    } catch (error) {
      // Who asks from outside sees an older report; nothing else depends on it.
      log?.({ kind: 'failure', message: 'the report about plug-ins cannot be written', error: String(error) });
    }
  };
  const machine = config.providers
    ? null
    : await machineProviders({ ...config, pluginFolder: config.pluginFolder ?? null, told });
  const providers = config.providers ?? machine?.providers ?? [];
  const program = config.powerShell === undefined ? powerShellProgram() : config.powerShell;
  const listener = await startListener({
    settings,
    accounts,
    providers,
    ...(machine
      ? {
          plugins: () => machine.engine.states().filter((one) => one.state === 'loaded'),
          changingProviders: machine.engine.resourceProviders,
        }
      : {}),
    shells: [commandShell({ encodedCommands: config.encodedCommands }), ...(program ? [powerShell({ program })] : [])],
    tls,
    ...(enrollment ? { clientAuthorities: enrollment.ca } : {}),
    ...(config.authorize ? { authorize: config.authorize } : {}),
    audit,
    productVersion: config.version,
    defaults: defaultsOf(enrollment !== null),
  });
  const endRenewal = enrollment ? keepCertificate(stateFolder, listener.useTls, log ?? (() => {})) : () => {};
  const endForwarding = startEventForwarding({
    stateFolder,
    providers: () => providers,
    tls: () => tls,
    log: log ?? (() => {}),
  });
  const endDesktopSessions = enrollment
    ? await startDesktopSessions({ stateFolder, log: log ?? (() => {}) })
    : async () => {};
  const endRdpCertificate = enrollment ? keepRdpCertificate(stateFolder, log ?? (() => {})) : async () => {};
  return {
    ...listener,
    settings,
    reloadPlugins: async () => (await machine?.engine.reload()) ?? [],
    stop: async () => {
      endRenewal();
      await endRdpCertificate();
      await endForwarding();
      await endDesktopSessions();
      await listener.stop();
    },
  };
}
