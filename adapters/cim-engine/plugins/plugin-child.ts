// The process that a plug-in lives in: loads its module and answers the agent over the channel that it was started with.
import { pathToFileURL } from 'node:url';
import type { CimProvider, OperationContext, ResourceProvider } from '@atelier/plugin-kit';
import {
  type ContextData,
  type FromPlugin,
  isEager,
  type PluginDescription,
  type ToPlugin,
} from './plugin-messages.ts';

interface OpenStream {
  readonly iterator: AsyncIterator<unknown> | Iterator<unknown>;
  /** A stream of changes gives each at once; a list gives pages. */
  readonly eager: boolean;
}

/** Who answers, by class name; a resource provider under the empty name. */
let sources: Readonly<Record<string, object>> = {};
const streams = new Map<number, OpenStream>();
const ends = new Map<number, AbortController>();

const send = (message: FromPlugin): void => {
  process.send?.(message);
};

function fail(id: number, error: unknown): void {
  const body = error instanceof Error && error.name === 'WsmanFault' && 'body' in error ? error.body : null;
  send({ kind: 'error', id, message: error instanceof Error ? error.message : String(error), fault: body as never });
}

function contextFor(id: number, data: ContextData): OperationContext {
  const end = new AbortController();
  ends.set(id, end);
  return { ...data, signal: end.signal };
}

type Work = (...args: readonly unknown[]) => unknown;

function workOf(className: string, name: string): { readonly source: object; readonly work: Work } {
  const source = Object.hasOwn(sources, className) ? sources[className] : undefined;
  const work = (source as Readonly<Record<string, Work | undefined>> | undefined)?.[name];
  if (!source || !work) throw new Error(`there is no ${name} for ${className || 'this resource'}`);
  return { source, work };
}

const asked = ['list', 'get', 'invoke', 'put', 'create', 'delete', 'watch', 'enumerate', 'subscribe'] as const;
const functionsOf = (source: object): readonly string[] =>
  asked.filter((name) => typeof (source as Readonly<Record<string, unknown>>)[name] === 'function');

function describe(as: PluginDescription['kind'], made: CimProvider | ResourceProvider): PluginDescription {
  if (as === 'resource-provider') {
    const provider = made as ResourceProvider;
    sources = { '': provider };
    return { kind: as, resources: provider.resources, functions: functionsOf(provider) };
  }
  const provider = made as CimProvider;
  sources = provider.sources;
  const functions = Object.entries(sources).map(([name, source]) => [name, functionsOf(source)] as const);
  return {
    kind: as,
    namespace: provider.namespace,
    classes: provider.classes,
    sources: Object.fromEntries(functions),
  };
}

async function load({ as, module, settings }: Extract<ToPlugin, { kind: 'load' }>): Promise<void> {
  const { createProvider } = (await import(pathToFileURL(module).href)) as {
    readonly createProvider?: (
      settings: Readonly<Record<string, unknown>>,
    ) => CimProvider | ResourceProvider | Promise<CimProvider | ResourceProvider>;
  };
  if (typeof createProvider !== 'function') throw new Error('the module does not export createProvider');
  const provider = await createProvider(settings);
  await provider.start?.();
  send({ kind: 'ready', description: describe(as, provider) });
}

async function pull(id: number, count: number): Promise<void> {
  const stream = streams.get(id);
  if (!stream) return;
  const items: unknown[] = [];
  let end = false;
  while (items.length < (stream.eager ? 1 : count) && !end) {
    const next = await stream.iterator.next();
    if (next.done) end = true;
    else items.push(next.value);
  }
  if (end) close(id);
  send({ kind: 'items', id, items: items as never, end });
}

function close(id: number): void {
  ends.get(id)?.abort();
  ends.delete(id);
  const stream = streams.get(id);
  streams.delete(id);
  // A generator that is busy ends by its signal; its own answer to `return` interests nobody.
  if (stream) void Promise.resolve(stream.iterator.return?.()).catch(() => undefined);
}

async function handle(message: ToPlugin): Promise<void> {
  if (message.kind === 'load') {
    await load(message).catch((error: unknown) =>
      send({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }),
    );
    return;
  }
  const { id } = message;
  try {
    if (message.kind === 'call') {
      const { source, work } = workOf(message.className, message.name);
      const value = await work.call(source, ...message.args, contextFor(id, message.context));
      ends.delete(id);
      send({ kind: 'result', id, value });
    } else if (message.kind === 'open') {
      const { source, work } = workOf(message.className, message.name);
      const items = work.call(source, ...message.args, contextFor(id, message.context)) as
        | AsyncIterable<unknown>
        | Iterable<unknown>;
      const iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
      streams.set(id, { iterator, eager: isEager(message.name) });
    } else if (message.kind === 'pull') await pull(id, message.count);
    else close(id);
  } catch (error) {
    close(id);
    fail(id, error);
  }
}

process.on('message', (message: ToPlugin) => void handle(message));
// The agent is gone: so is the reason to live.
process.on('disconnect', () => process.exit(0));
