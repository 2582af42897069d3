import { anonymous, escapeXml, ns, type RawXml } from '@atelier/wsman';
import type { CimProperty } from './cim-class.ts';
import { CimError } from './cim-error.ts';
import type { CimInstance } from './cim-instance.ts';
import type { CimDateTime, CimReference, CimScalar, CimValue } from './cim-value.ts';
import type { ClassRegistry, ResolvedClass } from './class-registry.ts';
import { keyText } from './coerce-value.ts';
import { xmlDateTime } from './date-time.ts';
import { type CimResource, canonicalNamespace, classUri, namespaceSelector } from './resource-uri.ts';

/** Embedded instances within embedded instances, at most (Windows has a like bound). */
export const maxEmbedding = 8;

/** How one property is written: its tags are made once for a class. */
interface PropertyPlan {
  readonly name: string;
  readonly open: string;
  readonly close: string;
  readonly nil: string;
  readonly plain: boolean;
  readonly property: CimProperty;
}

interface ClassPlan {
  readonly head: string;
  readonly tail: string;
  readonly uri: string;
  readonly properties: readonly PropertyPlan[];
}

/** Which of an instance is written. `asClass` writes it as its superclass (ExcludeSubClassProperties). */
export interface WriteInstanceOptions {
  readonly asClass?: string;
}

/** Writes instances of one namespace as XML (DSP0230 §8), quickly: tags and declarations of a class are made only once. */
export interface InstanceWriter {
  /** The instance as an element of its class that declares all prefixes it uses. */
  write(instance: CimInstance, options?: WriteInstanceOptions): RawXml;
  /** Some properties, in the query's order, in `w:XmlFragment`. */
  writeFragment(instance: CimInstance, properties: readonly (readonly string[])[]): RawXml;
  /** `method_OUTPUT` with the parameters in their order. */
  writeOutput(
    resourceUri: string,
    method: string,
    results: readonly CimProperty[],
    values: Readonly<Record<string, CimValue>>,
  ): RawXml;
  /** Resource URI of a class. */
  uriOf(className: string): string;
}

const declarations = `xmlns:xsi="${ns.xsi}" xmlns:cim="${ns.cimCommon}"`;

function planProperty(property: CimProperty): PropertyPlan {
  const tag = `p:${property.name}`;
  const plain = !['datetime', 'reference', 'instance', 'string', 'char16'].includes(property.type);
  return {
    name: property.name,
    open: `<${tag}>`,
    close: `</${tag}>`,
    nil: `<${tag} xsi:nil="true"/>`,
    plain,
    property,
  };
}

const realText = (value: number): string =>
  Number.isNaN(value) ? 'NaN' : value === Infinity ? 'INF' : value === -Infinity ? '-INF' : String(value);

const safe = /^[ -%'-;=?-~]*$/;
const text = (value: string): string => (safe.test(value) ? value : escapeXml(value));

function dateTimeXml(value: CimDateTime): string {
  const { element, text: moment } = xmlDateTime(value);
  return `<cim:${element}>${moment}</cim:${element}>`;
}

/** A writer for the classes of a namespace. `kind` decides which URIs are written. */
export function createInstanceWriter(
  registry: ClassRegistry,
  namespace: string,
  kind: CimResource['kind'],
): InstanceWriter {
  const plans = new Map<string, ClassPlan>();
  const uriOf = (className: string): string => classUri(kind, namespace, className);

  const planOf = (className: string): ClassPlan => {
    const known = plans.get(className);
    if (known) return known;
    const resolved: ResolvedClass = registry.need(className);
    const uri = uriOf(resolved.name);
    const { name } = resolved;
    const plan: ClassPlan = {
      head: `<p:${name} xmlns:p="${uri}" ${declarations} xsi:type="p:${name}_Type" xml:lang="en-US">`,
      tail: `</p:${name}>`,
      uri,
      properties: resolved.properties.map(planProperty),
    };
    plans.set(className, plan);
    return plan;
  };

  const referenceXml = (value: CimReference): string => {
    const other = value.namespace === undefined ? namespace : canonicalNamespace(value.namespace);
    const known = other === namespace ? registry.find(value.className) : null;
    const uri = classUri(kind, other, known?.name ?? value.className);
    let selectors = '';
    if (!known?.singleton)
      for (const [name, key] of Object.entries(value.keys))
        selectors += `<w:Selector Name="${escapeXml(name)}">${escapeXml(keyText(key))}</w:Selector>`;
    if (kind === 'cim-schema') selectors += `<w:Selector Name="${namespaceSelector}">${escapeXml(other)}</w:Selector>`;
    const set = selectors === '' ? '' : `<w:SelectorSet>${selectors}</w:SelectorSet>`;
    return `<a:Address xmlns:a="${ns.addressing}">${anonymous}</a:Address><a:ReferenceParameters xmlns:a="${ns.addressing}" xmlns:w="${ns.wsman}"><w:ResourceURI>${escapeXml(uri)}</w:ResourceURI>${set}</a:ReferenceParameters>`;
  };

  const scalarXml = (plan: PropertyPlan, value: CimScalar, depth: number): string => {
    if (value === null || value === undefined) return plan.nil;
    if (typeof value === 'string') return plan.open + text(value) + plan.close;
    if (typeof value === 'number') return plan.open + realText(value) + plan.close;
    if (typeof value !== 'object') return plan.open + String(value) + plan.close;
    if (value.kind === 'datetime') return plan.open + dateTimeXml(value) + plan.close;
    if (value.kind === 'reference') return plan.open + referenceXml(value) + plan.close;
    return embeddedXml(plan, value, depth + 1);
  };

  // The embedded instance's class has another namespace under the same prefix; the element itself lies in the outer one.
  const embeddedXml = (plan: PropertyPlan, instance: CimInstance, depth: number): string => {
    if (depth > maxEmbedding) throw new CimError('nesting', `instances are embedded deeper than ${maxEmbedding}`);
    const inner = planOf(instance.className);
    const outer = `o${depth}`;
    const tag = `${outer}:${plan.name}`;
    return `<${tag} xmlns:${outer}="${currentUri[depth - 1]}" xmlns:p="${inner.uri}" xsi:type="p:${instance.className}_Type">${content(inner, instance, depth)}</${tag}>`;
  };

  /** URI of the class that is being written, by depth of embedding. */
  const currentUri: string[] = [];

  const propertyXml = (plan: PropertyPlan, value: CimValue | undefined, depth: number): string => {
    if (value === undefined || value === null) return plan.nil;
    if (Array.isArray(value)) {
      let out = '';
      for (const one of value as readonly CimScalar[]) out += scalarXml(plan, one, depth);
      return out;
    }
    return scalarXml(plan, value as CimScalar, depth);
  };

  const content = (plan: ClassPlan, instance: CimInstance, depth: number): string => {
    currentUri[depth] = plan.uri;
    const { values } = instance;
    let out = '';
    for (const one of plan.properties) out += propertyXml(one, values[one.name], depth);
    return out;
  };

  return {
    uriOf,
    write: (instance, options) => {
      const plan = planOf(options?.asClass ?? instance.className);
      return { raw: plan.head + content(plan, instance, 0) + plan.tail };
    },
    writeFragment: (instance, properties) => {
      const resolved = registry.need(instance.className);
      const uri = uriOf(resolved.name);
      currentUri[0] = uri;
      let out = '';
      for (const path of properties) {
        let value: CimValue | undefined = instance;
        let owner: ResolvedClass | null = resolved;
        let property: CimProperty | null = null;
        for (const step of path) {
          property = owner?.property(step) ?? null;
          value = property && isInstance(value) ? value.values[property.name] : null;
          owner = isInstance(value) ? registry.find(value.className) : null;
        }
        if (property) out += propertyXml(planProperty(property), value, 0);
      }
      return {
        raw: `<w:XmlFragment xmlns:w="${ns.wsman}" xmlns:p="${uri}" ${declarations}>${out}</w:XmlFragment>`,
      };
    },
    writeOutput: (resourceUri, method, results, values) => {
      currentUri[0] = resourceUri;
      let out = '';
      for (const one of results)
        if (values[one.name] !== undefined) out += propertyXml(planProperty(one), values[one.name], 0);
      const tag = `p:${method}_OUTPUT`;
      return { raw: `<${tag} xmlns:p="${escapeXml(resourceUri)}" ${declarations}>${out}</${tag}>` };
    },
  };
}

const isInstance = (value: CimValue | undefined): value is CimInstance =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'instance';
