import type { ClientTools } from './client-context.ts';

/**
 * Looks at the hosts of a user who has proved who they are while their client still opens its channels, which takes it the better part of a second: whether
 * one hangs is then known by the time of the decision. What fails here is found out there.
 */
export function anticipate({ parts, looks, admission, limits }: ClientTools, userId: string): void {
  if (admission().counts()['sign-in'] > limits.calmSignIns) return;
  parts.directory.liveTargets(userId).then(
    (targets) => {
      for (const target of targets) void looks.at(target);
    },
    () => {},
  );
}
