import { fault } from '@atelier/wsman';
import { unlimited, type WinrsConfig } from '../config/winrm-config.ts';

/** Throws when a user may not open one more shell. `owners` has one name for each open shell. */
export function checkShellQuota(config: WinrsConfig, owners: readonly string[], user: string): void {
  if (!config.AllowRemoteShellAccess) throw fault('remoteShellsOff');
  if (owners.filter((one) => one === user).length >= config.MaxShellsPerUser) throw fault('quotaMaxShells');
  const users = new Set(owners);
  if (!users.has(user) && users.size >= config.MaxConcurrentUsers) throw fault('concurrentUsersQuota');
}

/** Whether what a shell takes has to be watched at all. */
export const isLimited = (config: WinrsConfig): boolean =>
  config.MaxProcessesPerShell < unlimited || config.MaxMemoryPerShellMB < unlimited;

/** What a shell took too much of; null when it is within its bounds. */
export function excess(
  config: WinrsConfig,
  usage: { readonly memory: number; readonly processes: number },
): string | null {
  if (usage.memory > config.MaxMemoryPerShellMB * 1024 * 1024)
    return `the shell took more than ${config.MaxMemoryPerShellMB} MB of memory and was ended (MaxMemoryPerShellMB)`;
  if (usage.processes > config.MaxProcessesPerShell)
    return `the shell had more than ${config.MaxProcessesPerShell} processes and was ended (MaxProcessesPerShell)`;
  return null;
}
