import { setTimeout as pause } from 'node:timers/promises';
import type { Target, TargetEndpoint } from '@atelier/domain/broker';
import { lookAtTarget } from '../relay/look-at-target.ts';
import { loseTarget } from '../relay/lose-target.ts';
import type { UpkeepTools } from './start-upkeep.ts';

/** A round looks at this many targets a second at most: each probe costs the host a process (xrdp forks). */
const perSecond = 20;
/** A running target is looked at this seldom, one that is down more often: people wait for it. */
const aliveEveryMs = 30_000;
const downEveryMs = 10_000;
/** So many failures in a row make a running target dead: one may be a queue that was full. */
const failuresOfDeath = 3;
const times = { dialMs: 2000, confirmMs: 3000 };

/** When each target is due again, by id; negative numbers count failures. Kept by the holder of the lease only. */
export type ProbeMemory = Map<string, number>;

/** Nobody is sent there until it answers: it was lost, or nobody said yet that it is up. */
const isMissed = ({ state }: Target): boolean => state === 'down' || state === 'unknown';

/** Where a target is looked for; one that only its name in DNS is known of may listen there, on the usual port. */
const placesOf = ({ endpoints, fqdn }: Target): readonly TargetEndpoint[] =>
  endpoints.length > 0 || fqdn === null ? endpoints : [{ address: fqdn, port: 3389 }];

/** Looks at the targets that are due, one after the other: marks those that died, and those that came back. */
export async function probeTargets(tools: UpkeepTools, memory: ProbeMemory, signal: AbortSignal): Promise<void> {
  const { directory, log } = tools.parts;
  for (let after: string | undefined; ; ) {
    const page = await directory.targets({ after, limit: 500 });
    for (const target of page) {
      if (signal.aborted) return;
      if (placesOf(target).length === 0 || !(target.state === 'running' || isMissed(target))) continue;
      if ((memory.get(target.id) ?? 0) > performance.now()) continue;
      await look(tools, memory, target, signal).catch((error: unknown) =>
        log.warn({ err: error, target: target.name }, 'a target could not be looked at'),
      );
      await pause(1000 / perSecond, undefined, { signal }).catch(() => {});
    }
    if (page.length < 500) return;
    after = page.at(-1)?.name;
  }
}

async function look(tools: UpkeepTools, memory: ProbeMemory, target: Target, signal: AbortSignal): Promise<void> {
  const { directory, log } = tools.parts;
  const endpoints = placesOf(target);
  const isGuess = endpoints !== target.endpoints;
  const failure = await lookAtTarget(tools.book, { id: target.id, endpoints }, times, signal);
  const due = (ms: number) => memory.set(target.id, performance.now() + ms);
  const failures = `${target.id}:failures`;
  if (!failure) {
    memory.delete(failures);
    due(aliveEveryMs);
    // Kept before anybody is sent there, for whoever carries them dials what is kept; unless somebody found another place meanwhile.
    if (isGuess && (await directory.target(target.name))?.endpoints.length === 0)
      await directory.setTargetEndpoints(target.id, endpoints);
    const { state } = target;
    if (isMissed(target) && (await directory.testAndSetTargetState(target.id, 'running', state)) === 'running')
      log.info({ target: target.name }, state === 'down' ? 'a target is back' : 'a target answers');
    return;
  }
  if (failure.kind === 'gone') return;
  // Of one that runs a plug-in may know where it listens: that it is not where we guessed says nothing.
  if (isMissed(target) || isGuess) {
    due(downEveryMs);
    return;
  }
  const count = (memory.get(failures) ?? 0) + 1;
  if (failure.kind === 'dead' || count >= failuresOfDeath) {
    memory.delete(failures);
    due(downEveryMs);
    await loseTarget(tools, target, failure.why);
  } else {
    // Looked at again in the next round.
    memory.set(failures, count);
  }
}
