import type { InstanceRecord } from '../instances/instance-record.ts';

/**
 * Which versions of an image stay on this computer: those that instances use or are about to, what is being fetched,
 * and of the others the newest `keepOnly` that any of the instances' policies asks for.
 *
 * @param local versions that are there, in any order
 * @param instances all instances of the image
 */
export function versionsToKeep(local: readonly number[], instances: readonly InstanceRecord[]): Set<number> {
  const keep = new Set<number>();
  for (const { version, staged, transfer } of instances)
    for (const used of [version, staged, transfer?.version]) if (typeof used === 'number') keep.add(used);
  for (const { version, staged, granted, machine } of instances) {
    if (machine === 'none' && version === null && staged === null) continue;
    const old = local.filter((one) => one !== version && one !== staged).sort((a, b) => b - a);
    for (const one of old.slice(0, granted.policy.update.keepOnly)) keep.add(one);
  }
  return keep;
}
