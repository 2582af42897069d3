import { existsSync } from 'node:fs';
import { accountOf, pwshPlaces, supervise, treeUsage, userEnvironment } from '@atelier/adapters/command-shell';
import type { CommandRequest, OperationContext, Shell, ShellProvider, ShellRequest } from '@atelier/plugin-kit';
import { fault, readBase64 } from '@atelier/wsman';
import { Channel } from './channel.ts';
import { plainPacket, sessionId } from './packet.ts';
import { ServerProcess } from './server-process.ts';
import { within } from './within.ts';

/** How PowerShell is run on this machine. */
export interface PowerShellOptions {
  /** Program and arguments that speak the out-of-process protocol on their pipes. Default: `pwsh` in server mode, where it is installed. Null: not installed. */
  readonly program?: readonly string[] | null;
  /** How long a pipeline may take to stop before the whole session is killed, in milliseconds. Default 10,000. */
  readonly stopMs?: number;
}

/** How long a session that closes may take to say farewell. Milliseconds. */
const farewellMs = 2000;

/** PowerShell in server mode as it is installed here; null when it is not. */
export function powerShellProgram(): readonly string[] | null {
  const pwsh = pwshPlaces.find((path) => existsSync(path));
  return pwsh === undefined ? null : [pwsh, '-NoLogo', '-NoProfile', '-s'];
}

/**
 * PowerShell sessions (MS-PSRP over MS-WSMV): each is a `pwsh` of the user's in server mode. Fragments pass unread, but for the end of a pipeline.
 * Opening one throws DestinationUnreachable where PowerShell is not installed.
 */
export function powerShell(options: PowerShellOptions = {}): ShellProvider {
  return {
    name: 'powershell-shell',
    resourceUri: 'http://schemas.microsoft.com/powershell/Microsoft.PowerShell',
    namesBelow: true,
    disconnectable: true,
    open: async (request, context) => {
      const argv = options.program === undefined ? powerShellProgram() : options.program;
      if (!argv) throw fault('resourceNotFound');
      return openSession(argv, options.stopMs ?? 10_000, request, context);
    },
  };
}

/** Fragments that came in XML. Throws InvalidParameter when there are none. */
function fragments(base64: string | null | undefined, place: string): Uint8Array {
  const data = base64 ? readBase64(base64) : null;
  if (!data || data.length === 0) throw fault('invalidParameter', { reason: `${place} holds no PowerShell fragment` });
  return data;
}

async function openSession(
  argv: readonly string[],
  stopMs: number,
  request: ShellRequest,
  context: OperationContext,
): Promise<Shell> {
  const creation = fragments(request.creationXml, 'creationXml');
  const { account, change } = accountOf(context);
  const program = await supervise({
    argv,
    environment: userEnvironment(context.user.name, account, request.environment),
    folder: request.workingDirectory || account.home || '/',
    account: change ? { uid: account.uid, gid: account.gid, groups: account.groups ?? [] } : null,
    terminal: null,
  });
  const server = new ServerProcess(program);
  const session = new Channel(server, sessionId, stopMs);
  const pipelines = new Set<Channel>();

  const startPipeline = async ({ commandId, arguments: rest }: CommandRequest, signal: AbortSignal) => {
    const data = fragments(rest.join(''), 'the command');
    const pipeline = new Channel(server, commandId, stopMs);
    pipelines.add(pipeline);
    try {
      const started = server.request(plainPacket('Command', commandId), 'CommandAck', commandId);
      if (!(await within(started, signal))) throw fault('operationTimedOut');
      await pipeline.write('stdin', data, false, signal);
      return pipeline;
    } catch (error) {
      pipelines.delete(pipeline);
      await pipeline.close();
      throw error;
    }
  };

  try {
    await session.write('stdin', creation, false, context.signal);
    if (context.signal.aborted) throw fault('operationTimedOut');
  } catch (error) {
    await server.kill();
    throw error;
  }
  return {
    processId: program.pid,
    own: session,
    command: async (one, { signal }) => {
      const pipeline = await startPipeline(one, signal);
      return {
        read: (streams, most, until) => pipeline.read(streams, most, until),
        write: (stream, data, end, until) => pipeline.write(stream, data, end, until),
        signal: (code) => pipeline.signal(code),
        close: async () => {
          pipelines.delete(pipeline);
          await pipeline.close();
        },
      };
    },
    usage: () => treeUsage([server.processId]),
    close: async () => {
      // PowerShell answers a farewell only when no pipeline runs.
      if (pipelines.size === 0 && server.lost === null)
        await within(
          server.request(plainPacket('Close', sessionId), 'CloseAck', sessionId),
          AbortSignal.timeout(farewellMs),
        ).catch(() => false);
      await server.kill();
    },
  };
}
