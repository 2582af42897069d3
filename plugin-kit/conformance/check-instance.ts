import {
  type CimInstance,
  type CimValue,
  type ClassRegistry,
  coerceValue,
  createInstanceWriter,
  type ResolvedClass,
  readInstance,
} from '@atelier/cim';
import { parseXml } from '@atelier/wsman';

/** What is wrong with the values of one instance. */
function* checkValues(instance: CimInstance, type: ResolvedClass): Generator<string> {
  for (const [name, value] of Object.entries(instance.values)) {
    const property = type.property(name);
    if (!property) yield `gives ${name}, which is no property of the class`;
    else if (property.name !== name) yield `gives ${name}, which the class spells ${property.name}`;
    else {
      let wanted: CimValue;
      try {
        wanted = coerceValue(property, value);
      } catch (error) {
        yield (error as Error).message;
        continue;
      }
      // Text for a number would be sent as it is and compare wrongly in queries.
      const isText = (one: unknown): boolean =>
        (Array.isArray(one) ? one : [one]).some((each) => typeof each === 'string');
      if (isText(value) !== isText(wanted)) yield `gives ${name} as text, but it is ${property.type}`;
    }
  }
  for (const key of type.keys)
    if (!type.singleton && (instance.values[key.name] ?? null) === null) yield `the key ${key.name} is null`;
}

/** What is wrong with one instance: its class, values, keys, and whether it survives the way to a client. */
export function checkInstance(
  instance: CimInstance,
  expected: ResolvedClass,
  registry: ClassRegistry,
): readonly string[] {
  const type = registry.find(instance.className);
  if (!type) return [`gives an instance of ${instance.className}, which is no class of the provider`];
  if (!type.isA(expected.name))
    return [`gives an instance of ${type.name}, which does not inherit from ${expected.name}`];
  const wrong = [...checkValues(instance, type)];
  if (wrong.length > 0) return wrong;
  try {
    readInstance(
      parseXml(createInstanceWriter(registry, 'root/conformance', 'wmi').write(instance).raw),
      type,
      registry,
    );
  } catch (error) {
    return [`an instance cannot be sent: ${(error as Error).message}`];
  }
  return [];
}
