import { mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { qemuImg } from '@atelier/adapters/qemu';
import { type FetchProgress, fetchVersion } from '@atelier/adapters/trim-client';
import { isTrimError, pinRoot, trimErrors } from '@atelier/trim';
import { type Invocation, text } from '../../command/invocation.ts';
import { wholeNumber } from '../../command/parse-value.ts';
import type { Verb } from '../../command/verb.ts';
import { chooseServer } from '../../connection/connect.ts';
import { openContextStore } from '../../connection/context-store.ts';
import { CliFailure, usageFailure } from '../../failure/cli-failure.ts';
import { formatBytes } from '../../output/format-value.ts';
import { done } from '../../output/output.ts';
import { bar, progressLine } from '../../terminal/progress-line.ts';
import { imageArgument } from './arguments.ts';

/** The repository's root over the connection whose authority is pinned: from then on only signatures count. */
async function trustedRoot(call: Invocation): Promise<string> {
  const path = '/repository/root.json';
  const answer = await call.connection().open({ method: 'GET', path, headers: {}, signal: call.signal });
  let root = '';
  for await (const chunk of answer.setEncoding('utf8')) {
    root += chunk;
    if (root.length > 1_000_000) throw new Error('root.json is larger than 1 MB');
  }
  if (answer.statusCode === 200) return root;
  throw new CliFailure({
    title: 'the repository cannot be read',
    detail: `${path} answered ${answer.statusCode}`,
    cause: 'you are not signed in, or lack the permission image:read',
    fix: 'atelier whoami',
  });
}

const line = (now: FetchProgress) =>
  `  ${now.phase} version ${now.version ?? '?'}  ${bar(now.bytesTotal ? now.bytesDone / now.bytesTotal : null)}  ${formatBytes(now.wireBytes)} on the wire`;

export const pullVerb: Verb = {
  name: 'pull',
  summary: 'rebuild a version from the repository into a disk file',
  arguments: [
    imageArgument,
    { name: 'file', summary: 'the disk to write; .qcow2 makes a qcow2, anything else raw', completes: 'file' },
  ],
  options: [
    { flags: '--version-number <number>', summary: 'this version', parse: wholeNumber(1) },
    { flags: '--channel <name>', summary: 'the version that this channel points to', default: 'stable' },
    { flags: '--format <format>', summary: 'whatever the name says', choices: ['raw', 'qcow2'] },
    {
      flags: '--previous <disk>',
      summary: 'a raw disk that pull wrote before: only what differs is fetched',
      completes: 'file',
    },
    { flags: '-f, --force', summary: 'replace the file' },
  ],
  examples: [
    ['atelier image pull debian-lab lab.qcow2', 'what "stable" points to, as qcow2'],
    ['atelier image pull debian-lab v2.raw --version-number 2 --previous v1.raw', 'a delta: fetches what v1.raw lacks'],
  ],
  run: async (call) => {
    const target = resolve(call.args.file!);
    const format = text(call, 'format') ?? (target.endsWith('.qcow2') ? 'qcow2' : 'raw');
    const there = await stat(target).catch(() => undefined);
    if (there && !call.options.force) throw usageFailure(`${target} exists already`, 'add --force to replace it');
    const choice = chooseServer(call.common, openContextStore());
    const headers = async (): Promise<Record<string, string>> =>
      choice.secret ? { authorization: `Bearer ${choice.secret}` } : {};
    const previous = text(call, 'previous');
    const folder = await mkdtemp(join(dirname(target), '.atelier-pull-'));
    const progress = progressLine(call.terminal, call.common.quiet);
    try {
      const number = call.options.versionNumber as number | undefined;
      const result = await fetchVersion({
        repository: {
          baseUrls: [new URL('/repository/', choice.server).href],
          headers,
          tls: { ca: choice.ca ?? undefined },
        },
        trust: pinRoot(await trustedRoot(call)),
        image: call.args.image!,
        want: number ? { version: number } : { channel: text(call, 'channel')! },
        target: join(folder, 'disk.raw'),
        sources: {
          previous: previous ? [{ diskPath: resolve(previous), indexPath: `${resolve(previous)}.index` }] : [],
          partialDir: folder,
        },
        onProgress: (now) => progress.update(line(now)),
        signal: call.signal,
      });
      progress.end();
      if (format === 'qcow2') await qemuImg.toQcow2({ source: result.diskPath, target, signal: call.signal });
      else {
        await rename(result.indexPath, `${target}.index`);
        await rename(result.diskPath, target);
      }
      const { image, version, wireBytes, bySource, manifestDigest } = result;
      const what = { image, version, file: target, format, wireBytes, bySource, manifestDigest };
      return done(`${image}/${version} is in ${target}: ${formatBytes(wireBytes)} over the network`, what, target);
    } catch (error) {
      if (!isTrimError(error)) throw error;
      const { cause, fix } = trimErrors[error.code];
      throw new CliFailure({
        title: 'the version could not be fetched',
        detail: `${error.message} (${error.code})`,
        cause,
        fix,
      });
    } finally {
      progress.end();
      await rm(folder, { recursive: true, force: true });
    }
  },
};
