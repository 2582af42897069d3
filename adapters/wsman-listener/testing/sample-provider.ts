import { setTimeout as sleep } from 'node:timers/promises';
import type { ResourceProvider } from '@atelier/plugin-kit';
import { element, fault, type ResourceReference, selectorValue, type XmlElement } from '@atelier/wsman';

/** Where the sample answers: a class of `count` things, keyed by Name: `thing0`, `thing1` … */
export const sampleUri = 'http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/Sample_Thing';

/** A resource for tests of the listener. Subscribe gives the things one after the other, `everyMs` apart, and then waits. */
export function sampleProvider(count = 20, everyMs = 0): ResourceProvider {
  const sizes = new Map<string, string>();
  const thing = (name: string): XmlElement =>
    element(
      sampleUri,
      'Sample_Thing',
      null,
      element(sampleUri, 'Name', null, name),
      element(sampleUri, 'Size', null, sizes.get(name) ?? '1'),
    );
  const reference = (name: string): ResourceReference => ({
    resourceUri: sampleUri,
    selectors: [{ name: 'Name', value: name }],
  });
  const nameOf = (resource: ResourceReference): string => {
    const name = selectorValue(resource, 'Name');
    if (name === null) throw fault('insufficientSelectors');
    if (!/^thing\d+$/.test(name) || Number(name.slice(5)) >= count) throw fault('unexpectedSelectors');
    return name;
  };
  return {
    name: 'sample',
    resources: [
      {
        uri: sampleUri,
        exact: true,
        capabilities: ['get', 'put', 'delete', 'enumerate', 'invoke', 'subscribe'],
        options: ['Known'],
      },
    ],
    get: async (resource) => thing(nameOf(resource)),
    put: async (resource, body) => {
      const size = body.children.find((one): one is XmlElement => typeof one !== 'string' && one.name === 'Size');
      const name = nameOf(resource);
      sizes.set(name, String(size?.children[0] ?? '1'));
      return thing(name);
    },
    delete: async (resource) => void sizes.delete(nameOf(resource)),
    async *enumerate() {
      for (let n = 0; n < count; n++) yield { item: thing(`thing${n}`), reference: reference(`thing${n}`) };
    },
    async *subscribe(request, context) {
      const from = request.bookmark && request.bookmark !== 'earliest' ? Number(request.bookmark.children[0]) + 1 : 0;
      for (let n = from; n < count; n++) {
        if (everyMs > 0) await sleep(everyMs, undefined, { signal: context.signal }).catch(() => {});
        if (context.signal.aborted) return;
        yield { item: thing(`thing${n}`), bookmark: element('urn:sample', 'At', null, String(n)) };
      }
      await new Promise((resolve) => context.signal.addEventListener('abort', resolve, { once: true }));
    },
    invoke: async (_resource, method, input, context) => {
      if (method === 'Wait') await new Promise((resolve) => context.signal.addEventListener('abort', resolve));
      if (method !== 'Echo' && method !== 'Wait') throw fault('actionNotSupported');
      return element(sampleUri, `${method}_OUTPUT`, null, ...(input ? [input] : []));
    },
  };
}
