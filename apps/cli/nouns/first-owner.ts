import { userInfo } from 'node:os';
import { given } from '../command/invocation.ts';
import type { Verb } from '../command/verb.ts';
import { connect, ownServer } from '../connection/connect.ts';
import { stateFolder } from '../connection/state-folder.ts';
import { CliFailure } from '../failure/cli-failure.ts';
import { done } from '../output/output.ts';
import { askControl } from '../run/ask-control.ts';
import { askText } from '../terminal/ask.ts';
import { newPassword, passwordOption } from './new-password.ts';

/** What the set-up link does in the console, for machines without a browser. */
export const firstOwnerVerb: Verb = {
  name: 'create-owner',
  summary: 'make an administrator from here, without a browser (on the server’s own machine)',
  arguments: [{ name: 'user', summary: 'the name to sign in with', optional: true }],
  options: [{ flags: '--display-name <text>', summary: 'the full name' }, passwordOption],
  examples: [
    ['atelier server create-owner', 'asks for name and password'],
    ['atelier server create-owner admin --password-stdin < password', 'for scripts'],
  ],
  run: async (call) => {
    const suggested = userInfo().username;
    const name =
      call.args.user ??
      ((await askText(call.terminal, `name [${suggested}]`, 'say who: atelier server create-owner NAME')) || suggested);
    const password = await newPassword(call, `password for ${name}`);
    const own = ownServer();
    const answer = own && (await askControl(stateFolder(), 'setup-link', {}, call.signal));
    if (!own || !answer)
      throw new CliFailure({
        title: 'the server is not running',
        detail: `nobody answers for ${stateFolder()}`,
        fix: 'start it first: atelier up, or atelier server run',
      });
    const token = new URLSearchParams(new URL(String(answer.link)).hash.slice(1)).get('token') ?? '';
    const connection = connect({ server: own.url, ca: own.ca, secret: undefined, from: 'this machine' });
    const body = { token, name, password, ...given(call, 'displayName') };
    const me = await connection.api.sessions.setup({ body }).finally(connection.close);
    return done(`${me.user.name} administers ${own.url}: atelier login -u ${me.user.name}`, me, me.user.name);
  },
};
