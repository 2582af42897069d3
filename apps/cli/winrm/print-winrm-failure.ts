import { winrmErrors } from '@atelier/adapters/winrm-client';
import { registerErrors } from '@atelier/domain/errors';
import { isWsmanFault, type WsmanFault } from '@atelier/wsman';
import { CliFailure, exitCodes } from '../failure/cli-failure.ts';
import { explainFailure } from '../failure/explain-failure.ts';
import { printFailure } from '../failure/print-failure.ts';
import type { Terminal } from '../terminal/terminal.ts';

const accessDenied = 5;

function faultLines({ body }: WsmanFault): string[] {
  const lines = ['WSManFault', `    Message = ${body.reason ?? body.subcode}`];
  if (body.provider) lines.push(`    Provider = ${body.provider}`);
  if (body.subcode !== '') lines.push(`    Code = ${body.subcode}${body.detail ? ` (${body.detail})` : ''}`);
  if (body.number !== undefined)
    lines.push('', `Error number: ${body.number} 0x${body.number.toString(16).toUpperCase().padStart(8, '0')}`);
  return lines;
}

/** Says on the error stream why a command failed, a fault as WinRM prints it; gives the exit code. */
export function printWinrmFailure(error: unknown, terminal: Terminal): number {
  if (isWsmanFault(error)) {
    terminal.err.write(`${faultLines(error).join('\n')}\n`);
    if (error.body.number === accessDenied) return exitCodes.notAllowed;
    return error.body.detail === 'UnexpectedSelectors' ? exitCodes.notFound : exitCodes.failure;
  }
  registerErrors(winrmErrors);
  const { text, exitCode } = error instanceof CliFailure ? error : explainFailure(error);
  printFailure(terminal, text);
  return exitCode;
}
