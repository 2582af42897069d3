import { resourceLocator } from '@atelier/adapters/winrm-client';
import { element, endpointReference, ns, writeXml } from '@atelier/wsman';
import { usageFailure } from '../failure/cli-failure.ts';

const parts = ['AssociationClassName', 'Role', 'ResultClassName', 'ResultRole', 'IncludeResultProperty'] as const;

/**
 * The filter of a traversal (DSP0227 §17.3) from values such as `Object=Win32_Service?Name=x;ResultClassName=…`. An object that begins with neither
 * an alias nor a scheme lies beside the resource that is enumerated.
 */
export function associationFilter(
  values: Readonly<Record<string, string>>,
  beside: string,
  associations: boolean,
): string {
  const of = (name: string) => Object.entries(values).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
  const object = of('object');
  if (!object) throw usageFailure('an association filter names its object', 'write -filter:{Object=Class?Key=value;…}');
  const whole = /^[A-Za-z]+[:/]/.test(object) ? object : `${beside.slice(0, beside.lastIndexOf('/'))}/${object}`;
  const children = parts.flatMap((name) => {
    const value = of(name);
    return value === undefined ? [] : [element(ns.cimBinding, name, null, value)];
  });
  return writeXml(
    element(
      ns.cimBinding,
      associations ? 'AssociationInstances' : 'AssociatedInstances',
      null,
      endpointReference(resourceLocator(whole), ns.cimBinding, 'Object'),
      ...children,
    ),
  );
}
