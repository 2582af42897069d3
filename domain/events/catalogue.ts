import type { EventKind, Severity } from './event-kind.ts';

const nothing = 'nothing to do';
const kind = (
  code: number,
  name: string,
  severity: Severity,
  title: string,
  cause: string,
  fix = nothing,
): EventKind => ({
  code,
  name,
  severity,
  category: name.slice(0, name.indexOf('.')),
  title,
  cause,
  fix,
});

/** Every event that the product knows, by the blocks of MED-V's modules: 1000 client, 1100 policy, 1200 sign-in, 1300 image, 1400 verification, 1500 VM, 3000 server. */
export const eventCatalogue = [
  kind(1001, 'client.started', 'info', 'client started', 'the client daemon was started'),
  kind(1002, 'client.exited', 'info', 'client stopped', 'the client daemon was stopped'),
  kind(
    1004,
    'client.recovered',
    'warning',
    'client started after a crash',
    'the daemon or the computer stopped without warning',
    'if it happens often, collect a diagnostics bundle',
  ),
  kind(
    1005,
    'client.clock-skew',
    'warning',
    'the clock is wrong',
    'the computer’s clock differs from the server’s by more than five minutes',
    'set the clock, or turn on network time',
  ),
  kind(1006, 'client.enrolled', 'info', 'endpoint enrolled', 'the computer became known to the management server'),
  kind(1007, 'client.diagnostics', 'info', 'diagnostics collected', 'a person asked for a diagnostics bundle'),
  kind(
    1008,
    'client.events-dropped',
    'warning',
    'events were dropped',
    'the queue on disk was full while the server could not be reached; information events go first',
    'bring the endpoint back online',
  ),
  kind(1101, 'policy.refreshed', 'info', 'policy refreshed', 'a newer policy came from the server'),
  kind(
    1102,
    'policy.refresh-failed',
    'warning',
    'policy could not be refreshed',
    'the server cannot be reached or refused',
    'check the network; see the detail',
  ),
  kind(
    1103,
    'policy.signature-invalid',
    'error',
    'policy refused',
    'its signature does not fit the pinned key, or it is older than the one in use',
    'somebody may be in the way of the connection; tell your administrator',
  ),
  kind(
    1105,
    'policy.offline-warning',
    'warning',
    'offline for long',
    'most of the time that the policy allows offline has passed',
    'connect to the network',
  ),
  kind(
    1106,
    'policy.offline-exceeded',
    'error',
    'offline for too long',
    'the time that the policy allows offline has passed',
    'connect to the network; the workspace can then start again',
  ),
  kind(
    1107,
    'policy.workspace-disabled',
    'warning',
    'workspace disabled',
    'an administrator disabled the workspace or its assignment',
    'ask your administrator',
  ),
  kind(
    1108,
    'policy.workspace-expired',
    'warning',
    'workspace expired',
    'the assignment’s end date has passed',
    'ask your administrator',
  ),
  kind(1109, 'policy.workspace-deleted', 'info', 'workspace deleted', 'the policy asked for it, or a person did'),
  kind(1201, 'sign-in.ok', 'info', 'signed in', 'a person signed in on the endpoint'),
  kind(1202, 'sign-in.failed', 'warning', 'sign-in failed', 'the name or the password was wrong', 'type both again'),
  kind(1205, 'sign-in.unlock-failed', 'warning', 'unlock failed', 'the password was wrong', 'type it again'),
  kind(
    1301,
    'image.update-available',
    'info',
    'update available',
    'the channel points at a version that is not on this computer yet',
  ),
  kind(1303, 'image.transfer-started', 'info', 'transfer started', 'a version is being fetched'),
  kind(1305, 'image.transfer-paused', 'info', 'transfer paused', 'a person or the policy paused it'),
  kind(1306, 'image.transfer-completed', 'info', 'transfer completed', 'the version is complete and verified'),
  kind(
    1307,
    'image.transfer-failed',
    'error',
    'transfer failed',
    'see the detail',
    'it is tried again by itself; the previous version still starts',
  ),
  kind(
    1308,
    'image.verify-failed',
    'error',
    'verification failed',
    'what came is not what was signed: damaged on the way, or tampered with',
    'tell your administrator: "atelier repository fsck" finds damage in the repository',
  ),
  kind(1311, 'image.version-activated', 'info', 'version switched', 'the workspace now runs another version'),
  kind(1312, 'image.version-removed', 'info', 'old version removed', 'the policy keeps only so many versions'),
  kind(1313, 'image.rolled-back', 'warning', 'went back to an older version', 'a person or an administrator chose it'),
  kind(
    1314,
    'image.disk-space-low',
    'warning',
    'disk space is low',
    'the version does not fit beside the ones that are kept',
    'free disk space; the transfer then continues',
  ),
  kind(
    1402,
    'verification.failed',
    'warning',
    'host verification failed',
    'the policy’s check of this computer did not pass',
    'see the detail; your administrator knows what is checked',
  ),
  kind(1501, 'vm.starting', 'info', 'starting', 'the virtual machine is being started'),
  kind(1502, 'vm.started', 'info', 'started', 'the virtual machine runs and answers'),
  kind(
    1503,
    'vm.start-failed',
    'error',
    'start failed',
    'QEMU refused; see its own words in the detail',
    'run "atelier doctor" on the endpoint',
  ),
  kind(1504, 'vm.stopped', 'info', 'stopped', 'the virtual machine was shut down'),
  kind(1505, 'vm.restarted', 'info', 'restarted', 'the virtual machine was restarted'),
  kind(1506, 'vm.suspended', 'info', 'suspended', 'the virtual machine was saved to disk'),
  kind(1507, 'vm.reverted', 'info', 'reverted', 'the workspace went back to the image’s own state'),
  kind(1508, 'vm.locked', 'info', 'locked', 'a person, idle time or a suspended host locked it'),
  kind(1509, 'vm.unlocked', 'info', 'unlocked', 'the right password was given'),
  kind(
    1511,
    'vm.guest-unresponsive',
    'error',
    'the guest does not answer',
    'it did not boot in the time that the policy gives, or hangs',
    'restart it; if that does not help, go back to the previous version',
  ),
  kind(
    1512,
    'vm.crashed',
    'error',
    'crashed',
    'QEMU ended by itself; see its own words in the detail',
    'start it again; tell your administrator if it repeats',
  ),
  kind(
    1513,
    'vm.taken-over',
    'info',
    'running workspace taken over',
    'the daemon was started again while the virtual machine ran on',
  ),
  kind(1516, 'vm.reset', 'warning', 'reset', 'a person had the workspace set up anew'),
  kind(3001, 'server.started', 'info', 'server started', 'the management server is ready'),
  kind(3002, 'server.stopped', 'info', 'server stopped', 'the management server was stopped'),
  kind(
    3003,
    'server.task-failed',
    'error',
    'task failed',
    'see the task’s log',
    'correct the cause and start it again',
  ),
  kind(
    3004,
    'server.version-available',
    'info',
    'version published',
    'a version is in the repository and can be promoted',
  ),
  kind(3005, 'server.channel-moved', 'info', 'channel moved', 'an administrator promoted a version'),
  kind(
    3006,
    'server.repository-finding',
    'error',
    'the repository is damaged',
    'fsck found files that are missing or changed',
    'restore them, or retire the version and push it again',
  ),
  kind(
    3007,
    'server.sign-in-backoff',
    'warning',
    'sign-in slowed down',
    'too many wrong passwords for one account or from one address',
    'if this was not a mistyping person, look where it comes from',
  ),
] as const satisfies readonly EventKind[];

export type EventName = (typeof eventCatalogue)[number]['name'];

const byName = new Map<string, EventKind>(eventCatalogue.map((entry) => [entry.name, entry]));
const byCode = new Map<number, EventKind>(eventCatalogue.map((entry) => [entry.code, entry]));

/** The catalogue's entry by name; throws on a name that it does not have (a mistake in our own code). */
export function eventKind(name: string): EventKind {
  const entry = byName.get(name);
  if (!entry) throw new TypeError(`no event is called ${name}`);
  return entry;
}

/** The catalogue's entry by code, for events that came from elsewhere; undefined for codes of a newer version. */
export const eventKindByCode = (code: number): EventKind | undefined => byCode.get(code);
