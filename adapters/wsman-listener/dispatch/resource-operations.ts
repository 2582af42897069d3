import type { EnumeratedItem, OperationContext } from '@atelier/plugin-kit';
import {
  applyFragment,
  dialects,
  type EnumerateOperation,
  fault,
  matchesSelectors,
  type RequestHeaders,
  type ResourceOperation,
  type ResourceResponse,
  readSelectorFilter,
  selectFragment,
} from '@atelier/wsman';
import { checkOptions } from './check-options.ts';
import type { Operation } from './operation.ts';
import type { FoundResource, ResourceTable } from './resource-table.ts';

/** Carries out WS-Transfer and custom actions on whatever resource is named. Fragments are cut out here, for all providers alike. */
export async function resourceOperation(
  table: ResourceTable,
  request: Exclude<ResourceOperation, { kind: 'identify' }>,
  headers: RequestHeaders,
  operation: Operation,
): Promise<ResourceResponse> {
  const { resource, fragment } = headers;
  const found = table.need(resource.resourceUri, request.kind);
  const { provider } = found;
  checkOptions(headers.options, found.declaration.options ?? []);
  if (fragment && request.kind !== 'get' && request.kind !== 'put') throw fault('fragmentTransferNotSupported');
  switch (request.kind) {
    case 'get': {
      if (!provider.get) throw fault('actionNotSupported');
      const body = await operation.within(provider.get(resource, operation));
      return fragment ? { kind: 'get-fragment', content: selectFragment(body, fragment) } : { kind: 'get', body };
    }
    case 'put': {
      if (!provider.put) throw fault('actionNotSupported');
      if (!fragment)
        return { kind: 'put', body: await operation.within(provider.put(resource, request.body, operation)) };
      if (!provider.get) throw fault('fragmentTransferNotSupported');
      const before = await operation.within(provider.get(resource, operation));
      const changed = applyFragment(before, fragment, request.body);
      const after = (await operation.within(provider.put(resource, changed, operation))) ?? changed;
      return { kind: 'put-fragment', content: selectFragment(after, fragment) };
    }
    case 'create':
      if (!provider.create) throw fault('actionNotSupported');
      return { kind: 'create', ...(await operation.within(provider.create(resource, request.body, operation))) };
    case 'delete':
      if (!provider.delete) throw fault('actionNotSupported');
      await operation.within(provider.delete(resource, operation));
      return { kind: 'delete' };
    case 'invoke':
      if (!provider.invoke) throw fault('actionNotSupported');
      return {
        kind: 'invoke',
        body: await operation.within(provider.invoke(resource, request.method, request.input, operation)),
      };
  }
}

/** What Enumerate draws from. SelectorFilter is offered here to providers that do not know it. */
export function itemsOf(
  found: FoundResource,
  request: EnumerateOperation,
  headers: RequestHeaders,
): (context: OperationContext) => AsyncIterable<EnumeratedItem> {
  const { provider, declaration } = found;
  if (!provider.enumerate) throw fault('actionNotSupported');
  checkOptions(headers.options, declaration.options ?? []);
  const { filter } = request;
  const known = filter === null || (declaration.filterDialects ?? []).includes(filter.dialect);
  if (!known && filter.dialect !== dialects.selector) throw fault('enumerateFilterDialectRequestedUnavailable');
  const wanted = {
    ...headers.resource,
    filter: known ? filter : null,
    polymorphism: request.polymorphism,
    mode: request.mode,
  };
  const enumerate = provider.enumerate.bind(provider);
  if (known) return (context) => enumerate(wanted, context);
  const selectors = readSelectorFilter(filter);
  return async function* (context) {
    for await (const one of enumerate(wanted, context)) if (matchesSelectors(one.item, selectors)) yield one;
  };
}
