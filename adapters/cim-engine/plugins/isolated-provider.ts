import type { CimInstance } from '@atelier/cim';
import type { CimChange, CimProvider, CimSource, OperationContext } from '@atelier/plugin-kit';
import { call, stream } from './call-plugin.ts';
import type { CallName, CimDescription } from './plugin-messages.ts';
import type { PluginProcess } from './plugin-process.ts';

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
export function isolatedProvider(process: PluginProcess, description: CimDescription): CimProvider {
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
