import { actions, dialects } from './actions.ts';
import { fault } from './fault-table.ts';
import { ns } from './namespaces.ts';
import { readDuration, readExpires, readPositive } from './read-number.ts';
import type { EnumerateOperation, EnumerationMode, EnumerationOperation, PolymorphismMode } from './request.ts';
import type { RequestHeaders } from './request-headers.ts';
import type { RequestFilter } from './resource-filter.ts';
import type { XmlElement } from './xml-element.ts';
import { attribute, child, childrenOf, textOf, trimmedText } from './xml-node.ts';

/** The filter of Enumerate or Subscribe: WS-Management's, or that of the older specification (DSP0226 §8.3). */
export function readFilter(parent: XmlElement, older: string): RequestFilter | null {
  const all = [...childrenOf(parent, ns.wsman, 'Filter'), ...childrenOf(parent, older, 'Filter')];
  if (all.length > 1) throw fault('cannotProcessFilter', { reason: 'there is more than one filter' });
  const [node] = all;
  return node ? { dialect: attribute(node, '', 'Dialect') ?? dialects.xpath, text: textOf(node), element: node } : null;
}

const modes: Readonly<Record<string, EnumerationMode>> = {
  EnumerateEPR: 'epr',
  EnumerateObjectAndEPR: 'object-and-epr',
  EnumerateObject: 'object',
};

function readMode(parent: XmlElement): EnumerationMode {
  const node = child(parent, ns.wsman, 'EnumerationMode');
  if (!node) return 'object';
  const mode = modes[trimmedText(node)];
  if (!mode) throw fault('enumerationModeUnsupported');
  return mode;
}

const polymorphisms: readonly PolymorphismMode[] = ['IncludeSubClassProperties', 'ExcludeSubClassProperties', 'None'];

function readPolymorphism(parent: XmlElement): PolymorphismMode | null {
  const node = child(parent, ns.cimBinding, 'PolymorphismMode');
  if (!node) return null;
  const mode = polymorphisms.find((one) => one === trimmedText(node));
  if (!mode) throw fault('polymorphismModeUnsupported');
  return mode;
}

function readEnumerate(node: XmlElement): EnumerateOperation {
  if (child(node, ns.enumeration, 'EndTo'))
    throw fault('unsupportedFeature', { reason: 'EndTo is not supported', detail: 'AddressingMode' });
  const optimize = child(node, ns.wsman, 'OptimizeEnumeration') !== null;
  return {
    kind: 'enumerate',
    filter: readFilter(node, ns.enumeration),
    mode: readMode(node),
    polymorphism: readPolymorphism(node),
    optimize,
    maxElements: readPositive(child(node, ns.wsman, 'MaxElements')) ?? 1,
    expires: readExpires(child(node, ns.enumeration, 'Expires'), 'enumeration'),
  };
}

function contextOf(node: XmlElement): string {
  const context = child(node, ns.enumeration, 'EnumerationContext');
  const text = context ? trimmedText(context) : '';
  if (text === '' || text.length > 256) throw fault('enumerateInvalidEnumerationContext');
  return text;
}

/** Reads the operations of WS-Enumeration as DSP0226 §8 has them; null for other actions. */
export function readEnumeration(headers: RequestHeaders, content: XmlElement | null): EnumerationOperation | null {
  const named = (name: string): XmlElement => {
    if (content?.ns !== ns.enumeration || content.name !== name)
      throw fault('schemaValidationError', { reason: `the body holds no ${name} of WS-Enumeration` });
    return content;
  };
  switch (headers.action) {
    case actions.enumerate:
      return readEnumerate(named('Enumerate'));
    case actions.pull: {
      const node = named('Pull');
      return {
        kind: 'pull',
        context: contextOf(node),
        maxElements: readPositive(child(node, ns.enumeration, 'MaxElements')) ?? 1,
        maxCharacters: readPositive(child(node, ns.enumeration, 'MaxCharacters')),
        maxTime: readDuration(child(node, ns.enumeration, 'MaxTime')),
      };
    }
    case actions.release:
      return { kind: 'release', context: contextOf(named('Release')) };
    case actions.renewEnumeration: {
      const node = named('Renew');
      const expires = readExpires(child(node, ns.enumeration, 'Expires'), 'enumeration');
      return { kind: 'renew-enumeration', context: contextOf(node), expires };
    }
    case actions.enumerationStatus:
      return { kind: 'enumeration-status', context: contextOf(named('GetStatus')) };
    default:
      return null;
  }
}
