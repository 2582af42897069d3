import { escapeXml, type RawXml } from '@atelier/wsman';
import type { CimMethod, CimParameter, CimProperty } from './cim-class.ts';
import type { ResolvedClass } from './class-registry.ts';

const qualifier = (name: string, type: string, value: string): string =>
  `<QUALIFIER NAME="${name}" TYPE="${type}"><VALUE>${escapeXml(value)}</VALUE></QUALIFIER>`;

function qualifiers(one: CimProperty): string {
  let out = '';
  if (one.key) out += qualifier('key', 'boolean', 'true');
  if (one.writable) out += qualifier('write', 'boolean', 'true');
  if (one.units) out += qualifier('Units', 'string', one.units);
  if (one.description) out += qualifier('Description', 'string', one.description);
  if (one.type === 'instance') out += qualifier('EmbeddedInstance', 'string', one.className ?? '');
  if (one.values) {
    const list = (name: string, values: readonly string[]): string =>
      `<QUALIFIER NAME="${name}" TYPE="string"><VALUE.ARRAY>${values.map((value) => `<VALUE>${escapeXml(value)}</VALUE>`).join('')}</VALUE.ARRAY></QUALIFIER>`;
    out += list('ValueMap', Object.keys(one.values)) + list('Values', Object.values(one.values));
  }
  return out;
}

function property(one: CimProperty): string {
  const name = escapeXml(one.name);
  if (one.type === 'reference')
    return `<PROPERTY.REFERENCE NAME="${name}" REFERENCECLASS="${escapeXml(one.className ?? '')}">${qualifiers(one)}</PROPERTY.REFERENCE>`;
  const type = one.type === 'instance' ? 'string' : one.type;
  const tag = one.array ? 'PROPERTY.ARRAY' : 'PROPERTY';
  return `<${tag} NAME="${name}" TYPE="${type}">${qualifiers(one)}</${tag}>`;
}

function parameter(one: CimParameter): string {
  const direction =
    (one.direction === 'out' ? '' : qualifier('In', 'boolean', 'true')) +
    (one.direction === 'in' ? '' : qualifier('Out', 'boolean', 'true'));
  const { direction: _, required: __, ...plain } = one;
  const inner = direction + qualifiers(plain);
  if (one.type === 'reference')
    return `<PARAMETER.REFERENCE NAME="${escapeXml(one.name)}" REFERENCECLASS="${escapeXml(one.className ?? '')}">${inner}</PARAMETER.REFERENCE>`;
  const type = one.type === 'instance' ? 'string' : one.type;
  const tag = one.array ? 'PARAMETER.ARRAY' : 'PARAMETER';
  return `<${tag} NAME="${escapeXml(one.name)}" TYPE="${type}">${inner}</${tag}>`;
}

const method = (one: CimMethod): string =>
  `<METHOD NAME="${escapeXml(one.name)}" TYPE="${one.returns}">${one.static ? qualifier('Static', 'boolean', 'true') : ''}${one.description ? qualifier('Description', 'string', one.description) : ''}${one.parameters.map(parameter).join('')}</METHOD>`;

/** A class's declaration as CIM-XML (DSP0201): what Get on a class answers. */
export function writeClassDeclaration(type: ResolvedClass): RawXml {
  const { definition } = type;
  const superclass = type.superclass ? ` SUPERCLASS="${escapeXml(type.superclass.name)}"` : '';
  const own =
    (definition.description ? qualifier('Description', 'string', definition.description) : '') +
    (type.abstract ? qualifier('Abstract', 'boolean', 'true') : '') +
    (type.association ? qualifier('Association', 'boolean', 'true') : '') +
    (type.singleton ? qualifier('Singleton', 'boolean', 'true') : '');
  const members = type.properties.map(property).join('') + type.methods.map(method).join('');
  return { raw: `<CLASS NAME="${escapeXml(type.name)}"${superclass}>${own}${members}</CLASS>` };
}
