/** How many failures are free, and how waiting grows after that. */
interface Limit {
  readonly free: number;
  readonly longestSeconds: number;
}

/** Failures in the last hour since the last success, for one account. */
export const perUser: Limit = { free: 5, longestSeconds: 300 };
/** Failures in the last hour from one address, over all accounts; a success does not clear them. */
export const perAddress: Limit = { free: 30, longestSeconds: 900 };

/** Seconds that must lie between the last failure and the next attempt: 0 while failures are free, then 1, 2, 4 … */
export function waitSeconds(failures: number, { free, longestSeconds }: Limit): number {
  if (failures < free) return 0;
  return Math.min(2 ** Math.min(failures - free, 30), longestSeconds);
}

/** Seconds left to wait after `failures`, the last of them `secondsSince` ago. */
export const secondsLeft = (failures: number, secondsSince: number, limit: Limit): number =>
  Math.max(0, Math.ceil(waitSeconds(failures, limit) - secondsSince));
