import { Buffer } from 'node:buffer';
import { actions } from './actions.ts';
import { fault } from './fault-table.ts';
import { ns } from './namespaces.ts';
import { readBoolean } from './read-headers.ts';
import { readDuration } from './read-number.ts';
import type { RequestHeaders } from './request-headers.ts';
import type { CommandOperation, CreateShellOperation, ShellOperation, ShellStream } from './shell-operation.ts';
import type { XmlElement } from './xml-element.ts';
import { attribute, child, childrenOf, textOf, trimmedText } from './xml-node.ts';

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Most variables, arguments, streams of one message. */
const most = 1024;

function option(headers: RequestHeaders, name: string): string | null {
  return headers.options.find((one) => one.name.toLowerCase() === name.toLowerCase())?.value.trim() ?? null;
}

function flag(headers: RequestHeaders, name: string): boolean {
  const value = option(headers, name);
  if (value === null) return false;
  const read = readBoolean(value);
  if (read === null) throw fault('optionsInvalidValue', { reason: `the option ${name} is neither true nor false` });
  return read;
}

const words = (node: XmlElement | null): readonly string[] =>
  node
    ? trimmedText(node)
        .split(/\s+/)
        .filter((one) => one !== '')
    : [];
const text = (node: XmlElement | null): string | null => (node ? textOf(node) : null);

/** A GUID that the client proposes, in upper case. */
function proposedId(value: string | null): string | null {
  if (value === null) return null;
  if (!guid.test(value.trim())) throw fault('commandIdInvalid');
  return value.trim().toUpperCase();
}

function environment(node: XmlElement | null): Readonly<Record<string, string>> {
  const found: Record<string, string> = Object.create(null);
  const all = node ? childrenOf(node, ns.shell, 'Variable') : [];
  if (all.length > most) throw fault('encodingLimit', { reason: 'there are too many variables' });
  for (const one of all) {
    const name = attribute(one, '', 'Name');
    if (!name || /[=\0]/.test(name))
      throw fault('invalidParameter', { reason: 'a variable has no name that it can have' });
    found[name] = textOf(one);
  }
  return found;
}

function bufferMode(node: XmlElement | null): 'Block' | 'Drop' | null {
  if (!node) return null;
  const mode = trimmedText(node);
  if (mode !== 'Block' && mode !== 'Drop')
    throw fault('invalidParameter', { reason: 'BufferMode is neither Block nor Drop' });
  return mode;
}

function codePage(headers: RequestHeaders): number {
  const value = option(headers, 'WINRS_CODEPAGE');
  if (value === null) return 65001;
  if (!/^\d{1,5}$/.test(value))
    throw fault('optionsInvalidValue', { reason: 'the option WINRS_CODEPAGE is no code page' });
  return Number(value);
}

function readShell(headers: RequestHeaders, node: XmlElement): CreateShellOperation {
  const of = (name: string) => child(node, ns.shell, name);
  const creation = child(node, ns.powershell, 'creationXml');
  return {
    kind: 'create-shell',
    shellId: proposedId(attribute(node, '', 'ShellId')),
    name: attribute(node, '', 'Name') ?? text(of('Name')),
    inputStreams: words(of('InputStreams')),
    outputStreams: words(of('OutputStreams')),
    environment: environment(of('Environment')),
    workingDirectory: text(of('WorkingDirectory')),
    lifetime: readDuration(of('Lifetime') ?? of('LifeTime')),
    idleTimeout: readDuration(of('IdleTimeOut') ?? of('IdleTimeout')),
    bufferMode: bufferMode(of('BufferMode')),
    noProfile: flag(headers, 'WINRS_NOPROFILE'),
    codePage: codePage(headers),
    creationXml: creation ? trimmedText(creation) : null,
  };
}

function terminal(headers: RequestHeaders): CommandOperation['terminal'] {
  const value = option(headers, 'ATELIER_TERMINAL');
  if (value === null) return null;
  const found = /^(\d{1,4})x(\d{1,4})$/.exec(value);
  if (!found || found[1] === '0' || found[2] === '0')
    throw fault('optionsInvalidValue', { reason: 'the option ATELIER_TERMINAL is no size' });
  return { columns: Number(found[1]), rows: Number(found[2]) };
}

function readCommand(headers: RequestHeaders, node: XmlElement): CommandOperation {
  const command = child(node, ns.shell, 'Command');
  if (!command) throw fault('invalidParameter', { reason: 'there is no command' });
  const list = childrenOf(node, ns.shell, 'Arguments').map(textOf);
  if (list.length > most) throw fault('encodingLimit', { reason: 'there are too many arguments' });
  return {
    kind: 'command',
    commandId: proposedId(attribute(node, '', 'CommandId')),
    command: textOf(command),
    arguments: list,
    consoleInput: flag(headers, 'WINRS_CONSOLEMODE_STDIN'),
    skipShell: flag(headers, 'WINRS_SKIP_CMD_SHELL'),
    terminal: terminal(headers),
  };
}

/** An id in the form that we give out, so that one in lower case is found too. */
const givenId = (value: string | null): string | null => (value === null ? null : value.trim().toUpperCase());

/** Bytes of base64 that may be folded by white space. Throws InvalidParameter for anything else. */
export function readBase64(value: string): Uint8Array {
  const dense = /\s/.test(value) ? value.replace(/\s+/g, '') : value;
  if (dense.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(dense))
    throw fault('invalidParameter', { reason: 'a stream is no base64' });
  return Buffer.from(dense, 'base64');
}

function readStream(node: XmlElement): ShellStream {
  const end = attribute(node, '', 'End') ?? attribute(node, '', 'end');
  return {
    name: (attribute(node, '', 'Name') ?? '').trim(),
    commandId: givenId(attribute(node, '', 'CommandId')),
    data: readBase64(textOf(node)),
    end: end !== null && readBoolean(end) === true,
  };
}

function readReceive(headers: RequestHeaders, node: XmlElement): ShellOperation {
  const desired = child(node, ns.shell, 'DesiredStream');
  return {
    kind: 'receive',
    commandId: givenId(desired && attribute(desired, '', 'CommandId')),
    streams: words(desired),
    keepAlive: flag(headers, 'WSMAN_CMDSHELL_OPTION_KEEPALIVE'),
  };
}

/** Reads the shell protocol (MS-WSMV 3.1.4.10 to 3.1.4.17); null for other actions. */
export function readShellOperation(headers: RequestHeaders, content: XmlElement | null): ShellOperation | null {
  const named = (name: string): XmlElement => {
    if (content?.ns !== ns.shell || content.name !== name)
      throw fault('schemaValidationError', { reason: `the body holds no ${name} of the shell protocol` });
    return content;
  };
  switch (headers.action) {
    case actions.create:
      return readShell(headers, named('Shell'));
    case actions.command:
      return readCommand(headers, named('CommandLine'));
    case actions.send: {
      const streams = childrenOf(named('Send'), ns.shell, 'Stream').map(readStream);
      if (streams.length === 0) throw fault('invalidParameter', { reason: 'there is no stream' });
      return { kind: 'send', streams };
    }
    case actions.receive:
      return readReceive(headers, named('Receive'));
    case actions.signal: {
      const node = named('Signal');
      const code = child(node, ns.shell, 'Code');
      if (!code) throw fault('invalidParameter', { reason: 'there is no signal' });
      return { kind: 'signal', commandId: givenId(attribute(node, '', 'CommandId')), code: trimmedText(code) };
    }
    case actions.disconnect: {
      const node = named('Disconnect');
      const idle = child(node, ns.shell, 'IdleTimeOut') ?? child(node, ns.shell, 'IdleTimeout');
      const mode = bufferMode(child(node, ns.shell, 'BufferMode'));
      return { kind: 'disconnect', idleTimeout: readDuration(idle), bufferMode: mode };
    }
    case actions.reconnect:
      return { kind: 'reconnect' };
    case actions.connect: {
      const node = named('Connect');
      const xml = child(node, ns.powershell, 'connectXml');
      const mode = bufferMode(child(node, ns.shell, 'BufferMode'));
      return { kind: 'connect', bufferMode: mode, connectXml: xml ? trimmedText(xml) : null };
    }
    default:
      return null;
  }
}
