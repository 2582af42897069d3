import { namespaceSelector, readCimResource, writeClassDeclaration } from '@atelier/cim';
import type { EnumeratedItem, EnumerateRequest } from '@atelier/plugin-kit';
import { fault, type ResourceReference, selectorValue, type XmlContent } from '@atelier/wsman';
import type { CimNamespace } from './cim-namespace.ts';
import { resolveResource } from './resolve-resource.ts';

type Namespaces = ReadonlyMap<string, CimNamespace>;

/** Whether a URI asks for declarations of classes instead of instances. */
export const isSchema = (resource: ResourceReference): boolean =>
  readCimResource(resource.resourceUri)?.kind === 'cim-xml';

/** Get on a class: its declaration as CIM-XML. The class is named by the URI, or behind `*` by the selector ClassName. */
export function getClassSchema(namespaces: Namespaces, resource: ResourceReference): XmlContent {
  const { namespace, type } = resolveResource(namespaces, resource);
  const named = selectorValue(resource, 'ClassName');
  const found = type ?? (named === null ? null : namespace.registry.find(named));
  if (!found && named === null) throw fault('insufficientSelectors');
  if (!found) throw fault('resourceNotFound');
  return writeClassDeclaration(found);
}

/** All classes of a namespace, or a class and all that inherit from it. */
export async function* enumerateClassSchemas(
  namespaces: Namespaces,
  request: EnumerateRequest,
): AsyncGenerator<EnumeratedItem> {
  const { namespace, type } = resolveResource(namespaces, request);
  if (request.filter) throw fault('enumerateFilteringNotSupported');
  const family = type ? namespace.registry.family(type.name) : namespace.registry.classes;
  for (const one of family)
    yield {
      item: writeClassDeclaration(one),
      reference: {
        resourceUri: request.resourceUri,
        selectors: [
          { name: 'ClassName', value: one.name },
          { name: namespaceSelector, value: namespace.name },
        ],
      },
    };
}
