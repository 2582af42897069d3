import type { ResourceReference } from '@atelier/wsman';
import type { OperationContext } from './operation-context.ts';

/** What Create of a shell asks for (MS-WSMV 2.2.4.37). */
export interface ShellRequest extends ResourceReference {
  /** A GUID in upper case. */
  readonly shellId: string;
  readonly name: string | null;
  readonly inputStreams: readonly string[];
  readonly outputStreams: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string | null;
  /** Windows code page that the streams are in; 65001 is UTF-8. */
  readonly codePage: number;
  /** First fragments of a PowerShell session (MS-PSRP 3.1.5.3.1) in base64; absent or null for other shells. */
  readonly creationXml?: string | null;
}

/** A command line as it came. */
export interface CommandRequest {
  readonly commandId: string;
  readonly command: string;
  readonly arguments: readonly string[];
  /** Run the program itself, not through the shell (WINRS_SKIP_CMD_SHELL). */
  readonly skipShell: boolean;
  /** Input is a console, not a pipe (WINRS_CONSOLEMODE_STDIN). */
  readonly consoleInput: boolean;
  /** Size of the pseudo-terminal that the client asks for, null for pipes. */
  readonly terminal: { readonly columns: number; readonly rows: number } | null;
}

/** A piece of output, or the end of a stream. */
export interface ShellOutput {
  readonly stream: string;
  readonly data: Uint8Array;
  readonly end: boolean;
}

/** One running command. Its output is drawn by `read`: a command whose client does not read is held back by its own pipe. */
export interface ShellCommand {
  /** Output as soon as there is any, at most `maxBytes`; waits until `signal` aborts (then gives nothing). `exitCode` is present once everything was read. */
  read(
    streams: readonly string[],
    maxBytes: number,
    signal: AbortSignal,
  ): Promise<{
    readonly outputs: readonly ShellOutput[];
    readonly exitCode: number | null;
  }>;
  /** Resolves when the command took the bytes (back-pressure). */
  write(stream: string, data: Uint8Array, end: boolean, signal: AbortSignal): Promise<void>;
  /** `code` is the last part of the signal's URI: `terminate`, `ctrl_c`, `ctrl_break`; ours adds `resize-132x43` (columns, rows). */
  signal(code: string): Promise<void>;
  /** Ends everything that the command started. */
  close(): Promise<void>;
}

/** One open shell. */
export interface Shell {
  readonly processId: number | null;
  /** Streams of the shell itself, for Send and Receive that name no command (PowerShell). They close with the shell. */
  readonly own?: Pick<ShellCommand, 'read' | 'write'>;
  command(request: CommandRequest, context: OperationContext): Promise<ShellCommand>;
  /** Memory in bytes and number of processes now, for Get and for quotas. */
  usage(): Promise<{ readonly memory: number; readonly processes: number }>;
  close(): Promise<void>;
}

/** Opens shells of one kind, e.g. the command shell. The listener keeps identity, quotas, idle times and the protocol. */
export interface ShellProvider {
  readonly name: string;
  readonly resourceUri: string;
  /** It also answers for longer URIs that begin so, e.g. `….Workflow`. */
  readonly namesBelow?: boolean;
  /** Its shells may be disconnected and connected again (MS-WSMV 3.1.4.14–17); the command shell's may not. */
  readonly disconnectable?: boolean;
  open(request: ShellRequest, context: OperationContext): Promise<Shell>;
}
