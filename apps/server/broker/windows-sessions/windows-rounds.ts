import { setTimeout as pause } from 'node:timers/promises';
import { openSessionDirectory } from '@atelier/adapters/session-directory';
import { sql } from 'kysely';
import type { HostSessions } from '../../hosts/host-sessions.ts';
import type { Services } from '../../services.ts';
import { noteWord } from '../host-reports/note-word.ts';
import { takeReport, targetsOfHost } from '../host-reports/take-report.ts';
import { type QuserOutput, readQuser } from './read-quser.ts';

/** How often each host is asked; how long it may take; how long one that failed is left alone; milliseconds. */
const everyMs = 15_000;
/** How soon the first Windows host is seen. */
const lookMs = 5000;
const patienceMs = 10_000;
const restMs = 120_000;
/** One server asks; when it dies, another one does after this time. */
const leaseMs = 45_000;
const mostAtOnce = 8;

/** Windows hosts that people can be on now. */
async function windowsHosts({ db }: Services): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('host')
    .innerJoin('broker_target as target', 'target.host_id', 'host.id')
    .select('host.id')
    .distinct()
    .where('host.state', '=', 'reachable')
    .where(sql<boolean>`concat(host.facts ->> 'osCaption', ' ', host.product) ilike '%windows%'`)
    .orderBy('host.id')
    .limit(5000)
    .execute();
  return rows.map(({ id }) => id);
}

async function askQuser(hosts: HostSessions, hostId: string, signal: AbortSignal): Promise<QuserOutput> {
  const { session } = await hosts.open(hostId);
  const shell = await session.shell({ signal });
  try {
    const { exitCode, stdout, stderr } = await shell.run('quser.exe', [], {
      signal,
      skipShell: true,
      mostOutput: 256 * 1024,
    });
    return { exitCode, stdout: stdout.toString('utf8'), stderr: stderr.toString('utf8') };
  } finally {
    await shell.close().catch(() => undefined);
  }
}

/**
 * Asks Windows hosts which sessions they have, for nothing of ours runs there: each four times a minute, spread over that time, by one server of all
 * that there are.
 */
export function startWindowsRounds(services: Services, hosts: HostSessions): { readonly stop: () => Promise<void> } {
  const directory = openSessionDirectory(services.database);
  const stopping = new AbortController();
  const signal = AbortSignal.any([services.signal, stopping.signal]);
  const resting = new Map<string, number>();
  const asking = new Map<string, Promise<void>>();

  const visit = async (hostId: string): Promise<void> => {
    const begun = performance.now();
    const seen = readQuser(await askQuser(hosts, hostId, AbortSignal.any([signal, AbortSignal.timeout(patienceMs)])));
    if (seen === null) throw new Error('quser did not tell which sessions there are');
    const [first, ...others] = (await targetsOfHost(services, hostId)) ?? [];
    if (first === undefined) return;
    const ageMs = performance.now() - begun + 1000;
    await takeReport(services, directory, [first, ...others], { changes: [], sessions: [...seen] }, ageMs);
    await noteWord(services, hostId);
  };
  const begin = (hostId: string): void => {
    if (asking.has(hostId) || asking.size >= mostAtOnce || (resting.get(hostId) ?? 0) > performance.now()) return;
    const work = visit(hostId)
      .catch((error: unknown) => {
        if (signal.aborted) return;
        resting.set(hostId, performance.now() + restMs);
        services.log.warn({ err: error, hostId }, 'a Windows host did not tell its sessions');
      })
      .finally(() => asking.delete(hostId));
    asking.set(hostId, work);
  };
  const round = async (): Promise<void> => {
    const lease = await directory.lease('windows-sessions', leaseMs);
    if (!lease) return void (await pause(everyMs, undefined, { signal }));
    try {
      const within = AbortSignal.any([signal, lease.signal]);
      while (!within.aborted) {
        const due = await windowsHosts(services);
        for (const hostId of due) {
          begin(hostId);
          await pause(everyMs / due.length, undefined, { signal: within });
        }
        if (due.length === 0) await pause(lookMs, undefined, { signal: within });
      }
    } finally {
      await lease.release();
    }
  };
  const run = async (): Promise<void> => {
    while (!signal.aborted)
      try {
        await round();
      } catch (error) {
        if (signal.aborted) break;
        services.log.debug({ err: error }, 'the round of Windows hosts begins anew');
        await pause(everyMs, undefined, { signal }).catch(() => undefined);
      }
    await Promise.all(asking.values());
  };
  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
