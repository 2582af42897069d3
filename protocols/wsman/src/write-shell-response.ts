import { Buffer } from 'node:buffer';
import { formatDuration, formatRunTime } from './duration.ts';
import { endpointReference } from './endpoint-reference.ts';
import { ns } from './namespaces.ts';
import type { CommandStateName, ShellResponse, ShellState, WsmanResponse } from './response.ts';
import type { ShellStream } from './shell-operation.ts';
import { envelopeFrame, inFrame, simple } from './write-envelope.ts';
import { escapeXml } from './write-xml.ts';

/** Envelopes of the shell protocol. */
export const shellFrame = envelopeFrame(ns.transfer, ns.shell);

const optional = (tag: string, value: string | number | null): string =>
  value === null ? '' : simple(tag, String(value));

/** Content of `rsp:Shell`, in Windows' order (MS-WSMV 2.2.4.37). */
function shellContent(shell: ShellState): string {
  const variables = Object.entries(shell.environment).map(
    ([name, value]) => `<rsp:Variable Name="${escapeXml(name)}">${escapeXml(value)}</rsp:Variable>`,
  );
  return [
    simple('rsp:ShellId', shell.shellId),
    optional('rsp:Name', shell.name),
    simple('rsp:ResourceUri', shell.resourceUri),
    simple('rsp:Owner', shell.owner),
    simple('rsp:ClientIP', shell.clientIp),
    optional('rsp:ProcessId', shell.processId),
    optional('rsp:Lifetime', shell.lifetime === null ? null : formatDuration(shell.lifetime)),
    simple('rsp:IdleTimeOut', formatDuration(shell.idleTimeout)),
    simple('rsp:InputStreams', shell.inputStreams.join(' ')),
    simple('rsp:OutputStreams', shell.outputStreams.join(' ')),
    variables.length === 0 ? '' : `<rsp:Environment>${variables.join('')}</rsp:Environment>`,
    optional('rsp:WorkingDirectory', shell.workingDirectory),
    simple('rsp:MaxIdleTimeOut', formatDuration(shell.maxIdleTimeout)),
    simple('rsp:Locale', shell.locale),
    simple('rsp:DataLocale', shell.dataLocale),
    simple('rsp:CompressionMode', shell.compressed ? 'XpressCompression' : 'NoCompression'),
    simple('rsp:ProfileLoaded', shell.profileLoaded ? 'Yes' : 'No'),
    simple('rsp:Encoding', 'UTF8'),
    simple('rsp:BufferMode', shell.bufferMode),
    simple('rsp:State', shell.state),
    simple('rsp:ShellRunTime', formatRunTime(shell.runTime)),
    simple('rsp:ShellInactivity', formatRunTime(shell.inactivity)),
    simple('rsp:MemoryUsed', `${Math.ceil(shell.memoryUsed / (1024 * 1024))}MB`),
    simple('rsp:ChildProcesses', String(shell.childProcesses)),
  ].join('');
}

/** A shell as an item of its own, for Get and Enumerate of shells. */
export const writeShell = (shell: ShellState): { readonly raw: string } => ({
  raw: `<rsp:Shell xmlns:rsp="${ns.shell}" ShellId="${escapeXml(shell.shellId)}">${shellContent(shell)}</rsp:Shell>`,
});

const stateUri = (state: CommandStateName): string => `${ns.shell}/CommandState/${state}`;

function streamXml(stream: ShellStream): string {
  const bytes = Buffer.from(stream.data.buffer, stream.data.byteOffset, stream.data.byteLength);
  const id = stream.commandId === null ? '' : ` CommandId="${escapeXml(stream.commandId)}"`;
  return `<rsp:Stream Name="${escapeXml(stream.name)}"${id}${stream.end ? ' End="true"' : ''}>${bytes.toString('base64')}</rsp:Stream>`;
}

const kinds: ReadonlySet<WsmanResponse['kind']> = new Set<ShellResponse['kind']>([
  'create-shell',
  'command',
  'send',
  'receive',
  'signal',
  'disconnect',
  'reconnect',
  'connect',
]);

export const isShellResponse = (response: WsmanResponse): response is ShellResponse => kinds.has(response.kind);

function receiveBody(response: Extract<ShellResponse, { kind: 'receive' }>): string {
  // A shell's own streams have no command whose state could be told.
  if (response.commandId === null)
    return `<rsp:ReceiveResponse>${response.streams.map(streamXml).join('')}</rsp:ReceiveResponse>`;
  const state = stateUri(response.state);
  const id = ` CommandId="${escapeXml(response.commandId)}"`;
  const exit = response.exitCode === null ? '' : simple('rsp:ExitCode', String(response.exitCode));
  const end =
    exit === ''
      ? `<rsp:CommandState${id} State="${state}"/>`
      : `<rsp:CommandState${id} State="${state}">${exit}</rsp:CommandState>`;
  return `<rsp:ReceiveResponse>${response.streams.map(streamXml).join('')}${end}</rsp:ReceiveResponse>`;
}

/** Body of an answer of the shell protocol. */
export function writeShellBody(response: ShellResponse): string {
  switch (response.kind) {
    case 'create-shell': {
      const created = inFrame(shellFrame, endpointReference(response.reference, ns.transfer, 'ResourceCreated'));
      return `${created}<rsp:Shell>${shellContent(response.shell)}</rsp:Shell>`;
    }
    case 'command':
      return `<rsp:CommandResponse>${simple('rsp:CommandId', response.commandId)}</rsp:CommandResponse>`;
    case 'send':
      return '<rsp:SendResponse/>';
    case 'receive':
      return receiveBody(response);
    case 'signal':
      return '<rsp:SignalResponse/>';
    case 'disconnect':
    case 'reconnect':
      return '';
    case 'connect': {
      const xml =
        response.connectXml === undefined
          ? ''
          : `<pwsh:connectResponseXml xmlns:pwsh="${ns.powershell}">${escapeXml(response.connectXml)}</pwsh:connectResponseXml>`;
      return `<rsp:ConnectResponse>${xml === '' ? `<rsp:Shell>${shellContent(response.shell)}</rsp:Shell>` : xml}</rsp:ConnectResponse>`;
    }
  }
}

/** Bytes of output that fit a receive response of `maxEnvelopeSize`, for base64 and the encoding of the text. */
export function receiveBudget(maxEnvelopeSize: number, encoding: 'utf-8' | 'utf-16'): number {
  const characters = Math.floor(maxEnvelopeSize / (encoding === 'utf-16' ? 2 : 1)) - 2560;
  return Math.max(1024, Math.floor(characters / 4) * 3);
}
