import { z } from 'zod';

const size = (least: number, most: number) => z.number().int().min(least).max(most);

/** How a workspace may be used. Numbered, signed, never edited in place: a change is a new revision. */
export const policySchema = z.strictObject({
  general: z
    .strictObject({
      ui: z.enum(['full', 'seamless']).default('full'),
      /** Run on the person's computer before each start; a non-zero exit code blocks the start when `blockOnFailure`. */
      hostVerification: z
        .strictObject({ command: z.string().max(1024), blockOnFailure: z.boolean().default(true) })
        .nullable()
        .default(null),
    })
    .prefault({}),
  vm: z
    .strictObject({
      /** What Stop does in a persistent workspace. */
      stopAction: z.enum(['shutdown', 'snapshot']).default('shutdown'),
      vcpus: size(1, 64).default(1),
      /** Fixed memory, or a table from the host's memory to the guest's (MED-V "Performance"). */
      memory: z
        .union([
          z.strictObject({ fixedMiB: size(64, 1_048_576) }),
          z.strictObject({
            table: z
              .array(z.strictObject({ hostMiB: size(1, 16_777_216), vmMiB: size(64, 1_048_576) }))
              .min(1)
              .max(20),
          }),
        ])
        .default({ fixedMiB: 1024 }),
      dataDiskMiB: size(64, 1_048_576).default(4096),
      /** Seconds until a guest that does not answer counts as one that never boots. */
      bootTimeoutSeconds: size(10, 3600).default(300),
    })
    .prefault({}),
  lock: z
    .strictObject({ onHostSuspend: z.boolean().default(true), idleMinutes: size(0, 1440).default(0) })
    .prefault({}),
  update: z
    .strictObject({
      keepOnly: size(1, 100).default(2),
      mode: z.enum(['off', 'suggest', 'force']).default('suggest'),
      trimTransfer: z.boolean().default(true),
      hostFolders: z.array(z.string().startsWith('/').max(4096)).max(100).default([]),
      bandwidthKiBps: size(0, 100_000_000).default(0),
    })
    .prefault({}),
  network: z.strictObject({ mode: z.enum(['nat', 'none']).default('nat') }).prefault({}),
  applications: z
    .array(
      z.strictObject({
        enabled: z.boolean().default(true),
        displayName: z.string().min(1).max(100),
        description: z.string().max(500).default(''),
        commandLine: z.string().min(1).max(2048),
        startMenu: z.boolean().default(true),
      }),
    )
    .max(500)
    .default([]),
});
export type Policy = z.infer<typeof policySchema>;
export type PolicyInput = z.input<typeof policySchema>;

/** The policy of a workspace for which nobody has said anything. */
export const defaultPolicy: Policy = policySchema.parse({});

/** The guest's memory on a host with `hostMiB`: the fixed size, or the table's last row that the host reaches (else the first row). */
export function guestMemoryMiB(policy: Policy, hostMiB: number): number {
  if ('fixedMiB' in policy.vm.memory) return policy.vm.memory.fixedMiB;
  const rows = [...policy.vm.memory.table].sort((a, b) => a.hostMiB - b.hostMiB);
  return (rows.findLast((row) => row.hostMiB <= hostMiB) ?? rows[0]!).vmMiB;
}
