import {
  type CimInstance,
  compileWhere,
  parseWql,
  requiredEquals,
  resolveObjectPath,
  type SelectQuery,
  usedProperties,
  type WqlPath,
  type WqlQuery,
} from '@atelier/cim';
import type { OperationContext } from '@atelier/plugin-kit';
import { fault } from '@atelier/wsman';
import { traverse } from './associations.ts';
import type { CimNamespace } from './cim-namespace.ts';
import { engineFault } from './engine-fault.ts';
import { listInstances } from './list-instances.ts';

/** What a query gives: instances, and which of their properties were asked for (null for all). */
export interface QueryResult {
  readonly instances: AsyncIterable<CimInstance>;
  readonly properties: readonly WqlPath[] | null;
}

/** Reads a query. Throws CannotProcessFilter (2150858778) with the place of the error. */
export function readQuery(text: string): WqlQuery {
  try {
    return parseWql(text);
  } catch (error) {
    throw engineFault(error, 'filter');
  }
}

async function* filtered(
  instances: AsyncIterable<CimInstance> | Iterable<CimInstance>,
  fits: (instance: CimInstance) => boolean,
): AsyncGenerator<CimInstance> {
  for await (const instance of instances) if (fits(instance)) yield instance;
}

/** Classes as if they were instances without values: `SELECT * FROM meta_class`. */
function metaClasses(namespace: CimNamespace): readonly CimInstance[] {
  return namespace.registry.classes.map((one) => ({ kind: 'instance', className: one.name, values: {} }));
}

function select(namespace: CimNamespace, query: SelectQuery, context: OperationContext): QueryResult {
  const { registry } = namespace;
  if (query.within !== null || query.group !== null)
    throw fault('enumerateCannotProcessFilter', { reason: 'WITHIN and GROUP belong to event queries' });
  if (query.className.toLowerCase() === 'meta_class') {
    const root = registry.need('__SystemClass');
    return { instances: filtered(metaClasses(namespace), compileWhere(query, root, registry)), properties: null };
  }
  const type = registry.need(query.className);
  if (type.isA('__Event')) throw fault('enumerateCannotProcessFilter', { reason: 'events can only be subscribed to' });
  const fits = compileWhere(query, type, registry);
  const properties = usedProperties(query, type);
  const instances = listInstances(namespace, type, { properties, equals: requiredEquals(query.where, type) }, context);
  return { instances: query.where ? filtered(instances, fits) : instances, properties: query.properties };
}

/** Runs a data or association query. Throws CannotProcessFilter, or DestinationUnreachable for an unknown class. */
export function runQuery(namespace: CimNamespace, text: string, context: OperationContext): QueryResult {
  const query = readQuery(text);
  try {
    if (query.kind === 'select') return select(namespace, query, context);
    const object = resolveObjectPath(query.object, namespace.registry);
    if (query.classDefinitionsOnly)
      throw fault('enumerateCannotProcessFilter', { reason: 'ClassDefsOnly and SchemaOnly are not supported' });
    const type = namespace.registry.need(object.className);
    return {
      instances: traverse(namespace, { ...query, object }, context),
      properties:
        query.keysOnly && query.resultClass !== null
          ? (namespace.registry.find(query.resultClass) ?? type).keys.map((one) => [one.name])
          : null,
    };
  } catch (error) {
    throw engineFault(error, 'filter');
  }
}
