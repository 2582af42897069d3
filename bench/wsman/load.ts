import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cpuMs } from './process-figures.ts';
import type { CaseName } from './requests.ts';

const run = promisify(execFile);

/** What one round of one case gave. */
export interface Round {
  readonly perSecond: number;
  /** Processor time of the server per request, in milliseconds. */
  readonly cpuMs: number;
  /** Milliseconds. */
  readonly p99: number;
}

/** A server under load. */
export interface Target {
  readonly url: string;
  readonly authorization: string;
  readonly pid: number;
}

interface WrkResult {
  readonly requests: number;
  readonly microseconds: number;
  readonly status: number;
  readonly broken: number;
  readonly bad: number;
  readonly p99: number;
}

/** Sends one case over 16 connections for so many seconds. Throws when an answer was not 200: then a figure would mean nothing. */
export async function load(target: Target, name: CaseName, folder: string, seconds: number): Promise<Round> {
  const script = join(import.meta.dirname, 'load.lua');
  const before = cpuMs(target.pid);
  const { stdout } = await run('wrk', [
    ...['-t1', '-c16', `-d${seconds}s`, '--timeout', '10s', '-s', script, target.url],
    ...['--', target.authorization, folder, name],
  ]);
  const used = cpuMs(target.pid) - before;
  const result = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as WrkResult;
  if (result.status + result.broken + result.bad > 0 || result.requests === 0)
    throw new Error(
      `${name}: ${result.status + result.bad} answers were faults, ${result.broken} broke off: ${stdout}`,
    );
  return {
    perSecond: result.requests / (result.microseconds / 1e6),
    cpuMs: used / result.requests,
    p99: result.p99 / 1000,
  };
}

/** The middle one of the rounds, figure by figure. */
export function median(rounds: readonly Round[]): Round {
  const middle = (of: (one: Round) => number) => rounds.map(of).sort((a, b) => a - b)[Math.floor(rounds.length / 2)]!;
  return {
    perSecond: middle((one) => one.perSecond),
    cpuMs: middle((one) => one.cpuMs),
    p99: middle((one) => one.p99),
  };
}
