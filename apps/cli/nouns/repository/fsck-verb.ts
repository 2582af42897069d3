import { type Finding, fsck, repair } from '@atelier/adapters/repository';
import { flag, type Invocation, text } from '../../command/invocation.ts';
import type { Verb } from '../../command/verb.ts';
import { CliFailure, usageFailure } from '../../failure/cli-failure.ts';
import { formatBytes } from '../../output/format-value.ts';
import { done, type Output } from '../../output/output.ts';
import { bar, progressLine } from '../../terminal/progress-line.ts';
import { finishTask, followTask } from '../../work/finish-task.ts';
import { keysAt, keysOption, localStore, repositoryOption, sourceAt, told } from './location.ts';

type Told = { readonly code: string; readonly path: string; readonly message: string; readonly severity: string };

function verdict(findings: readonly Told[], repaired: readonly string[] = []): Output {
  const bad = findings.filter(({ severity }) => severity === 'error');
  const what = { findings, repaired };
  if (bad.length === 0) {
    const rest = findings.length > 0 ? `; ${findings.length} files that nobody needs` : '';
    const mended = repaired.length > 0 ? `, ${repaired.length} files were repaired` : '';
    return done(`the repository is whole${mended}${rest}`, what);
  }
  throw new CliFailure({
    title: 'the repository is damaged',
    detail: bad
      .slice(0, 20)
      .map(({ code, path, message }) => `${path}: ${message} (${code})`)
      .join('\n'),
    cause: 'files are missing or are not what was signed',
    fix: 'atelier repository fsck --repository FOLDER --repair MIRROR, or restore them from a backup',
    extra: what,
  });
}

async function checkFolder(call: Invocation): Promise<Output | undefined> {
  const store = await localStore(call);
  if (!store) return undefined;
  const line = progressLine(call.terminal, call.common.quiet);
  const check = () =>
    fsck({
      store,
      keys: keysAt(call),
      signal: call.signal,
      onProgress: ({ bytesDone, bytesTotal }) =>
        line.update(
          `  verifying  ${bar(bytesTotal ? bytesDone / bytesTotal : null)}  ${formatBytes(bytesDone)} of ${formatBytes(bytesTotal)}`,
        ),
    }).finally(() => line.end());
  let findings: readonly Finding[] = await check();
  const mirror = text(call, 'repair');
  if (!mirror || !findings.some(({ severity }) => severity === 'error')) return verdict(findings);
  const source = await sourceAt(call, mirror);
  const repaired = await repair({ store, source, findings, signal: call.signal });
  findings = await check();
  return verdict(findings, repaired);
}

export const fsckVerb: Verb = {
  name: 'fsck',
  summary: 're-verify everything: signatures, digests, every frame, every version',
  options: [
    repositoryOption,
    keysOption,
    {
      flags: '--repair <mirror>',
      summary: 'with --repository: take what is damaged from this folder or address, verified',
      completes: 'file',
    },
    { flags: '--ca <file>', summary: 'certificate authority of the mirror', completes: 'file' },
  ],
  waits: true,
  examples: [
    ['atelier repository fsck', 'the server checks its repository; exit code 1 when something is wrong'],
    [
      'atelier repository fsck --repository /srv/mirror',
      'a folder, without any server; encrypted images in name and form',
    ],
    ['atelier repository fsck --repository /srv/mirror --repair /media/stick', 'takes damaged files from a good copy'],
  ],
  run: (call) =>
    told('the repository could not be checked', async () => {
      if (text(call, 'repair') && !text(call, 'repository'))
        throw usageFailure('--repair needs --repository', 'run it where the repository’s files are');
      const local = await checkFolder(call);
      if (local) return local;
      const { taskId } = await call.api.images.fsck();
      if (!call.common.wait) return finishTask(call, taskId, 'the repository is being checked');
      const { result } = await followTask(call, taskId);
      const { findings } = result as { findings: { code: string; file: string; detail: string }[] };
      const waste = ['fsck.orphan', 'fsck.stranger'];
      return verdict(
        findings.map(({ code, file, detail }) => ({
          code,
          path: file,
          message: detail,
          severity: waste.includes(code) ? 'warning' : 'error',
        })),
      );
    }),
};

/** `--dry-run` of the upkeep: only count. */
export const onlyCount = (call: Invocation): boolean => flag(call, 'dryRun') || call.common.dryRun;
