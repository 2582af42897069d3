/** Ends each line that is ours, so that exactly those are taken away again. */
const mark = '# by atelier-agent';

const sessionLine = (script: string) => `session optional pam_exec.so quiet ${script} ${mark}`;
const passwordLine = (script: string) => `auth sufficient pam_exec.so quiet expose_authtok ${script} ${mark}`;

const linesOf = (text: string): readonly string[] => text.replace(/\n$/, '').split('\n');
const textOf = (lines: readonly string[]): string => (lines.length === 0 ? '' : `${lines.join('\n')}\n`);

/** The rules of a PAM service without ours. */
export const withoutHooks = (text: string): string =>
  textOf(linesOf(text).filter((line) => !line.trimEnd().endsWith(mark)));

/**
 * The rules of a PAM service with ours: passwords are looked at before anything else, so that no other rule counts a single-use password as a wrong one;
 * sessions after everything else, when it is certain that they begin. Scripts: absolute paths, or null for none.
 */
export function withHooks(
  text: string,
  scripts: { readonly session: string | null; readonly password: string | null },
): string {
  const own = [...linesOf(withoutHooks(text))];
  const first = own.findIndex((line) => /^\s*(-?auth\s|@include\s)/.test(line));
  if (scripts.password !== null) own.splice(first < 0 ? own.length : first, 0, passwordLine(scripts.password));
  return textOf([...own, ...(scripts.session === null ? [] : [sessionLine(scripts.session)])]);
}

/** What of ours stands in the rules of a PAM service. */
export const hooksIn = (text: string): { readonly session: boolean; readonly password: boolean } => {
  const ours = linesOf(text).filter((line) => line.trimEnd().endsWith(mark));
  return {
    session: ours.some((line) => line.startsWith('session ')),
    password: ours.some((line) => line.startsWith('auth ')),
  };
};
