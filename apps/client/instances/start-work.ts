import { existsSync } from 'node:fs';
import { mkdir, rm, statfs, symlink, unlink } from 'node:fs/promises';
import { totalmem } from 'node:os';
import type { Vm } from '@atelier/adapters/qemu';
import { AtelierError } from '@atelier/domain/errors';
import { guestMemoryMiB } from '@atelier/domain/workspaces';
import { type InstanceLayout, instanceLayout } from '../state/state-layout.ts';
import { startRefusal } from './entitlement.ts';
import { hostVerificationRefusal } from './host-verification.ts';
import type { InstanceError, InstanceRecord, MachineShape } from './instance-record.ts';
import { endOf, errorOf } from './machine-end.ts';
import type { WorkParts } from './work-parts.ts';

/** Bytes that must be free before a start: the guest writes at once. */
const leastFreeBytes = 256 * 1024 * 1024;
const hostMiB = Math.floor(totalmem() / 1024 / 1024);

/** From `starting` to `running`. Every step may be done again after a crash. Ends in `blocked`, `failed` or `crashed` otherwise. */
export async function startWork(parts: WorkParts): Promise<void> {
  let vm = parts.vm();
  let shape = parts.record().shape;
  if (!vm) {
    const refusal = await refusalToStart(parts);
    if (refusal) {
      parts.happen({ kind: 'start-blocked', error: refusal });
      return;
    }
    activate(parts);
    shape = await shapeFor(parts);
    try {
      vm = await startMachine(parts, shape);
    } catch (error) {
      parts.signal.throwIfAborted();
      parts.happen({ kind: 'start-failed', error: errorOf(error) });
      return;
    }
    parts.setVm(vm);
  }
  await untilGuestAnswers(parts, vm, shape ?? (await shapeFor(parts)));
}

async function untilGuestAnswers(parts: WorkParts, vm: Vm, shape: MachineShape): Promise<void> {
  const timeoutMs = parts.record().granted.policy.vm.bootTimeoutSeconds * 1000;
  try {
    await vm.waitForGuest({ timeoutMs, signal: parts.signal });
  } catch (error) {
    parts.signal.throwIfAborted();
    if (vm.state.state === 'ended') {
      parts.happen(endOf(vm.state));
      return;
    }
    parts.happen({ kind: 'guest-silent', error: errorOf(error) });
    await vm.kill();
    return;
  }
  if (parts.record().saved) await vm.agent.setTime().catch(() => undefined);
  parts.happen({ kind: 'started', at: new Date().toISOString(), shape });
  // Nobody watched for its end while it was starting.
  if (vm.state.state === 'ended') parts.happen(endOf(vm.state));
}

async function refusalToStart(parts: WorkParts): Promise<InstanceError | null> {
  const record = parts.record();
  const refusal = startRefusal(record, parts.circumstances());
  if (refusal) return refusal;
  const memory = guestMemoryMiB(record.granted.policy, hostMiB);
  if (memory > hostMiB)
    return { code: 'workspace.blocked', detail: `it needs ${memory} MiB of memory, this computer has ${hostMiB} MiB` };
  const { bavail, bsize } = await statfs(parts.layout.instances);
  if (bavail * bsize < leastFreeBytes)
    return {
      code: 'client.disk-space',
      detail: `${Math.floor((bavail * bsize) / 1024 / 1024)} MiB are free, 256 are needed`,
    };
  return await hostVerificationRefusal(record.granted.policy.general.hostVerification, parts.signal);
}

/** Takes the staged version, unless saved memory still belongs to the present one. */
function activate(parts: WorkParts): void {
  const { staged, saved, version, granted } = parts.record();
  if (staged !== null && !saved && parts.images.has(granted.image, staged))
    parts.happen({ kind: 'activated', version: staged });
  else if (version === null && staged !== null) parts.happen({ kind: 'version-missing', version: staged });
}

async function shapeFor(parts: WorkParts): Promise<MachineShape> {
  const { saved, shape, granted } = parts.record();
  if (saved && shape) return shape;
  const accelerator = await parts.machines.accelerator();
  return {
    memoryMiB: guestMemoryMiB(granted.policy, hostMiB),
    vcpus: granted.policy.vm.vcpus,
    network: granted.policy.network.mode === 'nat' ? 'user' : 'none',
    accelerator: accelerator === 'none' ? 'tcg' : accelerator,
  };
}

async function startMachine(parts: WorkParts, shape: MachineShape): Promise<Vm> {
  const record = parts.record();
  const { version, granted } = record;
  if (version === null || !parts.images.has(granted.image, version))
    throw new AtelierError('client.version-not-here', `version ${version} of ${granted.image} is not on this computer`);
  const places = instanceLayout(parts.layout, record.userId, record.workspaceId);
  await mkdir(places.vm, { recursive: true, mode: 0o700 });
  await linkShort(places);
  const resume = record.saved && existsSync(places.savedState);
  if (!resume) await rm(places.savedState, { force: true });
  // What a crashed revertible workspace left is thrown away here at the latest.
  if (granted.type === 'revertible' && !resume) await rm(places.overlay(version), { force: true });
  await parts.machines.makeOverlay(places.overlay(version), parts.images.diskPath(granted.image, version));
  await parts.machines.makeDataDisk(places.dataDisk, granted.policy.vm.dataDiskMiB);
  return await parts.machines.start({
    name: vmName(record),
    stateDir: places.vmShort,
    ...shape,
    disks: [
      { path: places.overlay(version), format: 'qcow2', serial: 'atelier-system', role: 'system' },
      { path: places.dataDisk, format: 'qcow2', serial: 'atelier-data', role: 'data' },
    ],
    resume: resume ? places.savedState : undefined,
    signal: parts.signal,
  });
}

/** Sockets need short paths: the machine's folder gets a short name beside its own. */
export async function linkShort(places: InstanceLayout): Promise<void> {
  await unlink(places.vmShort).catch(() => undefined);
  await symlink(places.vm, places.vmShort);
}

const vmName = (record: InstanceRecord): string => `atelier-${record.granted.name}`.slice(0, 64);
