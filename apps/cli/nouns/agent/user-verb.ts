import type { Verb } from '../../command/verb.ts';
import { notFound, usageFailure } from '../../failure/cli-failure.ts';
import { done, list } from '../../output/output.ts';
import { newPassword, passwordOption } from '../new-password.ts';

const actions = ['add', 'ls', 'rm'];

/** People who log on with NTLM: the system keeps no hash that it could be checked with. */
export const userVerb: Verb = {
  name: 'user',
  summary: 'passwords for NTLM, which the system’s own cannot serve: add, ls, rm',
  arguments: [
    { name: 'action', summary: 'add (or change), ls, rm', completes: actions },
    { name: 'name', summary: 'a user of this system', optional: true },
  ],
  options: [passwordOption],
  examples: [['sudo atelier agent user add ada', 'ada can log on over HTTP with Windows’ own clients']],
  run: async (call) => {
    const { agentStateFolder, OwnAccounts } = await import('@atelier/agent');
    const accounts = new OwnAccounts(agentStateFolder());
    const { action, name } = call.args;
    if (action === 'ls') {
      const items = (await accounts.names()).map((one) => ({ name: one }));
      return list(
        items,
        [{ title: 'name', value: (one) => one.name }],
        (one) => one.name,
        'nobody: atelier agent user add NAME',
      );
    }
    if (!actions.includes(action!)) throw usageFailure(`there is no action "${action}"`, 'it is add, ls or rm');
    if (!name) throw usageFailure(`whom to ${action} is missing`, `write atelier agent user ${action} NAME`);
    if (action === 'rm') {
      if (!(await accounts.remove(name))) throw notFound('account', name, 'list them with "atelier agent user ls"');
      return done(`${name} cannot log on with NTLM any more`);
    }
    await accounts.set(name, await newPassword(call, `password for ${name}`));
    return done(`${name} can log on with NTLM now`);
  },
};
