import { existsSync } from 'node:fs';
import type {
  CommandRequest,
  OperationContext,
  Shell,
  ShellCommand,
  ShellProvider,
  ShellRequest,
} from '@atelier/plugin-kit';
import { WsmanFault } from '@atelier/wsman';
import { accountOf } from './account.ts';
import { codePage } from './code-page.ts';
import { shellLine, splitArguments } from './command-line.ts';
import { powerShellCommand, powerShellMissing, pwshPlaces } from './powershell-command.ts';
import { treeUsage } from './process-tree.ts';
import { RunningCommand } from './shell-command.ts';
import { supervise } from './supervise.ts';
import { SupervisorPool } from './supervisor-pool.ts';
import { userEnvironment } from './user-environment.ts';

/** How commands are run on this machine. */
export interface CommandShellOptions {
  /** Whether `powershell -EncodedCommand …` is for PowerShell only, or is run by the user's shell when PowerShell is not installed. Default `powershell`. */
  readonly encodedCommands?: 'powershell' | 'shell';
}

/** The command shell (`…/windows/shell/cmd`): each command is a process of the user's, which does not outlive its shell or this process. */
export function commandShell({ encodedCommands = 'powershell' }: CommandShellOptions = {}): ShellProvider {
  const supervisors = new SupervisorPool();
  return {
    name: 'command-shell',
    resourceUri: 'http://schemas.microsoft.com/wbem/wsman/1/windows/shell/cmd',
    open: async (request, context) => openShell(request, context, { encodedCommands, supervisors }),
  };
}

function openShell(
  request: ShellRequest,
  context: OperationContext,
  {
    encodedCommands,
    supervisors,
  }: Required<CommandShellOptions> & {
    readonly supervisors: SupervisorPool;
  },
): Shell {
  const { account, change } = accountOf(context);
  const page = codePage(request.codePage);
  const commands = new Set<RunningCommand>();
  const environment = userEnvironment(context.user.name, account, request.environment);
  const folder = request.workingDirectory || account.home || '/';

  const argvOf = ({ command, arguments: rest, skipShell }: CommandRequest): readonly string[] => {
    if (skipShell) return splitArguments([command, ...rest].join(' '));
    const line = shellLine(command, rest, existsSync);
    const pwsh = pwshPlaces.find((path) => existsSync(path)) ?? null;
    const choice = powerShellCommand(line, pwsh, encodedCommands);
    const shell = account.shell || '/bin/sh';
    if (!choice) return [shell, '-c', line];
    if (choice.kind === 'program') return [shell, '-c', choice.line];
    if (choice.kind === 'script') return [shell, '-c', choice.script];
    return ['/bin/sh', '-c', 'printf "%s" "$0" >&2; exit 127', powerShellMissing];
  };

  supervisors.enter();
  let open = true;
  return {
    processId: null,
    command: async (one): Promise<ShellCommand> => {
      const argv = argvOf(one);
      if (argv.length === 0 || argv[0] === '')
        throw new WsmanFault({
          code: 'Sender',
          subcode: 'wsman:InvalidParameter',
          number: 87,
          reason: 'the command line is empty',
        });
      const program = {
        argv,
        environment: one.terminal ? { ...environment, TERM: environment.TERM ?? 'xterm-256color' } : environment,
        folder,
        account: change ? { uid: account.uid, gid: account.gid, groups: account.groups ?? [] } : null,
        terminal: one.terminal,
      };
      const supervised = await supervise(program, () => supervisors.take());
      const running = new RunningCommand(supervised, page, one.terminal !== null, request.outputStreams);
      commands.add(running);
      void supervised.exited.then(() => supervisors.ended());
      void supervised.gone.then(() => commands.delete(running));
      return running;
    },
    usage: () => treeUsage(Array.from(commands, (one) => one.processId)),
    close: async () => {
      if (open) supervisors.leave();
      open = false;
      await Promise.all(Array.from(commands, (one) => one.close()));
    },
  };
}
