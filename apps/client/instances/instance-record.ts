import { grantedWorkspaceSchema } from '@atelier/domain/workspaces';
import { z } from 'zod';

const error = z.object({ code: z.string(), detail: z.string() });

/**
 * Where the virtual machine of an instance is. `starting`, `stopping`, `reverting` and `deleting` mean that work is
 * under way: whoever finds one of them after a crash takes that work up again.
 */
const machineState = z.enum([
  'none',
  'ready',
  'starting',
  'running',
  'locked',
  'stopping',
  'suspended',
  'reverting',
  'failed',
  'crashed',
  'deleting',
]);
export type MachineState = z.infer<typeof machineState>;

const machineShape = z.object({
  memoryMiB: z.number().int(),
  vcpus: z.number().int(),
  network: z.enum(['user', 'none']),
  accelerator: z.enum(['kvm', 'tcg']),
});
/** What saved memory fits: a machine that goes on from it must be the same, whatever the policy says by then. */
export type MachineShape = z.infer<typeof machineShape>;

const setup = z.object({
  /** 0 when it is done, else the number of the event that tells what failed. */
  statusCode: z.number().int(),
  at: z.iso.datetime(),
});
/** How the first-time set-up of a workspace went. */
export type FirstTimeSetup = z.infer<typeof setup>;

/** What the journal keeps of a workspace of one person on this computer. */
export const instanceRecordSchema = z.object({
  userId: z.string(),
  userName: z.string(),
  workspaceId: z.string(),
  /** As granted last; kept when the grant no longer names the workspace, so that what is here can still be dealt with. */
  granted: grantedWorkspaceSchema,
  listed: z.boolean(),
  machine: machineState,
  /** The version that overlay and machine belong to. */
  version: z.number().int().nullable(),
  /** Complete and verified, taken at the next start. */
  staged: z.number().int().nullable(),
  /** The version that the person went back from: not suggested or forced again. */
  declined: z.number().int().nullable(),
  transfer: z
    .object({
      version: z.number().int(),
      state: z.enum(['running', 'paused', 'failed']),
      thenStart: z.boolean(),
      /** A person waits for it, or the policy wants it some time; milliseconds since 1970. */
      asked: z.enum(['person', 'policy']).default('policy'),
      askedAt: z.number().default(0),
      error: error.nullable(),
    })
    .nullable(),
  /** Details of work under way: how to stop, what comes after, how much to throw away. */
  stopBy: z.enum(['shutdown', 'snapshot']),
  afterwards: z.enum(['rest', 'start']),
  revertScope: z.enum(['version', 'everything']),
  /** The machine goes on from saved memory at the next start. */
  saved: z.boolean(),
  /** It could not once: the next failure gives the saved memory up. */
  resumeFailed: z.boolean(),
  shape: machineShape.nullable(),
  error: error.nullable(),
  /** The error is a requirement that was not met at the last start, not a defect. */
  blocked: z.boolean(),
  startedAt: z.iso.datetime().nullable(),
  /** Null until something is known of it. */
  setup: setup.nullable().default(null),
  correlationId: z.string().nullable(),
});
export type InstanceRecord = z.infer<typeof instanceRecordSchema>;
export type InstanceError = z.infer<typeof error>;

/** The record of a workspace that was just assigned. */
export function newInstanceRecord(
  user: { readonly id: string; readonly name: string },
  granted: InstanceRecord['granted'],
): InstanceRecord {
  return {
    userId: user.id,
    userName: user.name,
    workspaceId: granted.workspaceId,
    granted,
    listed: true,
    machine: 'none',
    version: null,
    staged: null,
    declined: null,
    transfer: null,
    stopBy: 'shutdown',
    afterwards: 'rest',
    revertScope: 'version',
    saved: false,
    resumeFailed: false,
    shape: null,
    error: null,
    blocked: false,
    startedAt: null,
    setup: null,
    correlationId: null,
  };
}

/** States in which nothing is under way and no QEMU runs. */
export const atRest = (machine: MachineState): boolean =>
  machine === 'none' || machine === 'ready' || machine === 'suspended' || machine === 'failed' || machine === 'crashed';

/** States in which a QEMU runs or may run. */
export const mayRun = (machine: MachineState): boolean =>
  machine === 'starting' || machine === 'running' || machine === 'locked' || machine === 'stopping';
