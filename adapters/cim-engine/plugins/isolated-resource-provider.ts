import type {
  EnumeratedItem,
  EventsDropped,
  OperationContext,
  ProviderEvent,
  ResourceProvider,
} from '@atelier/plugin-kit';
import { parseXml, writeXml, type XmlContent, type XmlElement } from '@atelier/wsman';
import { call, pluginFault, stream } from './call-plugin.ts';
import type { ResourceDescription } from './plugin-messages.ts';
import type { PluginProcess } from './plugin-process.ts';

/** Whose URIs the agent and the standards use themselves. */
const reserved = /^https?:\/\/schemas\.(microsoft\.com|dmtf\.org|xmlsoap\.org)(\/|$)/i;

/** Throws when a plug-in's resources are none that it could answer for. */
function checkResources({ resources, functions }: ResourceDescription): void {
  if (!Array.isArray(resources) || resources.length === 0) throw new Error('it declares no resources');
  for (const { uri, capabilities } of resources) {
    if (typeof uri !== 'string' || !URL.canParse(uri)) throw new Error(`"${uri}" is no resource URI`);
    if (reserved.test(uri)) throw new Error(`${uri} belongs to the agent or to a standard: choose a URI of your own`);
    if (capabilities.includes('shell')) throw new Error(`${uri}: plug-ins cannot open shells`);
    for (const one of capabilities)
      if (!functions.includes(one)) throw new Error(`${uri} says that it can ${one}, but there is no such function`);
  }
}

/** XML out of another process, as one whole element. */
const element = (content: XmlContent): XmlElement => parseXml('raw' in content ? content.raw : writeXml(content));

/** A resource provider that lives in another process, as the listener wants it. Throws when its resources cannot be had. */
export function isolatedResourceProvider(process: PluginProcess, description: ResourceDescription): ResourceProvider {
  checkResources(description);
  const checked = <Value>(read: () => Value): Value => {
    try {
      return read();
    } catch (error) {
      throw pluginFault(process, error);
    }
  };
  const ask = (
    name: 'get' | 'put' | 'create' | 'delete' | 'invoke',
    args: readonly unknown[],
    context: OperationContext,
  ) => call(process, '', name, args, context);
  const content = async (answer: Promise<unknown>): Promise<XmlElement> => {
    const value = (await answer) as XmlContent;
    return checked(() => element(value));
  };
  const all: Required<Omit<ResourceProvider, 'name' | 'resources' | 'start' | 'stop'>> = {
    get: (resource, context) => content(ask('get', [resource], context)),
    put: async (resource, body, context) => {
      const value = (await ask('put', [resource, body], context)) as XmlContent | null;
      return value ? checked(() => element(value)) : null;
    },
    create: async (resource, body, context) => {
      const value = await ask('create', [resource, body], context);
      return value as Awaited<ReturnType<Required<ResourceProvider>['create']>>;
    },
    delete: async (resource, context) => void (await ask('delete', [resource], context)),
    invoke: (resource, method, input, context) => content(ask('invoke', [resource, method, input], context)),
    enumerate: async function* (request, context) {
      for await (const one of stream(process, '', 'enumerate', [request], context)) {
        const { item, reference } = one as EnumeratedItem;
        yield { item: checked(() => element(item)), ...(reference ? { reference } : {}) };
      }
    },
    subscribe: async function* (request, context) {
      for await (const one of stream(process, '', 'subscribe', [request], context)) {
        const event = one as ProviderEvent | EventsDropped;
        if ('dropped' in event) {
          yield { dropped: Number(event.dropped) || 0 };
          continue;
        }
        const { item, bookmark } = event;
        yield { item: checked(() => element(item)), ...(bookmark ? { bookmark } : {}) };
      }
    },
  };
  const functions = Object.entries(all).filter(([name]) => description.functions.includes(name));
  return {
    name: process.manifest.name,
    resources: description.resources,
    ...(Object.fromEntries(functions) as Partial<typeof all>),
    stop: () => process.stop(),
  };
}
