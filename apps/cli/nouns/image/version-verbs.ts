import { flag } from '../../command/invocation.ts';
import type { Verb } from '../../command/verb.ts';
import { done } from '../../output/output.ts';
import { finishTask } from '../../work/finish-task.ts';
import { imageArgument, versionArgument, versionOf } from './arguments.ts';
import { versionName } from './columns.ts';

const named = { arguments: [imageArgument, versionArgument], changes: true } as const;

const pack: Verb = {
  ...named,
  name: 'pack',
  summary: 'check, convert and pack a draft',
  waits: true,
  examples: [['atelier image pack debian-lab 2', 'makes blocks, hashes and deltas of an uploaded disk']],
  run: async (call) => {
    const params = versionOf(call);
    const { taskId } = await call.api.images.pack({ params });
    return finishTask(call, taskId, `${params.name}/${params.number} is packed`);
  },
};

const push: Verb = {
  ...named,
  name: 'push',
  summary: 'put a packed version into the repository',
  waits: true,
  examples: [['atelier image push debian-lab 2', 'from then on clients can fetch it']],
  run: async (call) => {
    const params = versionOf(call);
    const { taskId } = await call.api.images.push({ params });
    return finishTask(call, taskId, `${params.name}/${params.number} is available`);
  },
};

const retire: Verb = {
  ...named,
  name: 'retire',
  summary: 'take a version out of use; it can be restored',
  examples: [['atelier image retire debian-lab 1', 'nobody fetches it any more']],
  run: async (call) => {
    const version = await call.api.images.retire({ params: versionOf(call) });
    return done(`${versionName(version)} is retired`, version, versionName(version));
  },
};

const restore: Verb = {
  ...named,
  name: 'restore',
  summary: 'bring a retired version back',
  examples: [['atelier image restore debian-lab 1', 'it is available again']],
  run: async (call) => {
    const version = await call.api.images.restore({ params: versionOf(call) });
    return done(`${versionName(version)} is available again`, version, versionName(version));
  },
};

const promote: Verb = {
  name: 'promote',
  summary: 'point a channel at an available version',
  arguments: [imageArgument, versionArgument],
  options: [{ flags: '--channel <name>', summary: 'the channel to move', default: 'stable' }],
  changes: true,
  examples: [
    ['atelier image promote debian-lab 2', 'everybody on "stable" gets version 2 with the next update'],
    ['atelier image promote debian-lab 3 --channel pilot', 'only those on "pilot"'],
  ],
  run: async (call) => {
    const { name, number } = versionOf(call);
    const channel = String(call.options.channel);
    const image = await call.api.images.promote({ params: { name, channel }, body: { version: number } });
    return done(`${name}: ${channel} → ${number}`, image, name);
  },
};

const removeChannel: Verb = {
  name: 'rm-channel',
  summary: 'remove a channel that no workspace uses',
  arguments: [imageArgument, { name: 'channel', summary: 'the channel’s name' }],
  changes: true,
  loses: (call) => `the channel ${call.args.channel} of ${call.args.image} will be removed`,
  run: async (call) => {
    await call.api.images.removeChannel({ params: { name: call.args.image!, channel: call.args.channel! } });
    return done(`channel ${call.args.channel} of ${call.args.image} was removed`);
  },
};

const fsck: Verb = {
  name: 'fsck',
  summary: 're-verify everything in the repository',
  changes: true,
  waits: true,
  examples: [['atelier image fsck', 'reads every file and checks every hash and signature']],
  run: async (call) => finishTask(call, (await call.api.images.fsck()).taskId, 'the repository was checked'),
};

const gc: Verb = {
  name: 'gc',
  summary: 'remove from the repository what no version needs',
  options: [{ flags: '--dry-run', summary: 'say what would be removed' }],
  waits: true,
  examples: [['atelier image gc --dry-run', 'counts files and bytes, removes nothing']],
  run: async (call) => {
    const dryRun = flag(call, 'dryRun');
    const { taskId } = await call.api.images.gc({ body: { dryRun } });
    return finishTask(call, taskId, dryRun ? 'what gc would remove was counted' : 'the repository was cleaned');
  },
};

export const versionVerbs: readonly Verb[] = [pack, push, promote, retire, restore, removeChannel, fsck, gc];
