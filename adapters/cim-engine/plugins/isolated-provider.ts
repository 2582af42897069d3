import type { CimInstance } from '@atelier/cim';
import type { CimChange, CimProvider, CimSource, OperationContext } from '@atelier/plugin-kit';
import { fault, WsmanFault } from '@atelier/wsman';
import type { CallName, ContextData, FromPlugin, PluginDescription, StreamName } from './plugin-messages.ts';
import { PluginError, type PluginProcess } from './plugin-process.ts';

/** Instances fetched at once: a message is not free, and a page must not hold up others. */
const pageSize = 100;

function contextData(context: OperationContext): ContextData {
  const { signal: _, ...data } = context;
  return data;
}

/** The fault for a plug-in that ended or hung. The client is told whose it is; the details are in `cause` for the log. */
const pluginFault = (process: PluginProcess, error: unknown): WsmanFault => {
  const { name } = process.manifest;
  return fault(
    'internalError',
    { provider: name, reason: error instanceof PluginError ? error.message : `the plug-in ${name} failed` },
    { cause: error },
  );
};

/** Waits for the process no longer than the client does. */
async function started(process: PluginProcess, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await Promise.race([process.start(), aborted]);
  } catch (error) {
    signal.throwIfAborted();
    throw pluginFault(process, error);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

type Answer = Extract<FromPlugin, { readonly id: number }>;

function check(process: PluginProcess, answer: Answer): Exclude<Answer, { readonly kind: 'error' }> {
  if (answer.kind !== 'error') return answer;
  if (answer.fault && typeof answer.fault.subcode === 'string')
    throw new WsmanFault({ ...answer.fault, provider: process.manifest.name });
  throw pluginFault(process, new Error(answer.message));
}

async function call(
  process: PluginProcess,
  className: string,
  name: CallName,
  args: readonly unknown[],
  context: OperationContext,
): Promise<unknown> {
  await started(process, context.signal);
  const id = process.newId();
  let answer: Answer;
  try {
    answer = await process.ask(
      { kind: 'call', id, className, name, args, context: contextData(context) },
      context.signal,
      true,
    );
  } catch (error) {
    context.signal.throwIfAborted();
    throw pluginFault(process, error);
  }
  const checked = check(process, answer);
  return checked.kind === 'result' ? checked.value : undefined;
}

async function* stream(
  process: PluginProcess,
  className: string,
  name: StreamName,
  args: readonly unknown[],
  context: OperationContext,
): AsyncGenerator<unknown> {
  await started(process, context.signal);
  const id = process.newId();
  process.tell({ kind: 'open', id, className, name, args, context: contextData(context) });
  let open = true;
  try {
    while (open) {
      let answer: Answer;
      try {
        answer = await process.ask({ kind: 'pull', id, count: pageSize }, context.signal, name === 'list');
      } catch (error) {
        context.signal.throwIfAborted();
        open = false;
        throw pluginFault(process, error);
      }
      if (answer.kind === 'error') open = false;
      const checked = check(process, answer);
      if (checked.kind !== 'items') return;
      open = !checked.end;
      yield* checked.items;
    }
  } finally {
    if (open) process.tell({ kind: 'close', id });
  }
}

function sourceOf(process: PluginProcess, className: string, functions: ReadonlySet<string>): CimSource {
  const ask =
    (name: CallName) =>
    (...args: readonly unknown[]) =>
      call(process, className, name, args.slice(0, -1), args.at(-1) as OperationContext);
  const calls = (['get', 'invoke', 'put', 'create', 'delete'] as const).filter((name) => functions.has(name));
  return {
    list: (hint, context) => stream(process, className, 'list', [hint], context) as AsyncIterable<CimInstance>,
    ...(Object.fromEntries(calls.map((name) => [name, ask(name)])) as Partial<CimSource>),
    ...(functions.has('watch')
      ? {
          watch: (context: OperationContext) =>
            stream(process, className, 'watch', [], context) as AsyncIterable<CimChange>,
        }
      : {}),
  };
}

/** A provider that lives in another process, as the engine wants it. */
export function isolatedProvider(process: PluginProcess, description: PluginDescription): CimProvider {
  return {
    name: process.manifest.name,
    namespace: description.namespace,
    classes: description.classes,
    sources: Object.fromEntries(
      Object.entries(description.sources).map(([name, functions]) => [
        name,
        sourceOf(process, name, new Set(functions)),
      ]),
    ),
    stop: () => process.stop(),
  };
}
