import { splitArguments } from './command-line.ts';

/** Where PowerShell's packages put it. */
export const pwshPlaces = [
  '/usr/bin/pwsh',
  '/usr/local/bin/pwsh',
  '/opt/microsoft/powershell/7/pwsh',
  '/snap/bin/pwsh',
];

/** What to do with `powershell …`, which clients of Windows send: run PowerShell, run an encoded script with the user's own shell, or say that it is missing. */
export type PowerShellChoice =
  | { readonly kind: 'program'; readonly line: string }
  | { readonly kind: 'script'; readonly script: string }
  | { readonly kind: 'missing' };

const call = /^\s*"?(?:[^"\s]*[\\/])?powershell(?:\.exe)?"?(?=\s|$)/i;

/** Text of `-EncodedCommand`: UTF-16LE in base64. Null when the line has none. */
function encodedScript(line: string): string | null {
  const words = splitArguments(line);
  const at = words.findIndex((one) => /^[-/]e(c|n(c(o(d(e(d(c(o(m(m(a(n(d)?)?)?)?)?)?)?)?)?)?)?)?)?$/i.test(one));
  const text = at < 0 ? undefined : words[at + 1];
  return text ? Buffer.from(text, 'base64').toString('utf16le') : null;
}

/** Null when the line does not call PowerShell. `pwsh` is where the program is, null when it is not installed. */
export function powerShellCommand(
  line: string,
  pwsh: string | null,
  encodedCommands: 'powershell' | 'shell',
): PowerShellChoice | null {
  if (!call.test(line)) return null;
  if (pwsh) return { kind: 'program', line: line.replace(call, () => pwsh).replace(/\s-ExecutionPolicy\s+\w+/i, '') };
  const script = encodedCommands === 'shell' ? encodedScript(line) : null;
  return script === null ? { kind: 'missing' } : { kind: 'script', script };
}

/** What a person sees who calls a PowerShell that is not there; the exit code is 127. */
export const powerShellMissing =
  "'powershell' is not recognized as an internal or external command,\noperable program or batch file.\n" +
  'This is a Linux machine without PowerShell: install pwsh, or send a command of the system\n';
