/** Prefix of the URIs of Windows' WMI plug-in; the namespace and the class follow. */
export const wmiPrefix = 'http://schemas.microsoft.com/wbem/wsman/1/wmi/';
/** Prefix of DMTF's URIs (DSP0230 §7.1); the namespace is the selector `__cimnamespace`. */
export const cimSchemaPrefix = 'http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/';
/** "All classes" of DSP0227. */
export const allCimClasses = 'http://schemas.dmtf.org/wbem/wscim/1/*';
/** Class declarations as CIM-XML. */
export const cimXmlPrefix = 'http://schemas.dmtf.org/wbem/cim-xml/2/cim-schema/2/';
export const defaultNamespace = 'root/cimv2';
export const namespaceSelector = '__cimnamespace';

/** What a CIM resource URI names. `className` is `*` for all classes; `namespace` is null where the selector must tell. */
export interface CimResource {
  readonly kind: 'wmi' | 'cim-schema' | 'cim-xml';
  readonly namespace: string | null;
  readonly className: string;
}

const name = /^(?:[A-Za-z_][A-Za-z0-9_]{0,254}|\*)$/;

/** Reads a resource URI; null when it is none of CIM's. URIs compare without case. */
export function readCimResource(uri: string): CimResource | null {
  const lower = uri.toLowerCase();
  const named = (kind: 'cim-schema' | 'cim-xml', className: string): CimResource | null =>
    name.test(className) ? { kind, namespace: null, className } : null;
  if (lower === allCimClasses) return { kind: 'cim-schema', namespace: null, className: '*' };
  if (lower.startsWith(cimSchemaPrefix)) return named('cim-schema', uri.slice(cimSchemaPrefix.length));
  if (lower.startsWith(cimXmlPrefix)) return named('cim-xml', uri.slice(cimXmlPrefix.length));
  if (!lower.startsWith(wmiPrefix)) return null;
  const parts = uri.slice(wmiPrefix.length).split('/');
  const className = parts.pop()!;
  if (parts.length === 0 || !name.test(className) || parts.some((one) => !/^[\w.-]{1,64}$/.test(one))) return null;
  return { kind: 'wmi', namespace: parts.join('/'), className };
}

/** A namespace in the form we compare and write: slashes, lower case. */
export const canonicalNamespace = (namespace: string): string => namespace.replaceAll('\\', '/').toLowerCase();

/** Where the XML of a class's instances lies, and its resource URI. */
export function classUri(kind: CimResource['kind'], namespace: string, className: string): string {
  return kind === 'wmi' ? `${wmiPrefix}${namespace}/${className}` : `${cimSchemaPrefix}${className}`;
}
