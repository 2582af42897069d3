import { type CimInstance, type CimValue, coerceValue, readMethodInput } from '@atelier/cim';
import type { OperationContext } from '@atelier/plugin-kit';
import { fault, type ResourceReference, type XmlContent, type XmlElement } from '@atelier/wsman';
import type { CimNamespace, OwnedSource } from './cim-namespace.ts';
import { engineFault, guarded } from './engine-fault.ts';
import { needInstance, sourcesOf } from './list-instances.ts';
import { resolveClass } from './resolve-resource.ts';

/** Calls a method of a class or an instance. Throws ActionNotSupported for an unknown one and InvalidParameter for wrong input. */
export async function invokeMethod(
  namespaces: ReadonlyMap<string, CimNamespace>,
  resource: ResourceReference,
  name: string,
  input: XmlElement | null,
  context: OperationContext,
): Promise<XmlContent> {
  const { namespace, type, kind, keys } = resolveClass(namespaces, resource);
  const declared = type.method(name);
  if (!declared) throw fault('actionNotSupported');
  let values: Readonly<Record<string, CimValue>>;
  try {
    values = readMethodInput(input, declared, namespace.registry);
  } catch (error) {
    throw engineFault(error, 'input');
  }
  let owner: OwnedSource | undefined;
  let instance: CimInstance | null = null;
  if (declared.static && Object.keys(keys).length === 0)
    owner = sourcesOf(namespace, type).find((one) => one.source.invoke !== undefined);
  else {
    const found = await needInstance(namespace, type, keys, context);
    owner = found;
    instance = found.instance;
  }
  const invoke = owner?.source.invoke;
  if (!owner || !invoke) throw fault('actionNotSupported');
  const given = await guarded(owner.provider, context.signal, () =>
    invoke.call(owner.source, declared.name, instance, values, context),
  );
  const results = [
    ...declared.parameters.filter((one) => one.direction !== 'in'),
    { name: 'ReturnValue', type: declared.returns },
  ];
  try {
    const checked = Object.fromEntries(
      results
        .filter((one) => given[one.name] !== undefined)
        .map((one) => [one.name, coerceValue(one, given[one.name])]),
    );
    const writer = namespace.writer(kind);
    return writer.writeOutput(writer.uriOf(type.name), declared.name, results, checked);
  } catch (error) {
    throw engineFault(error, 'provider', owner.provider);
  }
}
