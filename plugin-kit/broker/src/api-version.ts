/**
 * Version of this interface, `major.minor`. A plug-in names the version that it was written for in its manifest: the broker runs it when the major
 * number is the same and its minor number is not above the broker's. A minor version only adds: 1.1 the `detail` of a task's status, and candidates that a
 * process keeps.
 */
export const apiVersion = '1.1';

/** Whether this broker can run a plug-in that was written for `wanted`. */
export function runsApiVersion(wanted: string): boolean {
  const parse = (text: string): readonly number[] => /^(\d{1,4})\.(\d{1,4})$/.exec(text)?.slice(1).map(Number) ?? [];
  const [major, minor] = parse(wanted);
  const [ourMajor, ourMinor] = parse(apiVersion);
  return major !== undefined && minor !== undefined && major === ourMajor && minor <= ourMinor!;
}
