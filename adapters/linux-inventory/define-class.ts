import type { CimClass, CimInstance, CimMethod, CimProperty, CimType, CimValue } from '@atelier/cim';

type PropertyTypes = Readonly<
  Partial<Record<Exclude<CimType, 'reference'> | 'strings' | 'uint8s' | 'uint16s' | 'uint32s' | 'booleans', string>>
>;

/** A class as a table: property names by type, separated by spaces. */
export interface ClassTable extends PropertyTypes {
  readonly name: string;
  readonly superclass?: string;
  readonly abstract?: boolean;
  readonly singleton?: boolean;
  readonly keys?: string;
  readonly writable?: string;
  readonly description?: string;
  readonly units?: Readonly<Record<string, string>>;
  readonly methods?: readonly CimMethod[];
}

const columns: readonly (readonly [keyof PropertyTypes, CimType, boolean])[] = [
  ...(
    [
      'boolean',
      'uint8',
      'sint8',
      'uint16',
      'sint16',
      'uint32',
      'sint32',
      'uint64',
      'sint64',
      'real32',
      'real64',
      'string',
      'datetime',
      'instance',
    ] as const
  ).map((type) => [type, type, false] as const),
  ['strings', 'string', true],
  ['uint8s', 'uint8', true],
  ['uint16s', 'uint16', true],
  ['uint32s', 'uint32', true],
  ['booleans', 'boolean', true],
];

const words = (text: string | undefined): readonly string[] => text?.trim().split(/\s+/).filter(Boolean) ?? [];

/** Makes a class of its table. */
export function defineClass(table: ClassTable): CimClass {
  const keys = new Set(words(table.keys));
  const writable = new Set(words(table.writable));
  const properties: CimProperty[] = [];
  for (const [column, type, array] of columns)
    for (const name of words(table[column]))
      properties.push({
        name,
        type,
        ...(array ? { array } : {}),
        ...(keys.has(name) ? { key: true } : {}),
        ...(writable.has(name) ? { writable: true } : {}),
        ...(table.units?.[name] ? { units: table.units[name] } : {}),
      });
  const { name, superclass, abstract, singleton, description, methods } = table;
  return { name, superclass, abstract, singleton, description, properties, methods };
}

/** An association between two classes. Its ends are its keys. */
export function defineAssociation(
  name: string,
  superclass: string | undefined,
  ends: Readonly<Record<string, string>>,
): CimClass {
  return {
    name,
    superclass,
    association: true,
    properties: Object.entries(ends).map(([end, className]) => ({
      name: end,
      type: 'reference',
      className,
      key: true,
    })),
  };
}

/** A method with its parameters: `in`, `out` tables of name → type. */
export function defineMethod(
  name: string,
  more: {
    readonly in?: Readonly<Record<string, CimType>>;
    readonly out?: Readonly<Record<string, CimType>>;
    readonly required?: readonly string[];
    readonly static?: boolean;
    readonly description?: string;
  } = {},
): CimMethod {
  const side = (direction: 'in' | 'out', table: Readonly<Record<string, CimType>> | undefined) =>
    Object.entries(table ?? {}).map(([parameter, type]) => ({
      name: parameter,
      type,
      direction,
      required: more.required?.includes(parameter) ?? false,
    }));
  return {
    name,
    returns: 'uint32',
    parameters: [...side('in', more.in), ...side('out', more.out)],
    ...(more.static ? { static: true } : {}),
    ...(more.description ? { description: more.description } : {}),
  };
}

/** An instance of one of our classes. */
export const instanceOf = (className: string, values: Readonly<Record<string, CimValue>>): CimInstance => ({
  kind: 'instance',
  className,
  values,
});

/** An instance of an association. */
export function associationOf(
  className: string,
  ends: Readonly<Record<string, readonly [className: string, keys: Readonly<Record<string, string | number>>]>>,
): CimInstance {
  return instanceOf(
    className,
    Object.fromEntries(
      Object.entries(ends).map(([end, [target, keys]]) => [
        end,
        { kind: 'reference', className: target, keys } as const,
      ]),
    ),
  );
}
