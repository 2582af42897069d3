export { accountOf } from './account.ts';
export { type CommandShellOptions, commandShell } from './command-shell.ts';
export { pwshPlaces } from './powershell-command.ts';
export { treeUsage } from './process-tree.ts';
export { type Supervised, supervise } from './supervise.ts';
export { userEnvironment } from './user-environment.ts';
