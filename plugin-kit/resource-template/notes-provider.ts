// A plug-in to begin with that answers for a resource URI of its own instead of CIM classes: notes that can be made, read, changed and taken away.
import type { ResourceProvider } from '@atelier/plugin-kit';
import type { ResourceReference, XmlElement } from '@atelier/wsman';

/** Whoever owns the domain chooses the URI. Those of schemas.microsoft.com, schemas.dmtf.org and schemas.xmlsoap.org are not to be had. */
const uri = 'http://example.org/wsman/note';

const element = (name: string, children: XmlElement['children']): XmlElement => ({
  ns: uri,
  name,
  attributes: [],
  children,
});
const note = (id: string, text: string): XmlElement => element('Note', [element('Id', [id]), element('Text', [text])]);

/** What the client is told. A plug-in imports nothing of ours but types: the agent knows such an error by its name and body. */
const refusal = (number: number, subcode: string, reason: string): Error =>
  Object.assign(new Error(reason), { name: 'WsmanFault', body: { code: 'Sender', subcode, number, reason } });
const noSuchNote = () => refusal(2150858843, 'wsman:InvalidSelectors', 'there is no such note');

const textOf = (body: XmlElement): string => {
  const text = body.children.find((one) => typeof one === 'object' && one.name === 'Text');
  return typeof text === 'object' ? text.children.join('') : '';
};

/** Called once, in a process of the plug-in's own. `settings` are those of plugin.json. */
export function createProvider(settings: { readonly first?: string }): ResourceProvider {
  const notes = new Map([['1', settings.first ?? '']]);
  let last = 1;
  const reference = (id: string): ResourceReference => ({ resourceUri: uri, selectors: [{ name: 'Id', value: id }] });
  const idOf = ({ selectors }: ResourceReference): string => {
    const id = selectors.find((one) => one.name === 'Id')?.value;
    if (typeof id !== 'string' || !notes.has(id)) throw noSuchNote();
    return id;
  };
  return {
    name: 'Notes',
    resources: [{ uri, exact: true, capabilities: ['get', 'put', 'create', 'delete', 'enumerate', 'invoke'] }],
    get: async (resource) => {
      const id = idOf(resource);
      return note(id, notes.get(id)!);
    },
    put: async (resource, body) => {
      const id = idOf(resource);
      notes.set(id, textOf(body));
      return note(id, notes.get(id)!);
    },
    create: async (_, body) => {
      const id = String(++last);
      notes.set(id, body ? textOf(body) : '');
      return {
        reference: { address: 'http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous', ...reference(id) },
      };
    },
    delete: async (resource) => {
      notes.delete(idOf(resource));
    },
    enumerate: async function* () {
      for (const [id, text] of notes) yield { item: note(id, text), reference: reference(id) };
    },
    invoke: async (_, method) => {
      if (method !== 'Count') throw refusal(2150858771, 'wsa:ActionNotSupported', `there is no method ${method}`);
      return element('Count_OUTPUT', [element('Notes', [String(notes.size)])]);
    },
  };
}
