import { flag, type Invocation } from '../command/invocation.ts';
import type { Option } from '../command/verb.ts';
import { usageFailure } from '../failure/cli-failure.ts';
import { askSecret, secretsFromInput } from '../terminal/ask.ts';

export const passwordOption: Option = {
  flags: '--password-stdin',
  summary: 'read the password from standard input instead of asking',
};

/** A new password: from standard input when told so, else asked twice without showing it. */
export async function newPassword(call: Invocation, question: string): Promise<string> {
  if (flag(call, 'passwordStdin')) return (await secretsFromInput(call.terminal, 1))[0]!;
  const otherwise = 'nobody can be asked here: pipe the password in and add --password-stdin';
  const first = await askSecret(call.terminal, question, otherwise);
  const second = await askSecret(call.terminal, 'once more', otherwise);
  if (first !== second) throw usageFailure('the two passwords differ');
  return first;
}
