import type { BrokerStand } from './broker-stand.ts';
import { cpuSeconds } from './process-use.ts';
import { runLoad } from './run-load.ts';
import type { SignInLoad, SignInLoadResult } from './sign-in-load.ts';

/** Sign-ins, and the milliseconds of processor time that each took of the brokers and of PostgreSQL. */
export interface SignInFigures extends SignInLoadResult {
  readonly brokerMs: number;
  readonly databaseMs: number;
}

/** Signs people in who have not been there yet, at one broker or at both. */
export async function measureSignIns(
  { brokers, postgres }: BrokerStand,
  people: SignInLoad['people'],
  { processes, atOnce, nla = false }: { readonly processes: 1 | 2; readonly atOnce: number; readonly nla?: boolean },
): Promise<SignInFigures> {
  const used = brokers.slice(0, processes);
  const cpu = () => used.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0);
  const before = [cpu(), cpuSeconds(postgres)] as const;
  const result = await runLoad<SignInLoadResult>('sign-in-load', {
    ports: used.map(({ port }) => port),
    people,
    atOnce,
    nla,
  } satisfies SignInLoad);
  const each = (seconds: number) => (seconds * 1000) / people.length;
  return { ...result, brokerMs: each(cpu() - before[0]), databaseMs: each(cpuSeconds(postgres) - before[1]) };
}
