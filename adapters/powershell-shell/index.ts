export { type PowerShellOptions, powerShell, powerShellProgram } from './powershell-shell.ts';
