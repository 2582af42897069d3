import { selectorValue } from './endpoint-reference.ts';
import { ns } from './namespaces.ts';
import { UnreadableAnswer, type WsmanAnswer } from './read-answer.ts';
import { readCreated } from './read-response.ts';
import { readBase64 } from './read-shell-operation.ts';
import type { CommandStateName } from './response.ts';
import type { ShellStream } from './shell-operation.ts';
import type { XmlElement } from './xml-element.ts';
import { attribute, child, childrenOf, textOf, trimmedText } from './xml-node.ts';

/** The shell that Create opened. */
export function readCreatedShell(answer: WsmanAnswer): { readonly shellId: string; readonly shell: XmlElement | null } {
  const shell = answer.body.find((one) => one.ns === ns.shell && one.name === 'Shell') ?? null;
  const id = selectorValue(readCreated(answer), 'ShellId') ?? (shell && child(shell, ns.shell, 'ShellId'));
  const text = typeof id === 'string' ? id : id ? trimmedText(id) : '';
  if (text === '') throw new UnreadableAnswer('the answer names no shell');
  return { shellId: text, shell };
}

/** The command that Command started. */
export function readCommandId(answer: WsmanAnswer): string {
  const node = answer.body[0] && child(answer.body[0], ns.shell, 'CommandId');
  if (!node) throw new UnreadableAnswer('the answer names no command');
  return trimmedText(node);
}

/** What Receive brought. */
export interface ReadOutput {
  readonly streams: readonly ShellStream[];
  readonly state: CommandStateName;
  /** Present with state Done. */
  readonly exitCode: number | null;
}

const states: readonly CommandStateName[] = ['Running', 'Done', 'Pending'];

function readStream(node: XmlElement): ShellStream {
  return {
    name: attribute(node, '', 'Name') ?? '',
    commandId: attribute(node, '', 'CommandId'),
    data: readBase64(textOf(node)),
    end: /^(true|1)$/i.test(attribute(node, '', 'End') ?? ''),
  };
}

/** Exit codes are unsigned on the wire of some services and signed on that of others: the same 32 bits. */
const exitCodeOf = (node: XmlElement | null): number | null => {
  const text = node ? trimmedText(node) : '';
  return /^-?\d{1,10}$/.test(text) ? Number(text) | 0 : null;
};

/** Reads ReceiveResponse (MS-WSMV 3.1.4.14). */
export function readOutput(answer: WsmanAnswer): ReadOutput {
  const [node] = answer.body;
  if (node?.ns !== ns.shell || node.name !== 'ReceiveResponse')
    throw new UnreadableAnswer('the answer holds no output');
  const command = child(node, ns.shell, 'CommandState');
  const uri = (command && attribute(command, '', 'State')) ?? '';
  const state = states.find((one) => uri.endsWith(`/${one}`)) ?? 'Running';
  const exit = command && child(command, ns.shell, 'ExitCode');
  return {
    streams: childrenOf(node, ns.shell, 'Stream').map(readStream),
    state,
    exitCode: state === 'Done' ? (exitCodeOf(exit) ?? 0) : null,
  };
}
