import type { TransferOverride } from '@atelier/domain/transfers';
import type { Invocation } from '../command/invocation.ts';
import type { Argument, Noun, Verb } from '../command/verb.ts';
import { done, type Output } from '../output/output.ts';
import { findEndpoint } from './find.ts';
import { readDocument } from './read-document.ts';

const endpointArgument: Argument = {
  name: 'endpoint',
  summary: 'a computer’s name or id; without it all endpoints',
  optional: true,
  completes: 'endpoint',
};

async function printed(call: Invocation, document: unknown): Promise<Output> {
  if (call.common.output === 'json') return { kind: 'text', text: `${JSON.stringify(document, null, 2)}\n` };
  return { kind: 'text', text: (await import('yaml')).stringify(document) };
}

const show: Verb = {
  name: 'show',
  summary: 'print how endpoints fetch, or what holds for one of them',
  arguments: [endpointArgument],
  options: [{ flags: '--override', summary: 'only what this endpoint does otherwise' }],
  examples: [['atelier transfer-policy show > transfers.yaml', 'as YAML, to edit and set']],
  run: async (call) => {
    if (!call.args.endpoint) return await printed(call, (await call.api.transfers.getPolicy()).policy);
    const { id } = await findEndpoint(call.api, call.args.endpoint);
    const one = await call.api.transfers.getOverride({ params: { id } });
    return await printed(call, call.options.override ? one.override : one.effective);
  },
};

const set: Verb = {
  name: 'set',
  summary: 'change how endpoints fetch, from a file; what it leaves out gets its default',
  arguments: [
    { name: 'file', summary: 'YAML or JSON; "-" reads standard input', completes: 'file' },
    { ...endpointArgument, summary: 'only this computer: the file says what it does otherwise' },
  ],
  changes: true,
  examples: [
    ['atelier transfer-policy set transfers.yaml', 'clients get it within seconds'],
    ['atelier transfer-policy set cache.yaml branch-pc-1', 'that computer becomes the cache of its site, for instance'],
  ],
  run: async (call) => {
    const document = ((await readDocument(call.args.file!)) ?? {}) as TransferOverride;
    if (!call.args.endpoint) {
      const before = await call.api.transfers.getPolicy();
      const one = await call.api.transfers.setPolicy({ body: document }, { ifMatch: before.rev });
      return done('all endpoints fetch as the file says', one, 'all');
    }
    const { id, name } = await findEndpoint(call.api, call.args.endpoint);
    const one = await call.api.transfers.setOverride({ params: { id }, body: document });
    return done(`${name} fetches as the file says`, one, name);
  },
};

export const transferPolicyNoun: Noun = {
  name: 'transfer-policy',
  summary: 'when and how fast endpoints fetch, and from whom besides the repository',
  group: 'Computers:',
  verbs: [show, set],
};
