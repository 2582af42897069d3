import type { FirstTimeSetupStatus, MedvFacts, MedvSettings } from '@atelier/adapters/linux-inventory';
import type { LocalFirstTimeSetups, LocalSettings } from '@atelier/api';
import { fault } from '@atelier/wsman';

/** The newest of each user: in MED-V a user has one workspace on a computer. */
export function statusOfUsers(setups: LocalFirstTimeSetups): readonly FirstTimeSetupStatus[] {
  const newest = new Map<string, LocalFirstTimeSetups[number]>();
  for (const one of setups.toSorted((a, b) => Date.parse(a.time) - Date.parse(b.time))) newest.set(one.user, one);
  return [...newest.values()].map(({ user, workspace, statusCode, time }) => ({
    user,
    machine: workspace,
    statusCode,
    time: new Date(time),
  }));
}

/** What there is of them in the words of MED-V. What Atelier does not have is left out, and so null. */
export function settingsInWords(settings: NonNullable<LocalSettings>): MedvSettings {
  const { memoryTable } = settings;
  return {
    User: settings.user,
    VmMemory: settings.memoryMiB,
    VmHostMemToGuestMemCalcEnabled: memoryTable !== null,
    VmHostMemToGuestMem: memoryTable?.map((row) => row.hostMiB) ?? null,
    VmGuestMemFromHostMem: memoryTable?.map((row) => row.vmMiB) ?? null,
    VmCloseAction: settings.stopAction === 'snapshot' ? 'HIBERNATE' : 'SHUT-DOWN',
    VmNetworkingMode: settings.network === 'nat' ? 'NAT' : 'NONE',
    VmTaskTimeout: settings.bootTimeoutSeconds,
    VmMultiUserEnabled: false,
  };
}

/** Whether there is no client on this machine at all, which is no failure. */
const isAbsent = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** What the workspace client tells, whose daemon listens on `socketPath`. Throws a fault when it is there but does not answer. */
export function medvFacts(socketPath: () => string): MedvFacts {
  const ask = async <Answer>(
    name: 'firstTimeSetups' | 'settings',
    signal: AbortSignal,
    absent: Answer,
  ): Promise<Answer> => {
    // Most machines have no client: the contract is loaded when somebody asks.
    const { clientOf, localEndpoints } = await import('@atelier/api');
    const { localSocket } = await import('./local-socket.ts');
    const one = { [name]: localEndpoints[name] };
    try {
      const answer = await clientOf(one, localSocket(socketPath()))[name]!({}, { signal });
      return localEndpoints[name].response.parse(answer) as Answer;
    } catch (error) {
      signal.throwIfAborted();
      if (isAbsent(error)) return absent;
      throw fault(
        'internalError',
        { provider: 'Workspace client', reason: 'the workspace client of this machine does not answer: start it' },
        { cause: error },
      );
    }
  };
  return {
    firstTimeSetups: async (signal) => statusOfUsers(await ask<LocalFirstTimeSetups>('firstTimeSetups', signal, [])),
    settings: async (signal) => {
      const found = await ask<LocalSettings>('settings', signal, null);
      return found && settingsInWords(found);
    },
  };
}
