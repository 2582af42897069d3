import { fault } from './fault-table.ts';
import { type FragmentPath, type FragmentStep, readFragmentPath } from './fragment-path.ts';
import { ns } from './namespaces.ts';
import { parseXml } from './parse-xml.ts';
import type { FragmentTransfer } from './request-headers.ts';
import type { FragmentContent } from './response.ts';
import type { XmlContent, XmlElement } from './xml-element.ts';
import { elementsOf, textOf } from './xml-node.ts';

const asElement = (content: XmlContent): XmlElement => ('raw' in content ? parseXml(content.raw) : content);

/** Steps below the resource's element: one that names the element itself is taken off. */
function stepsBelow(root: XmlElement, path: FragmentPath): readonly FragmentStep[] {
  const [first, ...rest] = path.steps;
  const own = first!.name === root.name && (first!.index ?? 1) === 1;
  if (path.absolute && !own) throw fault('invalidFragmentPath');
  if (!own) return path.steps;
  const child = elementsOf(root).some((one) => one.name === root.name);
  return path.absolute || !child ? rest : path.steps;
}

const named = (parent: XmlElement, step: FragmentStep): readonly XmlElement[] =>
  elementsOf(parent).filter((one) => step.name === '*' || one.name === step.name);

function select(parents: readonly XmlElement[], steps: readonly FragmentStep[]): readonly XmlElement[] {
  const [step, ...rest] = steps;
  if (!step) return parents;
  const known = parents.some((one) => named(one, step).length > 0);
  if (!known) throw fault('invalidFragmentPath');
  const found = parents.flatMap((one) => {
    const all = named(one, step);
    return step.index === null ? all : all.slice(step.index - 1, step.index);
  });
  return found.length === 0 ? [] : select(found, rest);
}

/**
 * The part of a representation that a fragment names (DSP0226 §7.7): elements, or their text. Empty when the place within an array does not exist;
 * throws CannotProcessFilter (2150858899) for a name that the resource does not have. Names compare with case.
 */
export function selectFragment(content: XmlContent, fragment: FragmentTransfer): FragmentContent {
  const path = readFragmentPath(fragment);
  const root = asElement(content);
  const found = select([root], stepsBelow(root, path));
  return path.text ? found.map(textOf) : found;
}

const isNil = (fragment: XmlElement): boolean =>
  fragment.attributes.some((one) => one.ns === ns.xsi && one.name === 'nil' && /^(true|1)$/.test(one.value.trim()));

function replaced(parent: XmlElement, step: FragmentStep, pieces: readonly (XmlElement | string)[]): XmlElement {
  const all = named(parent, step);
  if (step.index === null) {
    const at = parent.children.findIndex((one) => typeof one !== 'string' && all.includes(one));
    const kept = parent.children.filter((one) => typeof one === 'string' || !all.includes(one));
    const place = at < 0 ? kept.length : at;
    return { ...parent, children: [...kept.slice(0, place), ...pieces, ...kept.slice(place)] };
  }
  const old = all[step.index - 1];
  if (old) return { ...parent, children: parent.children.flatMap((one) => (one === old ? pieces : [one])) };
  if (step.index !== all.length + 1) throw fault('invalidFragmentPath');
  return { ...parent, children: [...parent.children, ...pieces] };
}

function put(parent: XmlElement, steps: readonly FragmentStep[], path: FragmentPath, fragment: XmlElement): XmlElement {
  const [step, ...rest] = steps;
  if (!step) throw fault('invalidFragmentPath');
  if (rest.length === 0 && !path.text) return replaced(parent, step, isNil(fragment) ? [] : elementsOf(fragment));
  const target = named(parent, step)[(step.index ?? 1) - 1];
  if (!target) throw fault('invalidFragmentPath');
  const attributes = target.attributes.filter((one) => one.ns !== ns.xsi || one.name !== 'nil');
  const changed =
    rest.length === 0 ? { ...target, attributes, children: [textOf(fragment)] } : put(target, rest, path, fragment);
  return { ...parent, children: parent.children.map((one) => (one === target ? changed : one)) };
}

/**
 * The representation after Put of a fragment: `body` is the request's `wsman:XmlFragment`. A path without place replaces the whole array, the place
 * behind the last appends, `xsi:nil` removes. Throws CannotProcessFilter, or InvalidRepresentation for a body that is no fragment.
 */
export function applyFragment(content: XmlContent, fragment: FragmentTransfer, body: XmlElement): XmlElement {
  const path = readFragmentPath(fragment);
  if (body.ns !== ns.wsman || body.name !== 'XmlFragment') throw fault('invalidXmlFragment');
  const root = asElement(content);
  return put(root, stepsBelow(root, path), path, body);
}
