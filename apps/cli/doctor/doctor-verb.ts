import type { LoneVerb } from '../command/verb.ts';
import { CliFailure } from '../failure/cli-failure.ts';
import { list } from '../output/output.ts';
import { printOutput } from '../output/print-output.ts';
import type { Check, Finding } from './finding.ts';

const columns = [
  { title: '', value: (one: Finding) => ({ ok: '✓', warning: '!', error: '✗', skipped: '·' })[one.state] },
  { title: 'check', value: (one: Finding) => one.check },
  { title: 'found', value: (one: Finding) => one.detail },
];

async function carryOut(check: Check, signal: AbortSignal): Promise<readonly Finding[]> {
  try {
    return [await check(signal)].flat();
  } catch (error) {
    signal.throwIfAborted();
    const detail = error instanceof Error ? error.message : String(error);
    return [{ check: 'doctor', state: 'error', detail, cause: 'a check itself failed', fix: 'please report it' }];
  }
}

export const doctorVerb: LoneVerb = {
  group: 'On this machine:',
  name: 'doctor',
  summary: 'look for what is wrong with this machine and its server, with cause and fix',
  examples: [
    ['atelier doctor', 'exit code 1 when something must be repaired'],
    ['atelier doctor -o json', 'one object for each check: check, state, detail, cause, fix'],
  ],
  run: async (call) => {
    const [{ machineChecks }, { serverChecks }, { clientCheck }] = await Promise.all([
      import('./machine-checks.ts'),
      import('./server-checks.ts'),
      import('./client-check.ts'),
    ]);
    const checks = [...machineChecks, ...serverChecks(call.common.context), clientCheck];
    const findings = (await Promise.all(checks.map((check) => carryOut(check, call.signal)))).flat();
    await printOutput(
      call.terminal,
      list(findings, columns, (one) => one.check, ''),
      call.common.output,
      call.common.quiet,
    );
    const bad = findings.filter((one) => one.state === 'error' || one.state === 'warning');
    if (call.common.output === 'table')
      for (const one of bad)
        call.terminal.err.write(`\n${one.check}: ${one.detail}\n  cause: ${one.cause}\n  fix:   ${one.fix}\n`);
    const errors = findings.filter((one) => one.state === 'error');
    if (errors.length > 0)
      throw new CliFailure({ title: 'something must be repaired', detail: errors.map((one) => one.check).join(', ') });
    return undefined;
  },
};
