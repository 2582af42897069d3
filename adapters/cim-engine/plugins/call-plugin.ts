import type { OperationContext } from '@atelier/plugin-kit';
import { type FaultBody, fault, WsmanFault } from '@atelier/wsman';
import { type CallName, type ContextData, type FromPlugin, isEager, type StreamName } from './plugin-messages.ts';
import { PluginError, type PluginProcess } from './plugin-process.ts';

/** Instances fetched at once: a message is not free, and a page must not hold up others. */
const pageSize = 100;

function contextData(context: OperationContext): ContextData {
  const { signal: _, ...data } = context;
  return data;
}

/** The fault for a plug-in that ended or hung. The client is told whose it is; the details are in `cause` for the log. */
export const pluginFault = (process: PluginProcess, error: unknown): WsmanFault => {
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

/** What may be passed on of a fault out of another process; null when it is none. */
function faultOf(given: Readonly<Record<keyof FaultBody, unknown>> | FaultBody, provider: string): FaultBody | null {
  const { code, subcode, number, reason, detail } = given;
  if (typeof subcode !== 'string' || !/^(wsman|wsa|wsen|wse|wxf|wsmb):\w{1,100}$/.test(subcode)) return null;
  return {
    code: code === 'Receiver' ? 'Receiver' : 'Sender',
    subcode,
    provider,
    ...(Number.isInteger(number) ? { number: Number(number) } : {}),
    ...(typeof reason === 'string' ? { reason: reason.slice(0, 2000) } : {}),
    ...(typeof detail === 'string' && /^\w{1,100}$/.test(detail) ? { detail } : {}),
  };
}

function check(process: PluginProcess, answer: Answer): Exclude<Answer, { readonly kind: 'error' }> {
  if (answer.kind !== 'error') return answer;
  const body = answer.fault && faultOf(answer.fault, process.manifest.name);
  if (body) throw new WsmanFault(body);
  throw pluginFault(process, new Error(answer.message));
}

/** Calls a function of the plug-in's. Throws its fault, or one that names the plug-in. */
export async function call(
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

/** Draws from one of the plug-in's streams, no faster than the reader. Throws as `call` does. */
export async function* stream(
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
        answer = await process.ask({ kind: 'pull', id, count: pageSize }, context.signal, !isEager(name));
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
