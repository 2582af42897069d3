import { readSelectors } from './endpoint-reference.ts';
import { fault } from './fault-table.ts';
import { ns } from './namespaces.ts';
import { parseXml } from './parse-xml.ts';
import type { RequestFilter } from './resource-filter.ts';
import type { Selector } from './resource-reference.ts';
import type { XmlContent } from './xml-element.ts';
import { child, elementsOf, textOf } from './xml-node.ts';

/** Reads a filter of the dialect SelectorFilter (DSP0226 annex E). Throws CannotProcessFilter. */
export function readSelectorFilter(filter: RequestFilter): readonly Selector[] {
  const set = child(filter.element, ns.wsman, 'SelectorSet');
  if (!set) throw fault('enumerateCannotProcessFilter', { reason: 'a selector filter holds one SelectorSet' });
  return readSelectors(set);
}

/** Whether an item has all these values: each selector names a child of the item, without case; values compare as text. */
export function matchesSelectors(item: XmlContent, selectors: readonly Selector[]): boolean {
  const root = 'raw' in item ? parseXml(item.raw) : item;
  const children = elementsOf(root);
  return selectors.every((one) => {
    const name = one.name.toLowerCase();
    const wanted = typeof one.value === 'string' ? one.value.trim().toLowerCase() : null;
    return children.some(
      (each) => each.name.toLowerCase() === name && (wanted === null || textOf(each).trim().toLowerCase() === wanted),
    );
  });
}
