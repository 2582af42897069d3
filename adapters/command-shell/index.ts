export { type CommandShellOptions, commandShell } from './command-shell.ts';
