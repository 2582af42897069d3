import { fault } from './fault-table.ts';
import { anonymous, ns } from './namespaces.ts';
import type { EndpointReference, ResourceReference, Selector } from './resource-reference.ts';
import type { XmlElement } from './xml-element.ts';
import { attribute, child, childrenOf, element, textOf, trimmedText } from './xml-node.ts';

/** Reads `w:SelectorSet` (DSP0226 §5.4.2). Throws the fault for one name twice, or none. */
export function readSelectors(set: XmlElement | null, depth = 0): readonly Selector[] {
  if (!set) return [];
  const found = childrenOf(set, ns.wsman, 'Selector').map((one): Selector => {
    const name = attribute(one, '', 'Name') ?? attribute(one, ns.wsman, 'Name');
    if (!name) throw fault('invalidSelectors', { reason: 'a selector has no name' });
    const reference = child(one, ns.addressing, 'EndpointReference');
    if (reference && depth > 4)
      throw fault('invalidSelectorValue', { reason: 'references lie too deep in each other' });
    return { name, value: reference ? readEndpointReference(reference, depth + 1) : textOf(one) };
  });
  if (found.length > 1 && new Set(found.map((one) => one.name.toLowerCase())).size < found.length)
    throw fault('duplicateSelectors');
  return found;
}

/** Reads an endpoint reference: of WS-Management's default addressing model, or any other with an empty resource URI. */
export function readEndpointReference(node: XmlElement, depth = 0): EndpointReference {
  const address = child(node, ns.addressing, 'Address');
  const parameters =
    child(node, ns.addressing, 'ReferenceParameters') ?? child(node, ns.addressing, 'ReferenceProperties');
  const uri = parameters && child(parameters, ns.wsman, 'ResourceURI');
  return {
    address: address ? trimmedText(address) : anonymous,
    resourceUri: uri ? trimmedText(uri) : '',
    selectors: parameters ? readSelectors(child(parameters, ns.wsman, 'SelectorSet'), depth) : [],
  };
}

/** `w:SelectorSet`, or nothing when there are no selectors. */
export function selectorSet(selectors: readonly Selector[]): readonly XmlElement[] {
  if (selectors.length === 0) return [];
  const all = selectors.map((one) =>
    element(
      ns.wsman,
      'Selector',
      { Name: one.name },
      typeof one.value === 'string' ? one.value : endpointReference(one.value),
    ),
  );
  return [element(ns.wsman, 'SelectorSet', null, ...all)];
}

/** An endpoint reference under a name, `a:EndpointReference` unless told otherwise. */
export function endpointReference(
  reference: ResourceReference & { readonly address?: string },
  namespace: string = ns.addressing,
  name = 'EndpointReference',
): XmlElement {
  return element(
    namespace,
    name,
    null,
    element(ns.addressing, 'Address', null, reference.address ?? anonymous),
    element(
      ns.addressing,
      'ReferenceParameters',
      null,
      element(ns.wsman, 'ResourceURI', null, reference.resourceUri),
      ...selectorSet(reference.selectors),
    ),
  );
}

/** Value of a selector by its name, without case; null when it is absent or a reference. */
export function selectorValue(reference: ResourceReference, name: string): string | null {
  const wanted = name.toLowerCase();
  for (const one of reference.selectors)
    if (one.name.toLowerCase() === wanted) return typeof one.value === 'string' ? one.value.trim() : null;
  return null;
}
