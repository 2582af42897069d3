import type { MachineJobRequest } from '@atelier/api';
import { type Invocation, text, texts } from '../command/invocation.ts';
import { wholeNumber } from '../command/parse-value.ts';
import type { Argument, Option, Verb } from '../command/verb.ts';
import { allPages } from '../connection/all-pages.ts';
import { usageFailure } from '../failure/cli-failure.ts';
import { formatTime } from '../output/format-value.ts';
import { list } from '../output/output.ts';
import { finishTask } from '../work/finish-task.ts';
import { imageOf } from './image-version.ts';

const collectionArgument: Argument = { name: 'collection', summary: 'the collection’s name', completes: 'collection' };
const params = (call: Invocation) => ({ id: call.args.collection! });
const name: Option = {
  flags: '--name <name>',
  summary: 'a machine; may be given several times',
  repeat: true,
  completes: 'target',
};
const image: Option = { flags: '--image <name:version>', summary: 'what they are made of, such as desk:7' };
const setting: Option = {
  flags: '--set <name=value>',
  summary: 'something more for the plug-in; may be given several times',
  repeat: true,
};

/** Numbers and yes or no as what they are, all else as text. */
const settingValue = (said: string): string | number | boolean => {
  if (said === 'true' || said === 'false') return said === 'true';
  return said.trim() !== '' && Number.isFinite(Number(said)) ? Number(said) : said;
};

function settingsOf(call: Invocation): NonNullable<MachineJobRequest['settings']> {
  return Object.fromEntries(
    texts(call, 'set').map((said) => {
      const at = said.indexOf('=');
      if (at < 1) throw usageFailure(`${said} is no setting`, 'give NAME=VALUE');
      return [said.slice(0, at), settingValue(said.slice(at + 1))];
    }),
  );
}

async function run(call: Invocation, what: MachineJobRequest['what'], said: string) {
  const names = [...texts(call, 'name')];
  const count = call.options.count as number | undefined;
  const body = { what, names, count, image: imageOf(text(call, 'image')), settings: settingsOf(call) };
  const { taskId } = await call.api.plugInWork.startMachineJob({ params: params(call), body });
  return finishTask(call, taskId, said);
}

const make: Verb = {
  name: 'make-machines',
  summary: 'have the collection’s plug-in make virtual desktops',
  arguments: [collectionArgument],
  options: [
    { flags: '--count <count>', summary: 'so many, with names that are free', parse: wholeNumber(1) },
    name,
    image,
    setting,
  ],
  changes: true,
  waits: true,
  examples: [['atelier collection make-machines Labs --count 5 --image desk:7', 'five more, with progress']],
  run: (call) => run(call, 'create', `machines of ${call.args.collection} were made`),
};

const patch: Verb = {
  name: 'patch-machines',
  summary: 'have the collection’s plug-in bring machines to a version of their image',
  arguments: [collectionArgument],
  options: [name, image, setting],
  changes: true,
  waits: true,
  run: (call) => run(call, 'patch', `machines of ${call.args.collection} were patched`),
};

const remove: Verb = {
  name: 'delete-machines',
  summary: 'have the collection’s plug-in delete machines that it made',
  arguments: [collectionArgument],
  options: [name, setting],
  changes: true,
  waits: true,
  loses: (call) => `${texts(call, 'name').join(', ')} will be deleted, with what is on the disks`,
  run: (call) => run(call, 'delete', `machines of ${call.args.collection} were deleted`),
};

const jobs: Verb = {
  name: 'machine-jobs',
  summary: 'list what plug-ins did to the collection’s machines, newest first',
  arguments: [collectionArgument],
  lists: true,
  run: async (call) => {
    const read = (query: { limit: number; cursor?: string }) =>
      call.api.plugInWork.listMachineJobs({ params: params(call), query });
    return list(
      await allPages(read, call.common.limit),
      [
        { title: 'id', value: (one) => one.id },
        { title: 'job', value: (one) => one.title },
        { title: 'state', value: (one) => one.state },
        { title: 'message', value: (one) => one.error?.detail ?? one.message },
        { title: 'begun', value: (one) => formatTime(one.startedAt) },
      ],
      (one) => one.id,
      'no plug-in has worked on its machines',
    );
  },
};

const again: Verb = {
  name: 'repeat-machine-job',
  summary: 'start a job that failed, was cancelled or interrupted again, for what it left to do',
  arguments: [collectionArgument, { name: 'job', summary: 'its id, from "atelier collection machine-jobs"' }],
  changes: true,
  waits: true,
  run: async (call) => {
    const { taskId } = await call.api.plugInWork.startMachineJobAgain({
      params: { ...params(call), taskId: call.args.job! },
    });
    return finishTask(call, taskId, 'the job was done');
  },
};

/** What plug-ins do to the machines of a collection. */
export const machineVerbs: readonly Verb[] = [make, patch, remove, jobs, again];
