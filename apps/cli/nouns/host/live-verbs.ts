import { createInterface } from 'node:readline';
import { buffer } from 'node:stream/consumers';
import { fillPath, ProblemError } from '@atelier/api';
import { type Invocation, number, text, texts } from '../../command/invocation.ts';
import { wholeNumber } from '../../command/parse-value.ts';
import type { Option, Verb } from '../../command/verb.ts';
import { CliFailure, usageFailure } from '../../failure/cli-failure.ts';
import { type Column, type Ended, item, list } from '../../output/output.ts';
import { findHost, hostArgument } from './find-host.ts';

const namespaceOption: Option = { flags: '--namespace <name>', summary: 'of the class', default: 'root/cimv2' };

/** Columns that the items themselves have, in their order; long ones only where there is room. */
function columnsOf(items: readonly Record<string, unknown>[]): Column<Record<string, unknown>>[] {
  const names = [...new Set(items.flatMap((one) => Object.keys(one)))];
  const told = names.filter((name) => items.some((one) => one[name] !== null));
  return told.slice(0, 12).map((name, at) => ({ title: name, value: (one) => one[name], wide: at > 4 }));
}

export const query: Verb = {
  name: 'query',
  summary: 'list instances of a class, or of a WQL query, as the host gives them now',
  arguments: [hostArgument, { name: 'query', summary: 'a class such as Win32_Service, or "select … from …"' }],
  options: [namespaceOption],
  lists: true,
  examples: [
    ['atelier host query web-1 Win32_LogicalDisk', 'its disks'],
    [`atelier host query web-1 "select Name from Win32_Service where State = 'Stopped'"`, 'what does not run'],
  ],
  run: async (call) => {
    const { id } = await findHost(call.api, call.args.host!);
    const asked = call.args.query!;
    const what = /\s/.test(asked.trim()) ? { wql: asked } : { className: asked };
    const limit = Math.min(call.common.limit, 10_000);
    const found = await call.api.hosts.instances({
      params: { id },
      query: { ...what, namespace: text(call, 'namespace'), limit },
    });
    if (found.more) call.terminal.err.write(`there are more than ${limit}: raise --limit\n`);
    const nameOf = (one: Record<string, unknown>) => String(one.Name ?? one.DeviceID ?? Object.values(one)[0] ?? '');
    return list(found.items, columnsOf(found.items), nameOf, 'the host has no instance of this');
  },
};

/** `Name=Value` of an option that may be repeated. */
function pairs(call: Invocation, option: string): Record<string, string> {
  return Object.fromEntries(
    texts(call, option).map((one) => {
      const at = one.indexOf('=');
      if (at < 1) throw usageFailure(`--${option} is written NAME=VALUE, not "${one}"`);
      return [one.slice(0, at), one.slice(at + 1)];
    }),
  );
}

export const invoke: Verb = {
  name: 'invoke',
  summary: 'call a method of an instance or a class',
  arguments: [
    hostArgument,
    { name: 'class', summary: 'e.g. Win32_Service' },
    { name: 'method', summary: 'e.g. StopService' },
  ],
  options: [
    { flags: '-k, --key <name=value>', summary: 'a key of the instance; may be repeated', repeat: true },
    { flags: '-i, --input <name=value>', summary: 'a parameter; may be repeated', repeat: true },
    namespaceOption,
  ],
  changes: true,
  examples: [['atelier host invoke web-1 Win32_Service StopService -k Name=nginx', 'stops a service']],
  run: async (call) => {
    const { id } = await findHost(call.api, call.args.host!);
    const body = {
      namespace: text(call, 'namespace'),
      className: call.args.class!,
      method: call.args.method!,
      selectors: pairs(call, 'key'),
      input: pairs(call, 'input'),
    };
    const { output } = await call.api.hosts.invoke({ params: { id }, body });
    const rows = Object.keys(output).map((name) => ({ title: name, value: () => output[name] }));
    return item(output, rows, String(output.ReturnValue ?? ''));
  },
};

/** One line of the answer of `run`. */
type Line =
  | { readonly stream: 'stdout' | 'stderr'; readonly data: string }
  | { readonly exitCode: number }
  | { readonly error: string; readonly code: string };

const mostInput = 1024 * 1024;

export const run: Verb = {
  name: 'run',
  summary: 'run a command on a host; its output and exit code become this command’s',
  arguments: [hostArgument, { name: 'command', summary: 'a command line for the host’s shell' }],
  options: [
    { flags: '--stdin', summary: 'send standard input to it, at most 1 MiB' },
    { flags: '--seconds <count>', summary: 'end it after so long', parse: wholeNumber(1), default: 600 },
  ],
  examples: [
    ['atelier host run web-1 "systemctl status nginx"', 'prints what the host prints'],
    ['atelier host run web-1 "cat > /etc/motd" --stdin < motd', 'sends a file'],
  ],
  run: async (call): Promise<Ended> => {
    const { id, name } = await findHost(call.api, call.args.host!);
    const given = call.options.stdin ? await buffer(call.terminal.input) : Buffer.alloc(0);
    if (given.length > mostInput)
      throw usageFailure('standard input has more than 1 MiB', 'copy large files another way');
    const seconds = number(call, 'seconds')!;
    const answer = await call.connection().open({
      method: 'POST',
      path: fillPath('/hosts/:id/run', { id }),
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ command: call.args.command, stdin: given.toString('base64'), timeoutSeconds: seconds }),
      signal: call.signal,
    });
    if (answer.statusCode !== 200) throw new ProblemError(JSON.parse((await buffer(answer)).toString()));
    let ended: Ended | undefined;
    for await (const text of createInterface({ input: answer, crlfDelay: Number.POSITIVE_INFINITY })) {
      const line = JSON.parse(text) as Line;
      if ('stream' in line) {
        const to = line.stream === 'stderr' ? call.terminal.err : call.terminal.out;
        if (!to.write(Buffer.from(line.data, 'base64'))) await new Promise((resolve) => to.once('drain', resolve));
      } else if ('exitCode' in line) ended = { kind: 'exit', code: line.exitCode & 0xff };
      else throw new CliFailure({ title: `the command on ${name} was lost`, detail: line.error });
    }
    if (ended) return ended;
    throw new CliFailure({ title: `the command on ${name} was lost`, detail: 'the server ended the connection' });
  },
};
