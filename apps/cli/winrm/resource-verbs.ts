import { readFileSync } from 'node:fs';
import {
  type ResourceLocator,
  resourceLocator,
  type Session,
  withFragment,
  withOption,
  withProperties,
} from '@atelier/adapters/winrm-client';
import {
  dialects,
  element,
  endpointReference,
  ns,
  type PolymorphismMode,
  parseXml,
  type XmlElement,
} from '@atelier/wsman';
import { usageFailure } from '../failure/cli-failure.ts';
import { associationFilter } from './association-filter.ts';
import { type CommandWords, readValueSet } from './command-words.ts';
import { formatNode, type XmlFormat } from './format-xml.ts';

/** What a verb has to work with. */
export interface VerbContext {
  readonly session: Session;
  readonly command: CommandWords;
  /** Words behind the verb. */
  readonly rest: readonly string[];
  readonly format: XmlFormat;
  /** Writes a piece of the answer. Resolves when the reader takes more. */
  readonly print: (text: string) => Promise<void>;
}

const shortDialects: Readonly<Record<string, string>> = {
  wql: dialects.wql,
  selector: dialects.selector,
  association: dialects.association,
  xpath: dialects.xpath,
};

function locatorFrom({ command, rest }: VerbContext, at = 0): ResourceLocator {
  const text = rest[at];
  if (text === undefined) throw usageFailure('there is no resource', 'write e.g. winrm get winrm/config');
  const { switches } = command;
  const fragment = switches.get('fragment');
  const options = switches.get('options');
  let locator = resourceLocator(text);
  if (fragment)
    locator = withFragment(
      locator,
      fragment,
      shortDialects[switches.get('dialect')?.toLowerCase() ?? 'xpath'] ?? switches.get('dialect'),
    );
  for (const [name, value] of Object.entries(options ? readValueSet(options) : {}))
    locator = withOption(locator, name, value);
  return locator;
}

/** XML that stands in a file, for -file:. */
function bodyFrom({ command }: VerbContext): XmlElement | null {
  const path = command.switches.get('file');
  if (path === undefined) return null;
  return parseXml(readFileSync(path === '-' ? 0 : path));
}

function onlyOne(context: VerbContext): void {
  if (context.command.values && context.command.switches.has('file'))
    throw usageFailure('give values or a file, not both');
}

export async function get(context: VerbContext): Promise<void> {
  const locator = locatorFrom(context);
  if (!locator.fragment) return context.print(formatNode(await context.session.get(locator), context.format));
  const content = await context.session.getFragment(locator);
  const texts = content.filter((one) => typeof one !== 'string' || one.trim() !== '');
  if (context.format !== 'text')
    return context.print(formatNode(element(ns.wsman, 'XmlFragment', null, ...content), context.format));
  return context.print(texts.map((one) => (typeof one === 'string' ? one : formatNode(one, 'text'))).join('\n'));
}

export async function set(context: VerbContext): Promise<void> {
  onlyOne(context);
  const locator = locatorFrom(context);
  const { values } = context.command;
  const file = bodyFrom(context);
  if (locator.fragment) {
    const [only, ...more] = values ? Object.values(values) : [];
    if (only === undefined || more.length > 0)
      throw usageFailure('a fragment is set to one value', 'write @{value="…"}');
    await context.session.putFragment(locator, only);
    return;
  }
  if (!file && !values)
    throw usageFailure('there is nothing to set', 'give values as @{Name="value"} or a file with -file:');
  const body = file ?? withProperties(await context.session.get(locator), values!);
  await context.print(formatNode(await context.session.put(locator, body), context.format));
}

export async function create(context: VerbContext): Promise<void> {
  onlyOne(context);
  const reference = await context.session.create(
    locatorFrom(context),
    bodyFrom(context) ?? context.command.values ?? {},
  );
  await context.print(formatNode(endpointReference(reference, ns.transfer, 'ResourceCreated'), context.format));
}

/** `winrm delete`. */
export async function remove(context: VerbContext): Promise<void> {
  await context.session.delete(locatorFrom(context));
}

export async function invoke(context: VerbContext): Promise<void> {
  onlyOne(context);
  const [method] = context.rest;
  if (method === undefined) throw usageFailure('there is no method', 'write winrm invoke METHOD RESOURCE @{…}');
  const output = await context.session.invoke(
    method,
    locatorFrom(context, 1),
    bodyFrom(context) ?? context.command.values ?? {},
  );
  await context.print(formatNode(output, context.format));
}

function polymorphism(switches: ReadonlyMap<string, string>): PolymorphismMode | undefined {
  if (switches.has('shallow')) return 'None';
  return switches.has('basepropertiesonly') ? 'ExcludeSubClassProperties' : undefined;
}

function filterFrom({ command }: VerbContext, resourceUri: string) {
  const filter = command.switches.get('filter');
  if (filter === undefined) return {};
  const named = command.switches.get('dialect');
  const dialect = shortDialects[named?.toLowerCase() ?? 'wql'] ?? named!;
  if (dialect === dialects.association && !filter.trim().startsWith('<'))
    return {
      dialect,
      filter: associationFilter(readValueSet(filter), resourceUri, command.switches.has('associations')),
    };
  if (dialect === dialects.selector && !filter.trim().startsWith('<')) {
    const all = Object.entries(readValueSet(filter)).map(
      ([name, value]) => `<w:Selector xmlns:w="${ns.wsman}" Name="${name}">${value}</w:Selector>`,
    );
    return { dialect, filter: `<w:SelectorSet xmlns:w="${ns.wsman}">${all.join('')}</w:SelectorSet>` };
  }
  return { dialect, filter };
}

export async function enumerate(context: VerbContext): Promise<void> {
  const locator = locatorFrom(context);
  const { switches } = context.command;
  const options = { ...filterFrom(context, locator.resourceUri), polymorphism: polymorphism(switches) };
  const kind = switches.get('returntype')?.toLowerCase() ?? 'object';
  const show = async (...nodes: readonly XmlElement[]) => {
    await context.print(
      nodes.map((one) => formatNode(one, context.format)).join('\n') + (context.format === 'text' ? '\n\n' : ''),
    );
  };
  if (kind === 'object') for await (const item of context.session.enumerate(locator, options)) await show(item);
  else if (kind === 'epr')
    for await (const one of context.session.enumerateReferences(locator, options)) await show(endpointReference(one));
  else if (kind === 'objectandepr')
    for await (const { item, reference } of context.session.enumerateBoth(locator, options))
      await show(item, endpointReference(reference));
  else throw usageFailure(`the return type "${kind}" is not known`, 'it is object, epr or objectandepr');
}

export async function identify(context: VerbContext): Promise<void> {
  const { protocolVersion, productVendor, productVersion, securityProfiles = [] } = await context.session.identify();
  const text = (name: string, value: string) => element(ns.identity, name, null, value);
  const profiles = element(
    ns.identity,
    'SecurityProfiles',
    null,
    ...securityProfiles.map((one) => text('SecurityProfileName', one)),
  );
  const all = [
    text('ProtocolVersion', protocolVersion),
    text('ProductVendor', productVendor),
    text('ProductVersion', productVersion),
  ];
  await context.print(
    formatNode(
      element(ns.identity, 'IdentifyResponse', null, ...all, ...(securityProfiles.length > 0 ? [profiles] : [])),
      context.format,
    ),
  );
}

/** Ours, for short: the configuration of a host, or a part of it, shown or set. */
export async function configure(context: VerbContext): Promise<void> {
  const [part] = context.rest;
  const rest = [part ? `winrm/config/${part}` : 'winrm/config'];
  const changed = context.command.values !== null || context.command.switches.has('file');
  await (changed ? set : get)({ ...context, rest });
}
