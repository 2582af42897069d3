import { execFile } from 'node:child_process';

/** Tells systemd how the service is (sd_notify(3)); does nothing elsewhere. Node has no datagram sockets, hence the program. */
export function notifySystemd(state: string): Promise<void> {
  if (!process.env.NOTIFY_SOCKET) return Promise.resolve();
  return new Promise((resolve) => {
    execFile('systemd-notify', [`--pid=${process.pid}`, ...state.split('\n')], { timeout: 5000 }, () => resolve());
  });
}
