import { Buffer } from 'node:buffer';
import { formatDuration } from './duration.ts';
import { ns } from './namespaces.ts';
import type { Operation } from './request.ts';
import type { Option } from './resource-reference.ts';
import type { CommandOperation, CreateShellOperation, ShellStream } from './shell-operation.ts';
import { simple } from './write-envelope.ts';
import type { WrittenOperation } from './write-operation.ts';
import { escapeXml } from './write-xml.ts';

const option = (name: string, value: string): Option => ({ name, value, mustComply: false });
const flag = (value: boolean): string => (value ? 'TRUE' : 'FALSE');
const optional = (tag: string, value: string | null): string => (value === null ? '' : simple(tag, value));
const duration = (tag: string, value: number | null): string =>
  value === null ? '' : simple(tag, formatDuration(value));
const id = (value: string | null): string => (value === null ? '' : ` CommandId="${escapeXml(value)}"`);

function createShell(one: CreateShellOperation): WrittenOperation {
  const variables = Object.entries(one.environment).map(
    ([name, value]) => `<rsp:Variable Name="${escapeXml(name)}">${escapeXml(value)}</rsp:Variable>`,
  );
  const shellId = one.shellId === null ? '' : ` ShellId="${escapeXml(one.shellId)}"`;
  const name = one.name === null ? '' : ` Name="${escapeXml(one.name)}"`;
  const content = [
    variables.length === 0 ? '' : `<rsp:Environment>${variables.join('')}</rsp:Environment>`,
    optional('rsp:WorkingDirectory', one.workingDirectory),
    duration('rsp:Lifetime', one.lifetime),
    duration('rsp:IdleTimeOut', one.idleTimeout),
    optional('rsp:BufferMode', one.bufferMode),
    simple('rsp:InputStreams', one.inputStreams.join(' ')),
    simple('rsp:OutputStreams', one.outputStreams.join(' ')),
    one.creationXml === null ? '' : `<creationXml xmlns="${ns.powershell}">${escapeXml(one.creationXml)}</creationXml>`,
  ].join('');
  return {
    body: `<rsp:Shell${shellId}${name}>${content}</rsp:Shell>`,
    options:
      one.creationXml === null
        ? [option('WINRS_NOPROFILE', flag(one.noProfile)), option('WINRS_CODEPAGE', String(one.codePage))]
        : [],
  };
}

function command(one: CommandOperation): WrittenOperation {
  const list = one.arguments.map((each) => simple('rsp:Arguments', each)).join('');
  const options = [
    option('WINRS_CONSOLEMODE_STDIN', flag(one.consoleInput)),
    option('WINRS_SKIP_CMD_SHELL', flag(one.skipShell)),
  ];
  if (one.terminal) options.push(option('ATELIER_TERMINAL', `${one.terminal.columns}x${one.terminal.rows}`));
  return {
    body: `<rsp:CommandLine${id(one.commandId)}>${simple('rsp:Command', one.command)}${list}</rsp:CommandLine>`,
    options,
  };
}

function stream(one: ShellStream): string {
  const bytes = Buffer.from(one.data.buffer, one.data.byteOffset, one.data.byteLength);
  return `<rsp:Stream Name="${escapeXml(one.name)}"${id(one.commandId)}${one.end ? ' End="true"' : ''}>${bytes.toString('base64')}</rsp:Stream>`;
}

const plain = (body: string): WrittenOperation => ({ body, options: [] });

/** Body and options of an operation of the shell protocol; null for others. */
export function writeShellOperation(operation: Operation): WrittenOperation | null {
  switch (operation.kind) {
    case 'create-shell':
      return createShell(operation);
    case 'command':
      return command(operation);
    case 'send':
      return plain(`<rsp:Send>${operation.streams.map(stream).join('')}</rsp:Send>`);
    case 'receive':
      return {
        body: `<rsp:Receive><rsp:DesiredStream${id(operation.commandId)}>${escapeXml(operation.streams.join(' '))}</rsp:DesiredStream></rsp:Receive>`,
        options: operation.keepAlive ? [option('WSMAN_CMDSHELL_OPTION_KEEPALIVE', 'TRUE')] : [],
      };
    case 'signal':
      return plain(`<rsp:Signal${id(operation.commandId)}>${simple('rsp:Code', operation.code)}</rsp:Signal>`);
    case 'disconnect':
      return plain(
        `<rsp:Disconnect>${duration('rsp:IdleTimeOut', operation.idleTimeout)}${optional('rsp:BufferMode', operation.bufferMode)}</rsp:Disconnect>`,
      );
    case 'reconnect':
      return plain('<rsp:Reconnect/>');
    case 'connect': {
      const xml =
        operation.connectXml === null
          ? ''
          : `<connectXml xmlns="${ns.powershell}">${escapeXml(operation.connectXml)}</connectXml>`;
      return plain(`<rsp:Connect>${optional('rsp:BufferMode', operation.bufferMode)}${xml}</rsp:Connect>`);
    }
    default:
      return null;
  }
}
