import {
  type CimInstance,
  compileWhere,
  keyText,
  type SelectQuery,
  type WqlCondition,
  type WqlPath,
} from '@atelier/cim';
import type { CimChange, EventsDropped, OperationContext, ProviderEvent, SubscribeRequest } from '@atelier/plugin-kit';
import { fault, type XmlContent } from '@atelier/wsman';
import type { CimEngineOptions } from './cim-engine.ts';
import type { CimNamespace } from './cim-namespace.ts';
import { dialects } from './dialects.ts';
import { engineFault } from './engine-fault.ts';
import { EventQueue } from './event-queue.ts';
import { groupEvents } from './group-events.ts';
import { resolveResource } from './resolve-resource.ts';
import { readQuery } from './run-query.ts';
import { watchInstances } from './watch-instances.ts';

const eventClass: Readonly<Record<CimChange['kind'], string>> = {
  created: '__InstanceCreationEvent',
  modified: '__InstanceModificationEvent',
  deleted: '__InstanceDeletionEvent',
};

/** 100 nanoseconds between 1601 and 1970. */
const epoch = 116_444_736_000_000_000n;

function eventOf(change: CimChange, now: number): CimInstance {
  const values = { TIME_CREATED: BigInt(now) * 10_000n + epoch, TargetInstance: change.instance };
  return {
    kind: 'instance',
    className: eventClass[change.kind],
    values: change.kind === 'modified' ? { ...values, PreviousInstance: change.previous ?? null } : values,
  };
}

/** The class whose instances a query watches: what `TargetInstance ISA` says in its conjunction. */
function targetClass(condition: WqlCondition | null): string | null {
  if (!condition) return null;
  if (condition.kind === 'isa')
    return condition.path.length === 1 && condition.path[0]!.toLowerCase() === 'targetinstance'
      ? condition.className
      : null;
  if (condition.kind !== 'and') return null;
  for (const part of condition.parts) {
    const found = targetClass(part);
    if (found) return found;
  }
  return null;
}

function readEventQuery(request: SubscribeRequest): SelectQuery {
  if (!request.filter || request.filter.dialect.toLowerCase() !== dialects.wql.toLowerCase())
    throw fault('enumerateFilterDialectRequestedUnavailable', {
      reason: 'a subscription to CIM events needs a WQL query',
    });
  const query = readQuery(request.filter.text);
  if (query.kind !== 'select')
    throw fault('enumerateCannotProcessFilter', { reason: 'an event query begins with SELECT' });
  return query;
}

/** Events that a query lets through. */
async function* fittingEvents(
  namespace: CimNamespace,
  query: SelectQuery,
  context: OperationContext,
  options: CimEngineOptions,
): AsyncGenerator<CimInstance | EventsDropped> {
  const { registry } = namespace;
  const type = registry.need(query.className);
  if (!type.isA('__Event'))
    throw fault('enumerateCannotProcessFilter', { reason: `${type.name} is no class of events` });
  const fits = compileWhere(query, type, registry);
  const intrinsic = type.isA('__InstanceOperationEvent');
  const target = intrinsic ? targetClass(query.where) : type.name;
  if (target === null)
    throw fault('enumerateCannotProcessFilter', { reason: 'an event query tells its class with TargetInstance ISA' });
  const end = new AbortController();
  const signal = AbortSignal.any([context.signal, end.signal]);
  const queue = new EventQueue<CimChange>(options.eventBuffer ?? 1000, options.dropped);
  signal.addEventListener('abort', () => queue.close(), { once: true });
  try {
    const within = query.within === null ? null : query.within * 1000;
    watchInstances(namespace, registry.need(target), within, { ...context, signal }, queue);
    if (signal.aborted) return;
    for await (const change of queue.drain()) {
      if ('dropped' in change) {
        yield change;
        continue;
      }
      const event = intrinsic ? eventOf(change, Date.now()) : change.instance;
      if (registry.find(event.className)?.isA(type.name) && fits(event)) yield event;
    }
  } finally {
    end.abort();
  }
}

const valueAt = (instance: CimInstance, path: WqlPath): string => {
  let at: CimInstance | null = instance;
  for (const [index, step] of path.entries()) {
    const name: string | null | undefined =
      at && Object.keys(at.values).find((one) => one.toLowerCase() === step.toLowerCase());
    const value: CimInstance['values'][string] = (at && name && at.values[name]) ?? null;
    if (index === path.length - 1) return keyText(value).toLowerCase();
    at = typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'instance' ? value : null;
  }
  return '';
};

/** Events of instances (`__InstanceCreationEvent` …) or of a provider's own event classes, as a WQL query asks for them (WITHIN, GROUP WITHIN). */
export async function* subscribeCim(
  namespaces: ReadonlyMap<string, CimNamespace>,
  request: SubscribeRequest,
  context: OperationContext,
  options: CimEngineOptions,
): AsyncGenerator<ProviderEvent | EventsDropped> {
  const { namespace, kind } = resolveResource(namespaces, request);
  const query = readEventQuery(request);
  const writer = namespace.writer(kind);
  const write = (event: CimInstance): XmlContent =>
    query.properties ? writer.writeFragment(event, query.properties) : writer.write(event);
  try {
    const events = fittingEvents(namespace, query, context, options);
    if (!query.group) for await (const event of events) yield 'dropped' in event ? event : { item: write(event) };
    else
      for await (const event of groupEvents(events, query.group, valueAt, context.signal))
        yield 'dropped' in event ? event : { item: writer.write(event) };
  } catch (error) {
    if (context.signal.aborted) return;
    throw engineFault(error, 'filter');
  }
}
