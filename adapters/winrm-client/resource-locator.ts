import { dialects, type FragmentTransfer, type Option, type ResourceReference, type Selector } from '@atelier/wsman';
import { winrmError } from './errors.ts';

/** What a call is about: a resource, options for it, and the part of it that is meant. */
export interface ResourceLocator extends ResourceReference {
  readonly options?: readonly Option[];
  readonly fragment?: FragmentTransfer;
}

const microsoft = 'http://schemas.microsoft.com/wbem/wsman/1';

/** Short names of resource URIs (they exist at the client only). */
export const aliases: Readonly<Record<string, string>> = {
  wmi: `${microsoft}/wmi`,
  wmicimv2: `${microsoft}/wmi/root/cimv2`,
  cimv2: 'http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2',
  winrm: microsoft,
  wsman: microsoft,
  shell: `${microsoft}/windows/shell`,
};

/** The whole URI of what may begin with an alias. */
export function expandAlias(uri: string): string {
  const slash = uri.indexOf('/');
  const head = (slash < 0 ? uri : uri.slice(0, slash)).toLowerCase();
  const whole = Object.hasOwn(aliases, head) ? aliases[head] : undefined;
  return whole === undefined ? uri : whole + (slash < 0 ? '' : uri.slice(slash));
}

/** `Key=Value+Key2="a+b"`. A quoted value may hold `+`. */
export function readSelectorText(text: string): readonly Selector[] {
  const found: Selector[] = [];
  const one = /([^=+]+)=("(?:[^"]*)"|[^+]*)(?:\+|$)/y;
  while (one.lastIndex < text.length) {
    const match = one.exec(text);
    if (!match) throw winrmError('winrm.request', `"${text}" is no list of selectors: write Key=Value+Key2=Value2`);
    found.push({ name: match[1]!.trim(), value: match[2]!.replace(/^"(.*)"$/, '$1') });
  }
  return found;
}

/** A locator from text: `wmicimv2/Win32_Service?Name=Spooler`, with `#Fragment` or a whole URI. Throws `winrm.request`. */
export function resourceLocator(text: string): ResourceLocator {
  const mark = text.indexOf('?');
  const uri = expandAlias((mark < 0 ? text : text.slice(0, mark)).trim());
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:[^\s]+$/.test(uri))
    throw winrmError('winrm.request', `"${text}" is no resource URI and begins with no alias`);
  return { resourceUri: uri, selectors: mark < 0 ? [] : readSelectorText(text.slice(mark + 1)) };
}

/** The same resource with one selector more; one of the same name is replaced. */
export function withSelector(locator: ResourceLocator, name: string, value: Selector['value']): ResourceLocator {
  const others = locator.selectors.filter((one) => one.name.toLowerCase() !== name.toLowerCase());
  return { ...locator, selectors: [...others, { name, value }] };
}

/** The same resource with one option more. */
export const withOption = (
  locator: ResourceLocator,
  name: string,
  value: string,
  mustComply = false,
): ResourceLocator => ({
  ...locator,
  options: [...(locator.options ?? []), { name, value, mustComply }],
});

/** A part of the resource, e.g. `Status/text()`. */
export const withFragment = (
  locator: ResourceLocator,
  path: string,
  dialect: string = dialects.xpath,
): ResourceLocator => ({
  ...locator,
  fragment: { dialect, path },
});

/** What a call accepts as its resource. */
export const asLocator = (resource: string | ResourceLocator): ResourceLocator =>
  typeof resource === 'string' ? resourceLocator(resource) : resource;
