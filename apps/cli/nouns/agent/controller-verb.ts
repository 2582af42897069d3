import { number, text } from '../../command/invocation.ts';
import { wholeNumber } from '../../command/parse-value.ts';
import type { Verb } from '../../command/verb.ts';
import { notFound, usageFailure } from '../../failure/cli-failure.ts';
import { done, list } from '../../output/output.ts';
import { newPassword, passwordOption } from '../new-password.ts';

const actions = ['add', 'ls', 'rm', 'discover'];
const ipmiPort = 623;

/** Management controllers (BMCs) whose machines this agent speaks for, also while they are off. */
export const controllerVerb: Verb = {
  name: 'controller',
  summary: 'management controllers (IPMI) that the agent speaks for: add, ls, rm, discover',
  arguments: [
    { name: 'action', summary: 'add (or change), ls, rm, or discover this machine’s own', completes: actions },
    { name: 'name', summary: 'what the machine behind the controller is called', optional: true },
  ],
  options: [
    { flags: '--host <address>', summary: 'network address of the controller' },
    { flags: '--port <number>', summary: 'UDP port, default 623', parse: wholeNumber(1) },
    { flags: '--user <name>', summary: 'a user of the controller; administrator or operator to switch power' },
    passwordOption,
  ],
  examples: [
    ['sudo atelier agent controller add blade-7 --host 10.0.9.7 --user admin', 'asks for the password and seals it'],
    ['sudo atelier agent controller discover', 'what the firmware says of this machine’s own controller'],
  ],
  run: async (call) => {
    const { agentStateFolder, ControllerBook, describeLocalController } = await import('@atelier/agent');
    const book = new ControllerBook(agentStateFolder());
    const { action, name } = call.args;
    if (action === 'discover') return done(await describeLocalController());
    if (action === 'ls')
      return list(
        await book.list(),
        [
          { title: 'name', value: (one) => one.name },
          { title: 'address', value: (one) => `${one.host}:${one.port}` },
          { title: 'user', value: (one) => one.user },
        ],
        (one) => one.name,
        'none besides this machine’s own: atelier agent controller add NAME --host ADDRESS --user USER',
      );
    if (!actions.includes(action!)) throw usageFailure(`there is no action "${action}"`, `it is ${actions.join(', ')}`);
    if (!name) throw usageFailure(`which to ${action} is missing`, `write atelier agent controller ${action} NAME`);
    if (action === 'rm') {
      if (!(await book.remove(name)))
        throw notFound('controller', name, 'list them with "atelier agent controller ls"');
      return done(`the agent no longer speaks for ${name}`);
    }
    const [host, user] = [text(call, 'host'), text(call, 'user')];
    if (!host || user === undefined) throw usageFailure('--host and --user are missing', 'add both');
    const password = await newPassword(call, `password of ${user} at ${host}`);
    await book.set({ name, host, port: number(call, 'port') ?? ipmiPort, user }, password);
    return done(`the agent speaks for ${name} now: its sensors and power are in root/hardware`);
  },
};
