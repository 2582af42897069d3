import type { CimSource, OperationContext } from '@atelier/plugin-kit';
import { fault } from '@atelier/wsman';
import type { LinuxHost } from '../linux-host.ts';
import { showUnit, startModeOf, unitOf } from './systemd-units.ts';

/** Windows' answers of the methods of Win32_Service. */
export const serviceResult = {
  done: 0,
  notSupported: 1,
  accessDenied: 2,
  cannotAccept: 5,
  timeout: 7,
  failed: 8,
  pathNotFound: 9,
  alreadyRunning: 10,
  disabled: 14,
  invalidParameter: 21,
} as const;

/** Commands of systemctl that make a start mode, one after the other. */
const startModes: Readonly<Record<string, readonly (readonly string[])[]>> = {
  automatic: [['unmask'], ['enable']],
  auto: [['unmask'], ['enable']],
  manual: [['unmask'], ['disable']],
  demand: [['unmask'], ['disable']],
  disabled: [['disable'], ['mask']],
};

async function run(host: LinuxHost, args: readonly string[], context: OperationContext): Promise<number> {
  const { code, error } = await host.execute(host.programs.systemctl, ['--no-ask-password', ...args], context.signal);
  if (code === 0) return serviceResult.done;
  if (/access denied|authentication required|permission denied/i.test(error)) return serviceResult.accessDenied;
  if (/timed? ?out/i.test(error)) return serviceResult.timeout;
  return /not found|does not exist/i.test(error) ? serviceResult.pathNotFound : serviceResult.failed;
}

/** Methods of Win32_Service over systemd; changing is for administrators. */
export function serviceMethods(host: LinuxHost): NonNullable<CimSource['invoke']> {
  const answer = async (
    method: string,
    name: string,
    startMode: string,
    context: OperationContext,
  ): Promise<number> => {
    const unit = unitOf(name);
    const now = await showUnit(host, unit, context.signal);
    if (!now) return serviceResult.pathNotFound;
    const running = now.get('ActiveState') === 'active' || now.get('ActiveState') === 'reloading';
    if (method === 'InterrogateService') return running ? serviceResult.done : serviceResult.cannotAccept;
    if (method === 'PauseService' || method === 'ResumeService' || method === 'Delete')
      return serviceResult.notSupported;
    if (!context.user.administrator) return serviceResult.accessDenied;
    if (method === 'StartService') {
      if (running) return serviceResult.alreadyRunning;
      return startModeOf(now) === 'Disabled' ? serviceResult.disabled : await run(host, ['start', '--', unit], context);
    }
    if (method === 'StopService')
      return running ? await run(host, ['stop', '--', unit], context) : serviceResult.cannotAccept;
    if (method === 'UserControlService') return serviceResult.notSupported;
    if (method !== 'ChangeStartMode') throw fault('actionNotSupported');
    const commands = startModes[startMode.toLowerCase()];
    if (!commands) return serviceResult.invalidParameter;
    for (const command of commands) {
      const result = await run(host, [...command, '--', unit], context);
      if (result !== serviceResult.done) return result;
    }
    return serviceResult.done;
  };
  return async (method, instance, input, context) => ({
    ReturnValue: await answer(method, String(instance?.values.Name ?? ''), String(input.StartMode ?? ''), context),
  });
}
