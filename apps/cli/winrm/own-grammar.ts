/** Carries out `winrm …` and `winrs …`, whose grammar is Windows' own; gives the exit code, null for every other command. */
export async function runOwnGrammar(args: readonly string[]): Promise<number | null> {
  const [name, ...rest] = args;
  if (name === 'winrm') return (await import('./run-winrm.ts')).runWinrm(rest);
  if (name === 'winrs') return (await import('./run-winrs.ts')).runWinrs(rest);
  return null;
}
