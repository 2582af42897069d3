import { userInfo } from 'node:os';
import type { Me, ProblemError } from '@atelier/api';
import { flag, type Invocation, text } from '../command/invocation.ts';
import type { LoneVerb } from '../command/verb.ts';
import { chooseServer, connect, ownServer } from '../connection/connect.ts';
import { openContextStore } from '../connection/context-store.ts';
import { authorityFor, fetchAuthority, fingerprintOf } from '../connection/trust.ts';
import { CliFailure, usageFailure } from '../failure/cli-failure.ts';
import { done, item } from '../output/output.ts';
import { askSecret, askText, confirm, secretsFromInput } from '../terminal/ask.ts';

const group = 'Signing in:';

/** The authority to trust for a server: as told, that of this machine's own server, the system's, or one that the person confirms. */
async function trustFor(call: Invocation, server: string): Promise<string | null> {
  const given = text(call, 'ca');
  if (given) return authorityFor(server, given);
  const own = ownServer();
  if (own && new URL(own.url).origin === server) return own.ca;
  const probe = connect({ server, ca: null, secret: undefined, from: 'login' });
  try {
    await probe.api.system.version();
    return null;
  } catch (error) {
    if (!(error instanceof CliFailure) || !error.text.title.includes('not trusted')) throw error;
  } finally {
    probe.close();
  }
  const pem = await fetchAuthority(server);
  const question = `The authority of ${server} is not known here. Its fingerprint (SHA-256) is\n  ${fingerprintOf(pem)}\nCompare it with what the server printed at its start`;
  if (!call.terminal.canAsk)
    throw usageFailure(question.replaceAll('\n', ' '), 'repeat it with --ca and the fingerprint, or a PEM file');
  await confirm(call.terminal, question, false);
  return pem;
}

function serverOf(call: Invocation): string {
  const address = call.args.server ?? ownServer()?.url;
  if (!address)
    throw usageFailure('no server runs on this machine: give its address', 'atelier login https://SERVER:8443');
  const url = URL.parse(address.includes('://') ? address : `https://${address}`);
  if (url?.protocol !== 'https:') throw usageFailure(`${address} is not an https address`);
  return url.origin;
}

export const loginVerb: LoneVerb = {
  group,
  name: 'login',
  summary: 'sign in to a server and remember it as a context',
  arguments: [{ name: 'server', summary: 'https://HOST:PORT; without it the server of this machine', optional: true }],
  options: [
    { flags: '-u, --user <name>', summary: 'who you are' },
    { flags: '--password-stdin', summary: 'read the password from standard input instead of asking' },
    { flags: '--token-stdin', summary: 'use an API token from standard input instead of a password' },
    {
      flags: '--ca <fingerprint|file>',
      summary: 'the server’s authority: its SHA-256 fingerprint, or a PEM file',
      completes: 'file',
    },
    { flags: '--name <context>', summary: 'the context’s name (default: the host)' },
  ],
  examples: [
    ['atelier login', 'to the server of this machine: finds address and authority by itself'],
    ['atelier login https://atelier.example.org:8443 --ca 3F:A1:…', 'trusts the server with this fingerprint only'],
    ['atelier login -u ci --token-stdin < token.txt', 'for programs'],
  ],
  run: async (call) => {
    const server = serverOf(call);
    const ca = await trustFor(call, server);
    const name = text(call, 'name') ?? new URL(server).host;
    const signedIn = async (): Promise<{ me: Me; secret: string }> => {
      if (flag(call, 'tokenStdin')) {
        const secret = (await secretsFromInput(call.terminal, 1))[0]!;
        const connection = connect({ server, ca, secret, from: 'login' });
        return { me: await connection.api.sessions.me().finally(connection.close), secret };
      }
      const user =
        text(call, 'user') ??
        (await askText(call.terminal, `name [${userInfo().username}]`, 'say who you are: --user NAME')) ??
        '';
      const password = flag(call, 'passwordStdin')
        ? (await secretsFromInput(call.terminal, 1))[0]!
        : await askSecret(
            call.terminal,
            'password',
            'nobody can be asked here: pipe the password in and add --password-stdin',
          );
      const connection = connect({ server, ca, secret: undefined, from: 'login' });
      const body = { name: user || userInfo().username, password };
      const { secret, ...me } = await connection.api.sessions.signIn({ body }).finally(connection.close);
      return { me, secret };
    };
    const { me, secret } = await signedIn();
    await openContextStore().save(name, { server, ca, user: me.user.name }, secret);
    return done(`signed in to ${server} as ${me.user.name} (context ${name})`, me, me.user.name);
  },
};

export const logoutVerb: LoneVerb = {
  group,
  name: 'logout',
  summary: 'end the session and forget its secret',
  run: async (call) => {
    const store = openContextStore();
    const choice = chooseServer(call.common, store);
    const name = call.common.context ?? process.env.ATELIER_CONTEXT ?? store.current;
    if (!name) throw usageFailure('there is nothing to sign out from');
    const connection = connect(choice);
    try {
      await connection.api.sessions.signOut();
    } catch (error) {
      // Whatever the server says, this computer forgets; an expired session or an API token cannot be ended there.
      const why = (error as ProblemError).message;
      call.common.quiet || call.terminal.err.write(`the server did not end the session: ${why}\n`);
    } finally {
      connection.close();
    }
    await store.forget(name, false);
    return done(`signed out of ${choice.server}`);
  },
};

export const whoamiVerb: LoneVerb = {
  group,
  name: 'whoami',
  summary: 'who is signed in where, with roles',
  run: async (call) => {
    const me = await call.api.sessions.me();
    const server = call.connection().server;
    const columns = [
      { title: 'user', value: () => me.user.name },
      { title: 'full name', value: () => me.user.displayName },
      { title: 'server', value: () => server },
      {
        title: 'roles',
        value: () =>
          me.bindings.map((one) => (one.scope.kind === 'all' ? one.role : `${one.role} (${one.scope.kind})`)),
      },
      { title: 'by', value: () => me.by },
    ];
    return item({ ...me, server }, columns, me.user.name);
  },
};
