import type { Invocation } from '../../command/invocation.ts';
import type { Argument, Option } from '../../command/verb.ts';
import { usageFailure } from '../../failure/cli-failure.ts';

export const imageArgument: Argument = { name: 'image', summary: 'the image’s name', completes: 'image' };
export const versionArgument: Argument = { name: 'version', summary: 'the version’s number' };

/** Image and version number of a command, as the API's parameters. */
export function versionOf(call: Invocation): { name: string; number: number } {
  const number = Number(call.args.version);
  if (!Number.isInteger(number) || number < 1)
    throw usageFailure(`"${call.args.version}" is not the number of a version`, 'see "atelier image show IMAGE"');
  return { name: call.args.image!, number };
}

export const notesOption: Option = { flags: '-n, --notes <text>', summary: 'what is new in this version' };
