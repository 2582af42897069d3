import { allCimClasses, cimSchemaPrefix, cimXmlPrefix, wmiPrefix } from '@atelier/cim';
import type { Capability, CimProvider, ResourceProvider } from '@atelier/plugin-kit';
import { createInstance, deleteInstance, getInstance, putInstance } from './change-instance.ts';
import { type CimNamespace, createNamespaces } from './cim-namespace.ts';
import { enumerateClassSchemas, getClassSchema, isSchema } from './class-schema.ts';
import { dialects } from './dialects.ts';
import { enumerateCim } from './enumerate.ts';
import { invokeMethod } from './invoke-method.ts';
import { subscribeCim } from './subscribe.ts';

export { dialects };

/** Bounds of the engine. */
export interface CimEngineOptions {
  /** Events that wait for a slow subscriber; the oldest are dropped first. */
  readonly eventBuffer?: number;
  /** Told when a subscription had to drop events. */
  readonly dropped?: (count: number) => void;
}

/** A resource provider for CIM. All operations are there. */
export type CimEngine = Required<Omit<ResourceProvider, never>> & {
  readonly namespaces: ReadonlyMap<string, CimNamespace>;
};

const all: readonly Capability[] = ['get', 'put', 'create', 'delete', 'enumerate', 'invoke', 'subscribe'];

/**
 * One resource provider of all CIM providers: Windows' WMI URIs (`…/wmi/root/…/Class` and `/*`), DMTF's `cim-schema/2/Class` with `__cimnamespace`,
 * and class declarations under `cim-xml`. Throws when providers do not fit each other.
 */
export function createCimEngine(providers: readonly CimProvider[], options: CimEngineOptions = {}): CimEngine {
  const namespaces = createNamespaces(providers);
  const filterDialects = Object.values(dialects);
  const started: CimProvider[] = [];
  const stop = async (): Promise<void> => {
    for (const one of started.splice(0).reverse()) await one.stop?.();
  };
  return {
    name: 'WMI Provider',
    namespaces,
    resources: [
      { uri: wmiPrefix, exact: false, capabilities: all, filterDialects },
      { uri: cimSchemaPrefix, exact: false, capabilities: all, filterDialects },
      { uri: allCimClasses, exact: true, capabilities: ['enumerate', 'subscribe'], filterDialects },
      { uri: cimXmlPrefix, exact: false, capabilities: ['get', 'enumerate'] },
    ],
    start: async () => {
      try {
        for (const one of providers) {
          started.push(one);
          await one.start?.();
        }
      } catch (error) {
        await stop();
        throw error;
      }
    },
    stop,
    get: async (resource, context) =>
      isSchema(resource) ? getClassSchema(namespaces, resource) : await getInstance(namespaces, resource, context),
    put: (resource, body, context) => putInstance(namespaces, resource, body, context),
    create: (resource, body, context) => createInstance(namespaces, resource, body, context),
    delete: (resource, context) => deleteInstance(namespaces, resource, context),
    enumerate: (request, context) =>
      isSchema(request) ? enumerateClassSchemas(namespaces, request) : enumerateCim(namespaces, request, context),
    invoke: (resource, method, input, context) => invokeMethod(namespaces, resource, method, input, context),
    subscribe: (request, context) => subscribeCim(namespaces, request, context, options),
  };
}
