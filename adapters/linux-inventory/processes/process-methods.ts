import { setPriority } from 'node:os';
import type { CimInstance, CimValue } from '@atelier/cim';
import type { CimSource, OperationContext } from '@atelier/plugin-kit';
import { fault } from '@atelier/wsman';
import { accountName, userSid } from '../accounts/account-names.ts';
import type { LinuxHost } from '../linux-host.ts';
import { processOwner, readProcess } from './read-process.ts';
import { createResult, startProgram } from './start-program.ts';

const { done, accessDenied, failed, pathNotFound, invalid } = createResult;

/** The nice value for Windows' priority classes: idle, below normal, normal, above normal, high, real time. */
const niceness: Readonly<Record<number, number>> = { 64: 19, 16384: 10, 32: 0, 32768: -5, 128: -10, 256: -20 };

/** Users may touch their own processes, administrators all. */
const mayTouch = (owner: number, context: OperationContext): boolean =>
  context.user.administrator || context.user.account?.uid === owner;

async function create(
  input: Readonly<Record<string, CimValue>>,
  context: OperationContext,
): Promise<Readonly<Record<string, CimValue>>> {
  const startup = input.ProcessStartupInformation as CimInstance | null | undefined;
  const variables = (startup?.values.EnvironmentVariables ?? []) as readonly string[];
  const folder = input.CurrentDirectory;
  const { result, pid } = await startProgram(
    context.user,
    String(input.CommandLine),
    folder ? String(folder) : null,
    variables,
  );
  return { ProcessId: pid, ReturnValue: result };
}

/** Does something to a process and says in Windows' numbers how it went. */
function attempt(work: () => void): number {
  try {
    work();
    return done;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'EPERM' || code === 'EACCES' ? accessDenied : code === 'ESRCH' ? pathNotFound : failed;
  }
}

/** Methods of Win32_Process. */
export function processMethods(host: LinuxHost): NonNullable<CimSource['invoke']> {
  return async (method, instance, input, context) => {
    if (method === 'Create') return host.live ? await create(input, context) : { ReturnValue: failed };
    const pid = Number(instance?.values.ProcessId);
    const owner = await processOwner(host, pid);
    if (owner === null) return { ReturnValue: pathNotFound };
    if (method === 'GetOwner')
      return { User: (await accountName(host, owner)) ?? String(owner), Domain: host.name, ReturnValue: done };
    if (method === 'GetOwnerSid') return { Sid: userSid(owner), ReturnValue: done };
    if (!host.live) return { ReturnValue: failed };
    if (!mayTouch(owner, context)) return { ReturnValue: accessDenied };
    // Process 1 holds the machine up, and a number of which the kernel made another process is not the one that was meant.
    if (pid <= 1 || !(await readProcess(host, pid))) return { ReturnValue: pid <= 1 ? accessDenied : pathNotFound };
    if (method === 'Terminate') return { ReturnValue: attempt(() => process.kill(pid, 'SIGKILL')) };
    if (method === 'SetPriority') {
      const nice = niceness[Number(input.Priority)];
      return { ReturnValue: nice === undefined ? invalid : attempt(() => setPriority(pid, nice)) };
    }
    throw fault('actionNotSupported');
  };
}
