import { type Permission, permissions } from '@atelier/domain/people';
import { texts } from '../command/invocation.ts';
import { wholeNumber } from '../command/parse-value.ts';
import type { Noun, Verb } from '../command/verb.ts';
import { allPages } from '../connection/all-pages.ts';
import { notFound, usageFailure } from '../failure/cli-failure.ts';
import { formatTime } from '../output/format-value.ts';
import { list } from '../output/output.ts';

const ls: Verb = {
  name: 'ls',
  alias: 'list',
  summary: 'list your API tokens',
  lists: true,
  run: async (call) => {
    const all = await allPages((query) => call.api.sessions.listTokens({ query }), call.common.limit);
    type Token = (typeof all)[number];
    const columns = [
      { title: 'id', value: (one: Token) => one.id },
      { title: 'name', value: (one: Token) => one.name },
      { title: 'until', value: (one: Token) => formatTime(one.expiresAt) || 'no end' },
      { title: 'last use', value: (one: Token) => formatTime(one.lastUsedAt) },
      { title: 'scopes', value: (one: Token) => one.scopes },
    ];
    return list(all, columns, (one) => one.name, 'you have no tokens: atelier token create NAME --scope image:read');
  },
};

const create: Verb = {
  name: 'create',
  summary: 'make an API token; its secret is printed once, on stdout',
  arguments: [{ name: 'name', summary: 'what it is for' }],
  options: [
    {
      flags: '--scope <permission>',
      summary: 'what it may do; once for each',
      repeat: true,
      choices: permissions,
      completes: permissions,
    },
    { flags: '--days <count>', summary: 'how long it holds', parse: wholeNumber(1), default: 90 },
    { flags: '--no-end', summary: 'it never ends by itself' },
  ],
  changes: true,
  examples: [
    ['atelier token create ci --scope image:read --scope image:write', 'a token for a build, for 90 days'],
    ['ATELIER_TOKEN=$(atelier token create ci --scope image:read -o name)', 'straight into a variable'],
  ],
  run: async (call) => {
    const scopes = texts(call, 'scope') as readonly Permission[];
    if (scopes.length === 0) throw usageFailure('say what the token may do: at least one --scope');
    const expiresInDays = call.options.end === false ? null : (call.options.days as number);
    const one = await call.api.sessions.createToken({
      body: { name: call.args.name!, scopes: [...scopes], expiresInDays },
    });
    if (call.common.output === 'json') return { kind: 'text', text: `${JSON.stringify(one, null, 2)}\n` };
    call.common.quiet || call.terminal.err.write(`the secret of "${one.name}", shown this once:\n`);
    return { kind: 'text', text: `${one.secret}\n` };
  },
};

const revoke: Verb = {
  name: 'revoke',
  alias: 'rm',
  summary: 'revoke an API token, by its name or id',
  arguments: [{ name: 'token', summary: 'the token’s name or id' }],
  changes: true,
  loses: (call) => `the token ${call.args.token} will stop working`,
  run: async (call) => {
    const all = await allPages((query) => call.api.sessions.listTokens({ query }), 10_000);
    const found = all.find((one) => one.id === call.args.token) ?? all.find((one) => one.name === call.args.token);
    if (!found) throw notFound('token', call.args.token!, 'list them with "atelier token ls"');
    await call.api.sessions.revokeToken({ params: { id: found.id } });
    call.common.quiet || call.terminal.err.write(`✓ token ${found.name} was revoked\n`);
    return undefined;
  },
};

export const tokenNoun: Noun = {
  name: 'token',
  summary: 'your API tokens, for programs',
  group: 'People:',
  verbs: [ls, create, revoke],
};
