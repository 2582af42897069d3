import { randomUUID } from 'node:crypto';
import { ns, readCommandId, readCreatedShell, type XmlElement } from '@atelier/wsman';
import type { CallOptions, WsmanCall } from '../wsman-call.ts';
import { RemoteCommand } from './remote-command.ts';

/** How a shell is opened. Times in milliseconds. */
export interface ShellOptions extends CallOptions {
  /** Default: the command shell. */
  readonly resourceUri?: string;
  readonly name?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly workingDirectory?: string;
  readonly idleTimeout?: number;
  readonly noProfile?: boolean;
  /** Default 65001, UTF-8. */
  readonly codePage?: number;
}

/** How a command is started. */
export interface CommandOptions extends CallOptions {
  /** Run the program itself, not through the host's command interpreter. */
  readonly skipShell?: boolean;
  /** Input comes from a pipe; true says that it is a console. */
  readonly consoleInput?: boolean;
  /** Ask for a pseudo-terminal of this size (Atelier's hosts). */
  readonly terminal?: { readonly columns: number; readonly rows: number };
}

/** What `run` takes besides. */
export interface RunOptions extends CommandOptions {
  readonly input?: Uint8Array | string;
  /** Bytes of output that are kept, of each stream; default 64 MiB. What goes beyond fails the run. */
  readonly mostOutput?: number;
}

/** What a command gave. */
export interface RunResult {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly exitCode: number;
}

const cmd = `${ns.shell}/cmd`;

async function gather(stream: AsyncIterable<Buffer>, most: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of stream) {
    size += piece.length;
    if (size > most) throw new RangeError(`the command writes more than ${most} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** An open shell. Close it at the end, or the host keeps it until its idle time. */
export class RemoteShell {
  readonly id: string;
  /** `rsp:Shell` as the host answered it. */
  readonly state: XmlElement | null;
  readonly #call: WsmanCall;
  readonly #resourceUri: string;
  readonly #inputChunk: number;

  constructor(call: WsmanCall, resourceUri: string, id: string, state: XmlElement | null, maxEnvelopeSize: number) {
    this.#call = call;
    this.#resourceUri = resourceUri;
    this.id = id;
    this.state = state;
    this.#inputChunk = Math.max(1024, Math.floor((Math.min(maxEnvelopeSize, 153_600) - 4096) / 4) * 3);
  }

  get #headers() {
    return { resource: { resourceUri: this.#resourceUri, selectors: [{ name: 'ShellId', value: this.id }] } };
  }

  /** Starts a command. Its output must be read, or it stands still. */
  async command(command: string, list: readonly string[] = [], options: CommandOptions = {}): Promise<RemoteCommand> {
    const answer = await this.#call.send(
      {
        kind: 'command',
        commandId: randomUUID().toUpperCase(),
        command,
        arguments: list,
        consoleInput: options.consoleInput ?? options.terminal !== undefined,
        skipShell: options.skipShell ?? false,
        terminal: options.terminal ?? null,
      },
      this.#headers,
      options,
    );
    return new RemoteCommand(this.#call, this.#headers, readCommandId(answer), this.#inputChunk, options);
  }

  /** Runs a command to its end. */
  async run(command: string, list: readonly string[] = [], options: RunOptions = {}): Promise<RunResult> {
    const running = await this.command(command, list, options);
    const most = options.mostOutput ?? 64 * 1024 * 1024;
    const stdout = gather(running.stdout, most);
    const stderr = gather(running.stderr, most);
    running.stdin.on('error', () => {});
    running.stdin.end(options.input ?? '');
    try {
      const [out, err, exitCode] = await Promise.all([stdout, stderr, running.exitCode]);
      return { stdout: out, stderr: err, exitCode };
    } catch (error) {
      await running.signal('terminate').catch(() => {});
      throw error;
    }
  }

  /** Lets go of the shell so that it can be taken up again; not every kind of shell can. */
  async disconnect(idleTimeout?: number, call: CallOptions = {}): Promise<void> {
    await this.#call.send(
      { kind: 'disconnect', idleTimeout: idleTimeout ?? null, bufferMode: null },
      this.#headers,
      call,
    );
  }

  async reconnect(call: CallOptions = {}): Promise<void> {
    await this.#call.send({ kind: 'reconnect' }, this.#headers, call);
  }

  /** Ends the shell and everything that was started in it. */
  async close(call: CallOptions = {}): Promise<void> {
    await this.#call.send({ kind: 'delete' }, this.#headers, { timeout: 20_000, ...call });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close().catch(() => {});
  }
}

/** Opens a shell over a session's connections. */
export async function openShell(call: WsmanCall, options: ShellOptions, maxEnvelopeSize: number): Promise<RemoteShell> {
  const resourceUri = options.resourceUri ?? cmd;
  const answer = await call.send(
    {
      kind: 'create-shell',
      shellId: null,
      name: options.name ?? null,
      inputStreams: ['stdin'],
      outputStreams: ['stdout', 'stderr'],
      environment: options.environment ?? {},
      workingDirectory: options.workingDirectory ?? null,
      lifetime: null,
      idleTimeout: options.idleTimeout ?? null,
      bufferMode: null,
      noProfile: options.noProfile ?? false,
      codePage: options.codePage ?? 65001,
      creationXml: null,
    },
    { resource: { resourceUri, selectors: [] } },
    options,
  );
  const { shellId, shell } = readCreatedShell(answer);
  return new RemoteShell(call, resourceUri, shellId, shell, maxEnvelopeSize);
}
