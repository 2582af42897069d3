import { stat } from 'node:fs/promises';
import { ProblemError } from '@atelier/api';
import { given, type Invocation, text } from '../../command/invocation.ts';
import type { Verb } from '../../command/verb.ts';
import { allPages } from '../../connection/all-pages.ts';
import { usageFailure } from '../../failure/cli-failure.ts';
import { formatBytes } from '../../output/format-value.ts';
import { done, item } from '../../output/output.ts';
import { followTask } from '../../work/finish-task.ts';
import { notesOption } from './arguments.ts';
import { versionName } from './columns.ts';
import { type DiskFormat, diskFormatOf } from './disk-format.ts';
import { capabilityOption, encryptedOption } from './image-verbs.ts';
import { uploadDisk } from './upload.ts';

const formats: readonly DiskFormat[] = ['raw', 'qcow2', 'vmdk', 'vhdx', 'vpc'];

async function imageExists(call: Invocation, name: string): Promise<boolean> {
  try {
    await call.api.images.get({ params: { name } });
    return true;
  } catch (error) {
    if (error instanceof ProblemError && error.problem.status === 404) return false;
    throw error;
  }
}

/** The draft that an interrupted import of the same disk left behind, if there is one. */
async function unfinishedDraft(call: Invocation, name: string, format: DiskFormat) {
  const versions = await allPages((query) => call.api.images.listVersions({ params: { name }, query }), 20);
  return versions.find((one) => one.state === 'draft' && one.sourceFormat === format && one.receivedBytes > 0);
}

export const importVerb: Verb = {
  name: 'import',
  summary: 'upload a disk as the next version of an image, pack it and publish it',
  arguments: [
    { name: 'image', summary: 'the image’s name; it is made if there is none', completes: 'image' },
    { name: 'disk', summary: 'a raw, qcow2, vmdk, vhdx or vhd file', completes: 'file' },
  ],
  options: [
    notesOption,
    { flags: '--format <format>', summary: 'the disk’s format (found out by default)', choices: formats },
    { flags: '--channel <name>', summary: 'point this channel at the version when it is available' },
    { flags: '--draft', summary: 'only upload; pack and push later' },
    { flags: '--resume', summary: 'go on with the draft that an interrupted import of this disk left' },
    { flags: '-d, --description <text>', summary: 'for a new image: what it is for' },
    { flags: '--os <text>', summary: 'for a new image: its operating system' },
    encryptedOption,
    capabilityOption,
  ],
  changes: true,
  waits: true,
  examples: [
    [
      'atelier image import debian-lab disk.qcow2 -n "security updates" --channel stable',
      'upload, pack, push, promote',
    ],
    ['atelier image import debian-lab disk.qcow2 --resume', 'after a broken connection or Ctrl-C: sends only the rest'],
    ['atelier image import win11 disk.vhdx --draft', 'uploads and leaves a draft to test first'],
  ],
  run: async (call) => {
    const name = call.args.image!;
    const path = call.args.disk!;
    const found = await stat(path).catch(() => undefined);
    if (!found?.isFile()) throw usageFailure(`${path} is not a file that can be read`);
    const format = (text(call, 'format') as DiskFormat | undefined) ?? (await diskFormatOf(path));
    const exists = await imageExists(call, name);
    if (call.common.dryRun) {
      const plan = { image: name, newImage: !exists, disk: path, format, sizeBytes: found.size };
      const columns = Object.keys(plan).map((title) => ({ title, value: (one: object) => one[title as never] }));
      return item(plan, columns, name);
    }
    if (!exists)
      await call.api.images.create({
        body: { name, ...given(call, 'description', 'os', 'capabilities', 'encrypted') },
      });
    const params = { name };
    const body = { format, sizeBytes: found.size, ...given(call, 'notes', 'capabilities') };
    const draft =
      (call.options.resume ? await unfinishedDraft(call, name, format) : undefined) ??
      (await call.api.images.createVersion({ params, body }));
    let version = await uploadDisk(call, draft, path, found.size);
    const say = (what: string) =>
      call.common.quiet || call.terminal.err.write(`${call.terminal.style.green('✓')} ${what}\n`);
    say(`${versionName(version)}: ${formatBytes(found.size)} uploaded`);
    const numbered = { name, number: version.number };
    if (!call.options.draft) {
      const packing = await call.api.images.pack({ params: numbered });
      if (!call.common.wait)
        return done(
          `packing has begun: atelier task wait ${packing.taskId}, then atelier image push`,
          version,
          versionName(version),
        );
      await followTask(call, packing.taskId);
      say('packed');
      await followTask(call, (await call.api.images.push({ params: numbered })).taskId);
      const channel = text(call, 'channel');
      if (channel) await call.api.images.promote({ params: { name, channel }, body: { version: version.number } });
      version = await call.api.images.getVersion({ params: numbered });
    }
    return done(`${versionName(version)} is ${version.state}`, version, versionName(version));
  },
};
