import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { flag, text, texts } from '../command/invocation.ts';
import type { Argument, Verb } from '../command/verb.ts';
import { CliFailure, notFound, usageFailure } from '../failure/cli-failure.ts';
import { done, list } from '../output/output.ts';
import { printOutput } from '../output/print-output.ts';
import { imageOf } from './image-version.ts';

const afterwards = 'brokers of this machine read it at SIGHUP or at their next start';
const folderArgument: Argument = { name: 'folder', summary: 'the plug-in’s folder', completes: 'file' };
const pluginName = /^[a-z0-9][a-z0-9._-]{0,63}$/;

const check: Verb = {
  name: 'check-plug-in',
  summary: 'say what a broker would not like about a plug-in; nothing is changed',
  arguments: [folderArgument],
  options: [
    {
      flags: '--work',
      summary:
        'have it make machines and do tasks, too, and kill it at that; what it does outside of the directory it really does',
    },
    {
      flags: '--machine <name>',
      summary: 'with --work: the name of a machine that it can make; give two or more',
      repeat: true,
    },
    { flags: '--image <name:version>', summary: 'with --work: what they are made of, such as desk:7' },
  ],
  examples: [
    ['atelier broker check-plug-in ./least-busy', 'runs it as a broker does, over a directory in memory'],
    [
      'atelier broker check-plug-in ./pcs --work --machine pc-1 --machine pc-2',
      'also makes these two, many times over',
    ],
  ],
  run: async (call) => {
    const { checkPlugInFolder } = await import('@atelier/adapters/broker-plug-ins');
    const machines = texts(call, 'machine');
    if (machines.length === 1) throw usageFailure('one machine is too few', 'give --machine twice or more often');
    const work = { ...(machines.length > 0 ? { machines } : {}), image: imageOf(text(call, 'image')) };
    const findings = await checkPlugInFolder(
      call.args.folder!,
      (line) => call.terminal.err.write(`${line}\n`),
      flag(call, 'work') ? work : null,
    );
    const output = list(
      findings,
      [
        { title: 'severity', value: (one) => one.severity },
        { title: 'stage', value: (one) => one.stage ?? '' },
        { title: 'finding', value: (one) => one.message },
      ],
      (one) => one.message,
      'nothing is wrong with it',
    );
    if (!findings.some((one) => one.severity === 'error')) return output;
    await printOutput(call.terminal, output, call.common.output, call.common.quiet);
    return { kind: 'exit', code: 1 };
  },
};

const add: Verb = {
  name: 'add-plug-in',
  summary: 'check a plug-in and copy it to where this machine’s brokers load from',
  arguments: [folderArgument],
  examples: [
    ['sudo atelier broker add-plug-in ./least-busy', 'takes part once its manifest or the console enables it'],
  ],
  run: async (call) => {
    const { brokerPlugInFolder, checkPlugInFolder, readManifest } = await import('@atelier/adapters/broker-plug-ins');
    const { putInPlace } = await import('@atelier/adapters/plug-in-folder');
    const folder = resolve(call.args.folder!);
    const unfit = (cause: unknown) =>
      usageFailure((cause as Error).message, `see what is wrong by "atelier broker check-plug-in ${folder}"`);
    const { name } = await readManifest(folder).catch((error: unknown) => Promise.reject(unfit(error)));
    const path = join(brokerPlugInFolder(), name);
    if (await stat(path).catch(() => null))
      throw usageFailure(`${path} is there already`, `remove it first: atelier broker remove-plug-in ${name}`);
    await putInPlace(folder, path, async (copy) => {
      const wrong = (await checkPlugInFolder(copy)).filter((one) => one.severity === 'error');
      if (wrong.length > 0)
        throw new CliFailure({
          title: 'the plug-in is not fit',
          detail: `it has ${wrong.length} errors: ${wrong[0]!.message}`,
          fix: `see them by "atelier broker check-plug-in ${folder}"`,
        });
    });
    return done(`${path} is in place; ${afterwards}`);
  },
};

const remove: Verb = {
  name: 'remove-plug-in',
  summary: 'take a plug-in away from where this machine’s brokers load from',
  arguments: [{ name: 'plug-in', summary: 'the plug-in’s name' }],
  run: async (call) => {
    const { brokerPlugInFolder } = await import('@atelier/adapters/broker-plug-ins');
    const { takeAway } = await import('@atelier/adapters/plug-in-folder');
    const name = call.args.plugIn!;
    const place = brokerPlugInFolder();
    const path = join(place, name);
    if (!pluginName.test(name) || !(await stat(path).catch(() => null)))
      throw notFound('plug-in', name, `they are the folders in ${place}`);
    await takeAway(path);
    return done(`${path} is gone; ${afterwards}`);
  },
};

/** What is done with plug-ins on the machine that a broker runs on. */
export const brokerPlugInVerbs: readonly Verb[] = [check, add, remove];
