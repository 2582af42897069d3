import type { Machine } from '../install/machine.ts';
import type { Step } from '../install/plan.ts';
import { unitPath } from '../install/service-unit.ts';
import { hookNames, passwordCheck, sessionHook, usualHookFolder } from './hook-scripts.ts';
import { type HookSettings, hookSettingsPath, writeHookSettings } from './hook-settings.ts';
import { hooksIn, withHooks, withoutHooks } from './pam-file.ts';

/** PAM's name for xrdp's log-ons. */
export const usualServices: readonly string[] = ['xrdp-sesman'];

/** What a person chose. */
export interface HookChoices {
  readonly stateFolder: string;
  /** PAM services whose sessions are told. Default: xrdp-sesman. */
  readonly services?: readonly string[];
  /** Folder of the scripts; root's own. Default `/usr/local/lib/atelier-agent`. */
  readonly folder?: string;
  /** Whether single-use passwords of the broker let in, too. Default true. */
  readonly passwords?: boolean;
}

const pamFile = (service: string): string => `/etc/pam.d/${service}`;

/** Whether PAM may call a service so: it is the name of a file, and nothing else. */
export const isServiceName = (name: string): boolean => /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/.test(name);

const restart = (machine: Machine): readonly Step[] =>
  machine.exists(unitPath)
    ? [{ what: 'start the service anew', act: (on) => on.run(['systemctl', 'restart', 'atelier-agent']) }]
    : [];

/**
 * What has to be done so that the agent learns of desktop sessions: nothing, when it does already.
 * @throws Error for a service that PAM does not know
 */
export function hookPlan(machine: Machine, choices: HookChoices, now: HookSettings | null): readonly Step[] {
  const { stateFolder, services = usualServices, folder = usualHookFolder, passwords = true } = choices;
  if (!/^\/[\w./-]+$/.test(folder)) throw new Error(`the scripts cannot lie in ${folder}: name an absolute folder`);
  const script = (kind: keyof typeof hookNames) => `${folder}/${hookNames[kind]}`;
  const steps: Step[] = [];
  const put = (path: string, text: string, what: string) => {
    if (machine.read(path) !== text) steps.push({ what, act: (on) => on.write(path, text, 0o755) });
  };
  put(
    script('session'),
    sessionHook(),
    `write ${script('session')}: leaves a note for the agent at log-on and log-off`,
  );
  if (passwords)
    put(script('password'), passwordCheck(), `write ${script('password')}: asks the agent about single-use passwords`);
  for (const service of services) {
    const path = pamFile(service);
    const text = isServiceName(service) ? machine.read(path) : null;
    if (text === null) throw new Error(`PAM has no service ${service}: there is no ${path}`);
    const wanted = withHooks(text, { session: script('session'), password: passwords ? script('password') : null });
    if (wanted !== text)
      steps.push({
        what: `add to ${path}: "session optional pam_exec.so"${passwords ? ' and "auth sufficient pam_exec.so"' : ''}, with these scripts`,
        act: (on) => on.write(path, wanted, 0o644),
      });
  }
  for (const service of now?.services ?? [])
    if (!services.includes(service)) steps.push(...withoutOurs(machine, service));
  const settings: HookSettings = { format: 1, folder, services, passwords };
  if (JSON.stringify(now) !== JSON.stringify(settings))
    steps.push(
      {
        what: `write ${hookSettingsPath(stateFolder)}: the agent tells its server of sessions`,
        act: () => writeHookSettings(stateFolder, settings),
      },
      ...restart(machine),
    );
  return steps;
}

function withoutOurs(machine: Machine, service: string): readonly Step[] {
  const path = pamFile(service);
  const text = isServiceName(service) ? machine.read(path) : null;
  if (text === null || withoutHooks(text) === text) return [];
  return [{ what: `take our rules out of ${path}`, act: (on) => on.write(path, withoutHooks(text), 0o644) }];
}

/** What has to be done so that nothing of it is left. The rules go before the scripts that they name. `agent`: whether the agent stays, and goes on. */
export function hookRemovalPlan(
  machine: Machine,
  stateFolder: string,
  now: HookSettings | null,
  agent: 'stays' | 'goes' = 'stays',
): readonly Step[] {
  const services = [...new Set([...usualServices, ...(now?.services ?? [])])];
  const steps = services.flatMap((service) => [...withoutOurs(machine, service)]);
  for (const name of Object.values(hookNames)) {
    const path = `${now?.folder ?? usualHookFolder}/${name}`;
    if (machine.exists(path)) steps.push({ what: `remove ${path}`, act: (on) => on.remove(path) });
  }
  if (now)
    steps.push(
      {
        what: `remove ${hookSettingsPath(stateFolder)}: the agent tells nothing of sessions any more`,
        act: (on) => on.remove(hookSettingsPath(stateFolder)),
      },
      ...(agent === 'stays' ? restart(machine) : []),
    );
  return steps;
}

/** How the hooks stand, by PAM service. */
export function hookStatus(
  machine: Machine,
  now: HookSettings | null,
): readonly { readonly service: string; readonly sessions: boolean; readonly passwords: boolean }[] {
  return [...new Set([...(now?.services ?? []), ...usualServices])].flatMap((service) => {
    const text = isServiceName(service) ? machine.read(pamFile(service)) : null;
    if (text === null) return [];
    const { session, password } = hooksIn(text);
    return [{ service, sessions: session, passwords: password }];
  });
}
