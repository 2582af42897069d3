import {
  type CommandOperation,
  type CreateShellOperation,
  expandStream,
  fault,
  packedLength,
  packStream,
  type RequestHeaders,
  receiveBudget,
  type ShellOperation,
  type ShellResponse,
  type ShellStream,
} from '@atelier/wsman';
import type { Audit } from '../audit.ts';
import type { SettingsStore } from '../config/settings-store.ts';
import { checkOptions } from '../dispatch/check-options.ts';
import { newId } from '../dispatch/enumerations.ts';
import { envelopeLimit } from '../dispatch/envelope-limit.ts';
import type { Operation } from '../dispatch/operation.ts';
import { type OpenCommand, type OpenShell, type OpenStreams, shellState } from './open-shell.ts';
import { readGuid, type ShellTable } from './shell-table.ts';

const knownOptions = [
  'WINRS_NOPROFILE',
  'WINRS_CODEPAGE',
  'WINRS_CONSOLEMODE_STDIN',
  'WINRS_SKIP_CMD_SHELL',
  'WSMAN_CMDSHELL_OPTION_KEEPALIVE',
  'protocolversion',
  'ATELIER_TERMINAL',
];

/** Answers the shell protocol (MS-WSMV 3.1.4.11–17) over the table of shells. */
export class ShellProtocol {
  readonly #shells: ShellTable;
  readonly #settings: SettingsStore;
  readonly #audit: Audit;

  constructor(shells: ShellTable, settings: SettingsStore, audit: Audit) {
    this.#shells = shells;
    this.#settings = settings;
    this.#audit = audit;
  }

  async answer(request: ShellOperation, headers: RequestHeaders, operation: Operation): Promise<ShellResponse> {
    checkOptions(headers.options, knownOptions);
    if (request.kind === 'create-shell') return this.#create(request, headers, operation);
    const one = this.#shells.find(headers.resource, operation.user);
    if (one.state === 'Disconnected' && request.kind !== 'reconnect' && request.kind !== 'connect')
      throw fault(request.kind === 'disconnect' ? 'disconnectNotValid' : 'shellDisconnected');
    one.active++;
    try {
      return await this.#onShell(request, one, headers, operation);
    } finally {
      one.active--;
      one.lastUsedAt = Date.now();
    }
  }

  async #create(request: CreateShellOperation, headers: RequestHeaders, operation: Operation): Promise<ShellResponse> {
    const one = await this.#shells.open(request, headers, operation, newId);
    const shell = await shellState(one, this.#settings.current.config.Winrs.IdleTimeout);
    const selectors = [{ name: 'ShellId', value: one.id }];
    return { kind: 'create-shell', reference: { address: headers.to, resourceUri: one.resourceUri, selectors }, shell };
  }

  async #onShell(
    request: Exclude<ShellOperation, CreateShellOperation>,
    one: OpenShell,
    headers: RequestHeaders,
    operation: Operation,
  ): Promise<ShellResponse> {
    switch (request.kind) {
      case 'command':
        return this.#command(request, one, operation);
      case 'send':
        for (const stream of request.streams) await this.#send(stream, one, operation);
        return { kind: 'send' };
      case 'receive':
        return this.#receive(streamsOf(one, request.commandId), request.streams, one, headers, operation);
      case 'signal':
        await this.#signal(one, request.commandId, signalOf(request.code));
        return { kind: 'signal' };
      case 'disconnect':
        if (!one.disconnectable) throw fault('shellNotDisconnectable');
        this.#disconnect(one, request.idleTimeout);
        return { kind: 'disconnect' };
      case 'reconnect':
      case 'connect':
        if (!one.disconnectable) throw fault('shellNotDisconnectable');
        if (one.state === 'Connected') throw fault('reconnectNotValid');
        // Another client would need what the first one and the program behind agreed upon.
        if (request.kind === 'connect' && one.own)
          throw fault('shellNotDisconnectable', {
            reason: 'only the client that made this shell can go on with it (Reconnect)',
          });
        one.state = 'Connected';
        one.connection = new AbortController();
        if (request.kind === 'reconnect') return { kind: 'reconnect' };
        return { kind: 'connect', shell: await shellState(one, this.#settings.current.config.Winrs.IdleTimeout) };
    }
  }

  /** From now on nobody reads: output stays with the program, which is held back once its buffer is full. */
  #disconnect(one: OpenShell, idleTimeout: number | null): void {
    const most = this.#settings.current.config.Winrs.IdleTimeout;
    if (idleTimeout !== null && (idleTimeout <= 0 || idleTimeout > most)) throw fault('idleTimeoutOutOfBounds');
    one.idleTimeout = idleTimeout ?? one.idleTimeout;
    one.state = 'Disconnected';
    one.connection.abort();
  }

  async #command(request: CommandOperation, one: OpenShell, operation: Operation): Promise<ShellResponse> {
    const id = request.commandId === null ? newId() : readGuid(request.commandId);
    if (id === null) throw fault('commandIdInvalid');
    if (one.commands.has(id)) throw fault('commandIdInUse');
    const { MaxProcessesPerShell } = this.#settings.current.config.Winrs;
    if (one.commands.size >= Math.min(MaxProcessesPerShell, 1000)) throw fault('commandsPerShellQuota');
    const command = await one.shell.command({ ...request, commandId: id }, operation);
    one.commands.set(id, { id, command, line: request.command, inputEnded: false, receiving: false, done: false });
    this.#audit({ kind: 'command', user: one.owner.name, shell: one.id, address: one.clientAddress });
    return { kind: 'command', commandId: id };
  }

  async #send(stream: ShellStream, one: OpenShell, operation: Operation): Promise<void> {
    const found = streamsOf(one, stream.commandId);
    if (!one.request.inputStreams.includes(stream.name))
      throw fault('invalidParameter', { reason: `the shell has no input stream "${stream.name}"` });
    if (found.inputEnded)
      throw fault('invalidParameter', { reason: 'the input of the command has been ended already' });
    const data = one.compressed ? expanded(stream.data) : stream.data;
    found.inputEnded = stream.end;
    await found.command.write(stream.name, data, stream.end, operation.signal);
  }

  async #receive(
    found: OpenStreams,
    streams: readonly string[],
    one: OpenShell,
    headers: RequestHeaders,
    operation: Operation,
  ): Promise<ShellResponse> {
    const unknown = streams.find((name) => !one.request.outputStreams.includes(name));
    if (unknown) throw fault('invalidParameter', { reason: `the shell has no output stream "${unknown}"` });
    if (found.receiving) throw fault('receiveInProgress');
    found.receiving = true;
    try {
      const most = receiveBudget(envelopeLimit(headers, this.#settings.current.config), headers.encoding);
      const budget = one.compressed ? most - (packedLength(most) - most) - packingOfStreams : most;
      const connection = one.connection.signal;
      const until = AbortSignal.any([operation.signal, connection]);
      const { outputs, exitCode } = await found.command.read(streams, budget, until);
      if (one.overQuota) throw fault('quotaLimit', { reason: one.overQuota });
      if (outputs.length === 0 && exitCode === null)
        throw fault(connection.aborted ? 'shellDisconnected' : 'operationTimedOut');
      const command = found.id === null ? undefined : one.commands.get(found.id);
      if (command && exitCode !== null) command.done = true;
      return {
        kind: 'receive',
        streams: outputs.map((each) => ({
          name: each.stream,
          commandId: found.id,
          data: one.compressed ? packStream(each.data) : each.data,
          end: each.end,
        })),
        commandId: found.id,
        state: exitCode === null ? 'Running' : 'Done',
        exitCode,
      };
    } finally {
      found.receiving = false;
    }
  }

  async #signal(one: OpenShell, commandId: string | null, code: string): Promise<void> {
    const found = commandOf(one, commandId);
    if (!/^(terminate|ctrl_c|ctrl_break|resize-\d{1,4}x\d{1,4})$/.test(code))
      throw fault('invalidParameter', { reason: `there is no signal "${code}"` });
    await found.command.signal(code);
    // PowerShell's clients end a pipeline that is done by ctrl_c, and send nothing more.
    if (code !== 'terminate' && !(one.own && found.done)) return;
    one.commands.delete(found.id);
    await found.command.close();
  }
}

/** Room for the headers of several streams' compressed blocks in one answer. */
const packingOfStreams = 64;
/** Bytes that one compressed piece of input may unpack to. */
const mostInput = 16 * 1024 * 1024;

function expanded(data: Uint8Array): Uint8Array {
  try {
    return expandStream(data, mostInput);
  } catch (cause) {
    throw fault(
      'invalidParameter',
      { reason: `the compressed input is not valid: ${(cause as Error).message}` },
      { cause },
    );
  }
}

/** The last part of a signal's URI. Clients write it in different cases; `crtl_c` is how PowerShell's protocol spells it (MS-PSRP 3.1.5.3.9). */
function signalOf(uri: string): string {
  const code = uri.slice(uri.lastIndexOf('/') + 1).toLowerCase();
  return code === 'crtl_c' ? 'ctrl_c' : code;
}

/** Those of a command, or the shell's own where it has some and no command is named. */
function streamsOf(one: OpenShell, commandId: string | null): OpenStreams {
  return commandId === null && one.own ? one.own : commandOf(one, commandId);
}

function commandOf(one: OpenShell, commandId: string | null): OpenCommand {
  const id = commandId === null ? null : readGuid(commandId);
  const found = id === null ? undefined : one.commands.get(id);
  if (!found) throw fault('unexpectedSelectors');
  return found;
}
