/** Bytes of one stream, or its end. */
export interface ShellStream {
  readonly name: string;
  /** Null for a stream of the shell itself (PowerShell). */
  readonly commandId: string | null;
  readonly data: Uint8Array;
  readonly end: boolean;
}

/** Create of a shell (MS-WSMV 2.2.4.37). Times in milliseconds. */
export interface CreateShellOperation {
  readonly kind: 'create-shell';
  /** The id that the client proposes. */
  readonly shellId: string | null;
  readonly name: string | null;
  readonly inputStreams: readonly string[];
  readonly outputStreams: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string | null;
  readonly lifetime: number | null;
  readonly idleTimeout: number | null;
  readonly bufferMode: 'Block' | 'Drop' | null;
  readonly noProfile: boolean;
  /** Windows code page of the streams; 65001 (UTF-8) when the client names none. */
  readonly codePage: number;
  /** First fragment of a PowerShell session (MS-PSRP 3.1.5.3.1), still in base64. */
  readonly creationXml: string | null;
}

/** Command (MS-WSMV 3.1.4.11). */
export interface CommandOperation {
  readonly kind: 'command';
  readonly commandId: string | null;
  readonly command: string;
  readonly arguments: readonly string[];
  readonly consoleInput: boolean;
  readonly skipShell: boolean;
  /** Ours: option `ATELIER_TERMINAL`, e.g. `80x24`, asks for a pseudo-terminal. */
  readonly terminal: { readonly columns: number; readonly rows: number } | null;
}

/** The shell protocol; the selector `ShellId` names the shell. */
export type ShellOperation =
  | CreateShellOperation
  | CommandOperation
  | { readonly kind: 'send'; readonly streams: readonly ShellStream[] }
  | {
      readonly kind: 'receive';
      readonly commandId: string | null;
      readonly streams: readonly string[];
      readonly keepAlive: boolean;
    }
  /** `code` is the whole URI. */
  | { readonly kind: 'signal'; readonly commandId: string | null; readonly code: string }
  | {
      readonly kind: 'disconnect';
      readonly idleTimeout: number | null;
      readonly bufferMode: 'Block' | 'Drop' | null;
    }
  | { readonly kind: 'reconnect' }
  /** `connectXml` is PowerShell's, in base64. */
  | { readonly kind: 'connect'; readonly bufferMode: 'Block' | 'Drop' | null; readonly connectXml: string | null };
