import { setTimeout as sleep } from 'node:timers/promises';
import type { TestRun } from '@atelier/api';
import type { Verb } from '../../command/verb.ts';
import { CliFailure } from '../../failure/cli-failure.ts';
import { formatTime } from '../../output/format-value.ts';
import { type Column, done, item } from '../../output/output.ts';
import { progressLine } from '../../terminal/progress-line.ts';
import { imageArgument, versionArgument, versionOf } from './arguments.ts';

const columns: readonly Column<TestRun>[] = [
  { title: 'id', value: (one) => one.id },
  { title: 'image', value: (one) => one.image },
  { title: 'version', value: (one) => one.version },
  { title: 'state', value: (one) => one.state },
  { title: 'guest agent', value: (one) => one.guestAgent },
  { title: 'started', value: (one) => formatTime(one.startedAt) },
  { title: 'error', value: (one) => one.error },
];

export const testVerb: Verb = {
  name: 'test',
  summary: 'boot a version on the server; nothing that happens in it changes the image',
  arguments: [imageArgument, versionArgument],
  options: [{ flags: '--keep', summary: 'leave it running, with its screen in the console' }],
  changes: true,
  waits: true,
  examples: [
    ['atelier image test debian-lab 2', 'waits until the guest answers, then ends it: exit code 0 means that it boots'],
    [
      'atelier image test debian-lab 2 --keep',
      'leaves it running; end it in the console or with "atelier image test-stop ID"',
    ],
  ],
  run: async (call) => {
    let run = await call.api.images.startTest({ params: versionOf(call) });
    if (!call.common.wait) return done(`the test run ${run.id} has begun`, run, run.id);
    const line = progressLine(call.terminal, call.common.quiet);
    const since = performance.now();
    const params = { id: run.id };
    try {
      while (run.state !== 'ended' && !run.guestAgent) {
        line.update(`  ${run.state}, ${Math.round((performance.now() - since) / 1000)} s; waiting for the guest agent`);
        await sleep(1000, undefined, { signal: call.signal });
        run = await call.api.images.getTest({ params }, { signal: call.signal });
      }
    } finally {
      line.end();
      if (!call.options.keep && run.state !== 'ended') await call.api.images.stopTest({ params });
    }
    if (!run.guestAgent)
      throw new CliFailure({
        title: 'the version did not boot',
        detail: run.error ?? 'the virtual machine ended before its guest agent answered',
        fix: 'look at its screen: atelier image test IMAGE VERSION --keep, then open it in the console',
      });
    return item(run, columns, run.id);
  },
};

export const testStopVerb: Verb = {
  name: 'test-stop',
  summary: 'end a test run',
  arguments: [{ name: 'id', summary: 'the test run’s id' }],
  changes: true,
  run: async (call) => {
    await call.api.images.stopTest({ params: { id: call.args.id! } });
    return done(`test run ${call.args.id} was ended`);
  },
};
