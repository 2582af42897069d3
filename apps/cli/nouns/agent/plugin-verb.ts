import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Verb } from '../../command/verb.ts';
import { CliFailure, notFound, usageFailure } from '../../failure/cli-failure.ts';
import { done, list } from '../../output/output.ts';
import { printOutput } from '../../output/print-output.ts';

const actions = ['ls', 'add', 'rm', 'check'];
const afterwards = 'a running agent reads it at "systemctl reload atelier-agent"';
const plainName = /^\w[\w.-]{0,63}$/;

/** Plug-ins of this machine's agent: what became of them, putting them in place, and checking one. */
export const pluginVerb: Verb = {
  name: 'plugin',
  summary: 'plug-ins of the agent, which add classes of your own: ls, add, rm, check',
  arguments: [
    { name: 'action', summary: 'ls, add, rm, or check', completes: actions },
    { name: 'plugin', summary: 'folder of the plug-in (add, check), or its name (rm)', optional: true },
  ],
  examples: [
    ['atelier agent plugin check ./coffee', 'say what is wrong with it; nothing is changed'],
    ['sudo atelier agent plugin add ./coffee', 'check it and copy it to where the agent loads from'],
  ],
  run: async (call) => {
    const { agentPluginFolder, agentStateFolder, checkPlugIn, readPluginReport } = await import('@atelier/agent');
    const { putInPlace, takeAway } = await import('@atelier/adapters/plug-in-folder');
    const { action, plugin } = call.args;
    if (action === 'ls')
      return list(
        await readPluginReport(agentStateFolder()),
        [
          { title: 'plug-in', value: (one) => basename(one.folder) },
          { title: 'state', value: (one) => one.state },
          {
            title: 'what',
            value: (one) =>
              one.state === 'loaded'
                ? [...one.resources.map(({ uri }) => uri), ...one.classes].join(' ')
                : one.state === 'failed'
                  ? one.error
                  : '',
          },
        ],
        (one) => basename(one.folder),
        'no plug-ins: sudo atelier agent plugin add FOLDER',
      );
    if (!actions.includes(action!)) throw usageFailure(`there is no action "${action}"`, `it is ${actions.join(', ')}`);
    if (!plugin) throw usageFailure(`which to ${action} is missing`, `write atelier agent plugin ${action} PLUGIN`);
    const place = agentPluginFolder();
    if (action === 'rm') {
      const path = join(place, plugin);
      if (!plainName.test(plugin) || !(await stat(path).catch(() => null)))
        throw notFound('plug-in', plugin, `they are the folders in ${place}`);
      await takeAway(path);
      return done(`${path} is gone; ${afterwards}`);
    }
    if (action === 'check') {
      const findings = await checkPlugIn(plugin);
      const output = list(
        findings,
        [
          { title: 'severity', value: (one) => one.severity },
          { title: 'class', value: (one) => one.className ?? '' },
          { title: 'finding', value: (one) => one.message },
        ],
        (one) => one.message,
        'nothing is wrong with it',
      );
      if (!findings.some((one) => one.severity === 'error')) return output;
      await printOutput(call.terminal, output, call.common.output, call.common.quiet);
      return { kind: 'exit', code: 1 };
    }
    const name = basename(resolve(plugin));
    if (!plainName.test(name))
      throw usageFailure(`"${name}" is no name for a plug-in`, 'rename its folder: letters, digits, - and _');
    const path = join(place, name);
    if (await stat(path).catch(() => null))
      throw usageFailure(`${path} is there already`, `remove it first: atelier agent plugin rm ${name}`);
    await putInPlace(resolve(plugin), path, async (copy) => {
      const wrong = (await checkPlugIn(copy)).filter((one) => one.severity === 'error');
      if (wrong.length > 0)
        throw new CliFailure({
          title: 'the plug-in is not fit',
          detail: `it has ${wrong.length} errors: ${wrong[0]!.message}`,
          fix: `see them by "atelier agent plugin check ${plugin}"`,
        });
    });
    return done(`${path} is in place; ${afterwards}`);
  },
};
