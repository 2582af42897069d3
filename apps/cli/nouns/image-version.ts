import { usageFailure } from '../failure/cli-failure.ts';

/** `name:version` as it was typed; null when nothing was. Throws a usage failure for anything else. */
export function imageOf(said: string | undefined): { readonly name: string; readonly version: number } | null {
  if (said === undefined) return null;
  const match = /^(.+):(\d+)$/.exec(said);
  if (!match) throw usageFailure(`${said} is no image with its version`, 'give NAME:VERSION, such as desk:7');
  return { name: match[1]!, version: Number(match[2]) };
}
