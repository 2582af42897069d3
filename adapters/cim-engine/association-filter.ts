import { readReference } from '@atelier/cim';
import type { ResourceFilter } from '@atelier/plugin-kit';
import { child, childrenOf, element, elementsOf, fault, ns, readEndpointReference, trimmedText } from '@atelier/wsman';
import type { AssociationRequest } from './associations.ts';
import type { CimNamespace } from './cim-namespace.ts';

/** An association filter and the properties that its results are cut down to; null for all. */
export interface AssociationFilter {
  readonly request: AssociationRequest;
  readonly properties: readonly string[] | null;
}

/** Reads `b:AssociatedInstances` or `b:AssociationInstances` (DSP0227 §10.1). Throws CannotProcessFilter. */
export function readAssociationFilter(filter: ResourceFilter, namespace: CimNamespace): AssociationFilter {
  const fail = (reason: string) => fault('enumerateCannotProcessFilter', { reason });
  const [root] = elementsOf(filter.element);
  const kind =
    root?.ns !== ns.cimBinding
      ? null
      : root.name === 'AssociatedInstances'
        ? ('associators' as const)
        : root.name === 'AssociationInstances'
          ? ('references' as const)
          : null;
  if (!root || !kind) throw fail('an association filter holds AssociatedInstances or AssociationInstances');
  const object = child(root, ns.cimBinding, 'Object');
  if (!object) throw fail('an association filter names an Object');
  const whole = child(object, ns.addressing, 'EndpointReference');
  const text = (name: string): string | null => {
    const found = child(root, ns.cimBinding, name);
    return found ? trimmedText(found) || null : null;
  };
  const included = childrenOf(root, ns.cimBinding, 'IncludeResultProperty').map(trimmedText);
  let reference: AssociationRequest['object'];
  try {
    reference = readReference(
      readEndpointReference(whole ?? element(ns.addressing, 'EndpointReference', null, ...object.children)),
      namespace.registry,
    );
  } catch (error) {
    throw fault('enumerateCannotProcessFilter', { reason: 'the Object names no CIM instance' }, { cause: error });
  }
  return {
    request: {
      kind,
      object: reference,
      associationClass: text('AssociationClassName'),
      resultClass: text('ResultClassName'),
      role: text('Role'),
      resultRole: text('ResultRole'),
    },
    properties: included.length === 0 ? null : included,
  };
}
