import type { CimInstance, CimReference, CimValue, ResolvedClass } from '@atelier/cim';
import { canonicalNamespace } from '@atelier/cim';
import type { OperationContext } from '@atelier/plugin-kit';
import { isWsmanFault } from '@atelier/wsman';
import type { CimNamespace } from './cim-namespace.ts';
import { everything, findInstance, listInstances, sourcesOf } from './list-instances.ts';
import { sameKeys } from './same-value.ts';

/** What of an object's associations is wanted; null is no bound. Names compare without case. */
export interface AssociationRequest {
  /** `associators`: objects at the other end; `references`: the associations themselves. */
  readonly kind: 'associators' | 'references';
  readonly object: CimReference;
  readonly associationClass: string | null;
  readonly resultClass: string | null;
  readonly role: string | null;
  readonly resultRole: string | null;
}

const isReference = (value: CimValue | undefined): value is CimReference =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'reference';

const named = (name: string, wanted: string | null): boolean =>
  wanted === null || name.toLowerCase() === wanted.toLowerCase();

function related(namespace: CimNamespace, a: string, b: string): boolean {
  const { registry } = namespace;
  return (registry.find(a)?.isA(b) ?? false) || (registry.find(b)?.isA(a) ?? false);
}

const here = (namespace: CimNamespace, reference: CimReference): boolean =>
  reference.namespace === undefined || canonicalNamespace(reference.namespace) === namespace.name;

/** Associations in which the object stands at the role, and the role it stands at. */
async function* associationsOf(
  namespace: CimNamespace,
  request: AssociationRequest,
  resultClass: string | null,
  context: OperationContext,
): AsyncGenerator<{ readonly instance: CimInstance; readonly type: ResolvedClass; readonly role: string }> {
  const { object } = request;
  for (const type of namespace.registry.classes) {
    if (!type.association || !namespace.source(type.name)) continue;
    if (request.associationClass !== null && !type.isA(request.associationClass)) continue;
    if (resultClass !== null && request.kind === 'references' && !type.isA(resultClass)) continue;
    const ends = type.properties.filter((one) => one.type === 'reference');
    const roles = ends.filter(
      (one) => named(one.name, request.role) && related(namespace, one.className ?? '', object.className),
    );
    const others = (role: string): boolean =>
      ends.some(
        (one) =>
          one.name !== role &&
          named(one.name, request.resultRole) &&
          (resultClass === null || related(namespace, one.className ?? '', resultClass)),
      );
    for (const { name: role } of roles) {
      if (request.kind === 'associators' && !others(role)) continue;
      const hint = { ...everything, equals: {} };
      for await (const instance of listInstances(namespace, type, hint, context, true)) {
        const end = instance.values[role];
        if (!isReference(end) || !here(namespace, end) || !related(namespace, end.className, object.className))
          continue;
        if (sameKeys(end.keys, object.keys)) yield { instance, type, role };
      }
    }
  }
}

/**
 * What is associated with an object (DSP0227 §10, WMI's ASSOCIATORS OF and REFERENCES OF). Objects that an association names but that are gone are
 * left out; an object that several associations lead to comes once.
 */
export async function* traverse(
  namespace: CimNamespace,
  request: AssociationRequest,
  context: OperationContext,
): AsyncGenerator<CimInstance> {
  const { resultClass } = request;
  const seen = new Set<string>();
  for await (const { instance, type, role } of associationsOf(namespace, request, resultClass, context)) {
    if (request.kind === 'references') {
      yield instance;
      continue;
    }
    for (const end of type.properties) {
      if (end.type !== 'reference' || end.name === role || !named(end.name, request.resultRole)) continue;
      const reference = instance.values[end.name];
      if (!isReference(reference) || !here(namespace, reference)) continue;
      const target = namespace.registry.find(reference.className);
      if (!target || sourcesOf(namespace, target).length === 0) continue;
      const identity = `${target.name}\n${Object.values(reference.keys).join('\n')}`.toLowerCase();
      if (seen.has(identity)) continue;
      seen.add(identity);
      const found = await findInstance(namespace, target, reference.keys, context).catch((error: unknown) => {
        // A reference that does not fit its class says nothing of the others.
        if (isWsmanFault(error) && error.body.subcode === 'wsman:InvalidSelectors') return null;
        throw error;
      });
      if (found && (resultClass === null || found.type.isA(resultClass))) yield found.instance;
    }
  }
}
