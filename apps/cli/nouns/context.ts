import type { Noun, Verb } from '../command/verb.ts';
import { openContextStore } from '../connection/context-store.ts';
import { notFound } from '../failure/cli-failure.ts';
import { done, list } from '../output/output.ts';

const contextArgument = { name: 'context', summary: 'the context’s name', completes: 'context' } as const;

const ls: Verb = {
  name: 'ls',
  alias: 'list',
  summary: 'list the servers you have signed in to',
  run: async () => {
    const store = openContextStore();
    const rows = Object.entries(store.all).map(([name, { server, user, ca }]) => ({
      name,
      current: name === store.current,
      server,
      user,
      signedIn: store.secret(name) !== undefined,
      trust: ca === null ? 'system' : 'pinned',
    }));
    type Row = (typeof rows)[number];
    const columns = [
      { title: '', value: (one: Row) => (one.current ? '*' : '') },
      { title: 'name', value: (one: Row) => one.name },
      { title: 'server', value: (one: Row) => one.server },
      { title: 'user', value: (one: Row) => one.user },
      { title: 'signed in', value: (one: Row) => one.signedIn },
      { title: 'trust', value: (one: Row) => one.trust },
    ];
    return list(rows, columns, (one) => one.name, 'there are none yet: atelier login');
  },
};

const use: Verb = {
  name: 'use',
  summary: 'speak to this server from now on',
  arguments: [contextArgument],
  run: async (call) => {
    const store = openContextStore();
    const name = call.args.context!;
    if (!store.all[name]) throw notFound('context', name, 'list them with "atelier context ls"');
    await store.use(name);
    return done(`commands speak to ${store.all[name].server}`);
  },
};

const rm: Verb = {
  name: 'rm',
  summary: 'forget a context and its secret',
  arguments: [contextArgument],
  loses: (call) => `the context ${call.args.context} will be forgotten`,
  run: async (call) => {
    const store = openContextStore();
    const name = call.args.context!;
    if (!store.all[name]) throw notFound('context', name, 'list them with "atelier context ls"');
    await store.forget(name, true);
    return done(`context ${name} was forgotten`);
  },
};

export const contextNoun: Noun = {
  name: 'context',
  summary: 'the servers you have signed in to',
  group: 'Signing in:',
  verbs: [ls, use, rm],
};
