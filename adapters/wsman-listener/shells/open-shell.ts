import type { OperationUser, Shell, ShellCommand } from '@atelier/plugin-kit';
import type { CreateShellOperation, ShellState } from '@atelier/wsman';

/** Streams and what the protocol has to know of them. */
export interface OpenStreams {
  /** Null for the shell's own. */
  readonly id: string | null;
  readonly command: Pick<ShellCommand, 'read' | 'write'>;
  inputEnded: boolean;
  receiving: boolean;
}

/** A command and what the protocol has to know of it. */
export interface OpenCommand extends OpenStreams {
  readonly id: string;
  readonly command: ShellCommand;
  readonly line: string;
  /** Its client knows that it ended. */
  done: boolean;
}

/** A shell and what the protocol has to know of it. Times in milliseconds since 1970. */
export interface OpenShell {
  readonly id: string;
  readonly resourceUri: string;
  readonly owner: OperationUser;
  readonly clientAddress: string;
  readonly request: CreateShellOperation;
  readonly shell: Shell;
  /** Milliseconds; a client that disconnects may choose another. */
  idleTimeout: number;
  readonly locale: string;
  readonly createdAt: number;
  readonly disconnectable: boolean;
  /** What travels on its streams is compressed. */
  readonly compressed: boolean;
  readonly commands: Map<string, OpenCommand>;
  /** Null for shells that have no streams of their own. */
  readonly own: OpenStreams | null;
  lastUsedAt: number;
  /** Requests that are at it now: it is not idle. */
  active: number;
  state: 'Connected' | 'Disconnected';
  /** Aborts when the client disconnects: what waits for output waits no longer. */
  connection: AbortController;
  /** Ended because it took more than it may: what the client is told. */
  overQuota: string | null;
}

/** How clients see a shell. */
export async function shellState(one: OpenShell, maxIdleTimeout: number): Promise<ShellState> {
  const now = Date.now();
  const { memory, processes } = await one.shell.usage().catch(() => ({ memory: 0, processes: 0 }));
  return {
    shellId: one.id,
    name: one.request.name,
    resourceUri: one.resourceUri,
    owner: one.owner.name,
    clientIp: one.clientAddress,
    processId: one.shell.processId,
    inputStreams: one.request.inputStreams,
    outputStreams: one.request.outputStreams,
    workingDirectory: one.request.workingDirectory,
    environment: one.request.environment,
    idleTimeout: one.idleTimeout,
    maxIdleTimeout,
    lifetime: one.request.lifetime,
    locale: one.locale,
    dataLocale: one.locale,
    state: one.state,
    bufferMode: one.request.bufferMode ?? 'Block',
    compressed: one.compressed,
    profileLoaded: !one.request.noProfile,
    runTime: now - one.createdAt,
    inactivity: one.active > 0 ? 0 : now - one.lastUsedAt,
    memoryUsed: memory,
    childProcesses: processes,
  };
}
