// The process that a plug-in lives in: loads its module and answers the agent over the channel that it was started with.
import { pathToFileURL } from 'node:url';
import type { CimProvider, CimSource, OperationContext } from '@atelier/plugin-kit';
import type { ContextData, FromPlugin, ToPlugin } from './plugin-messages.ts';

interface OpenStream {
  readonly iterator: AsyncIterator<unknown> | Iterator<unknown>;
  /** A stream of changes gives each at once; a list gives pages. */
  readonly eager: boolean;
}

let provider: CimProvider | null = null;
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

function sourceOf(className: string): CimSource {
  const found = provider?.sources[className];
  if (!found) throw new Error(`there is no source for ${className}`);
  return found;
}

async function load(module: string, settings: Readonly<Record<string, unknown>>): Promise<void> {
  const { createProvider } = (await import(pathToFileURL(module).href)) as {
    readonly createProvider?: (settings: Readonly<Record<string, unknown>>) => CimProvider | Promise<CimProvider>;
  };
  if (typeof createProvider !== 'function') throw new Error('the module does not export createProvider');
  provider = await createProvider(settings);
  await provider.start?.();
  const names = (source: CimSource): readonly string[] =>
    (['list', 'get', 'invoke', 'put', 'create', 'delete', 'watch'] as const).filter(
      (name) => typeof source[name] === 'function',
    );
  send({
    kind: 'ready',
    description: {
      namespace: provider.namespace,
      classes: provider.classes,
      sources: Object.fromEntries(Object.entries(provider.sources).map(([name, source]) => [name, names(source)])),
    },
  });
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
    await load(message.module, message.settings).catch((error: unknown) =>
      send({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }),
    );
    return;
  }
  const { id } = message;
  try {
    if (message.kind === 'call') {
      const source = sourceOf(message.className);
      const work = source[message.name] as ((...args: readonly unknown[]) => unknown) | undefined;
      const value = await work?.call(source, ...message.args, contextFor(id, message.context));
      ends.delete(id);
      send({ kind: 'result', id, value });
    } else if (message.kind === 'open') {
      const source = sourceOf(message.className);
      const work = source[message.name] as (...args: readonly unknown[]) => AsyncIterable<unknown> | Iterable<unknown>;
      const items = work.call(source, ...message.args, contextFor(id, message.context));
      const iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
      streams.set(id, { iterator, eager: message.name === 'watch' });
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
