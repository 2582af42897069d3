import { setTimeout as sleep } from 'node:timers/promises';
import type { BrokerPlugin, Provider, Target, TaskInfo, TaskPluginNotifySink } from '@atelier/plugin-kit/broker';
import { answers } from './answers.ts';
import { nightAfter } from './nights.ts';

/** A target's property: `begun NAME` while the check of that name goes on, `ended NAME` afterwards. What was begun and not ended is done again. */
const progress = 'check';
/** A target's property: since when it does not answer. Who has it was drained here, and not by a person. */
const silentSince = 'no-answer-since';
/** TARGET_CHANGE_TYPE: a target is new. */
const joined = 0x8;

interface CheckSettings {
  readonly from: string;
  readonly hours: number;
  /** How long a computer may take to wake. */
  readonly seconds: number;
  /** How many are woken at the same time. */
  readonly atOnce: number;
}

type Tasks = Required<Pick<BrokerPlugin, 'initializeTaskPlugin' | 'setTaskQueue' | 'notifyTargetChange' | 'terminate'>>;

/** Each night each computer of the list is woken if it sleeps. Who does not answer takes nobody until it answers again. */
export function checkNightly(broker: () => Provider, { from, hours, seconds, atOnce }: CheckSettings): Tasks {
  let sink: TaskPluginNotifySink | null = null;
  /** What is in the queues, also when it has ended: a task of that time is not begun again. */
  const known = new Map<string, { readonly host: string; readonly end: AbortController }>();
  const keyOf = (task: TaskInfo): string => `${task.targetName} ${task.identifier} ${task.startTime.getTime()}`;
  let free = atOnce;
  const waiting: (() => void)[] = [];

  const plan = ({ name, properties }: Target, now: Date): void => {
    const said = String(properties[progress] ?? '');
    const set = (identifier: string, label: string, startTime: Date, endTime: Date): void => {
      const times = { startTime, endTime, deadline: endTime };
      sink?.onSetTaskTime({
        targetName: name,
        identifier,
        label,
        ...times,
        context: '',
        plugin: '',
        status: 'unknown',
      });
    };
    // The broker or this plug-in was killed at it.
    if (said.startsWith('begun '))
      set(said.slice(6), 'Check that was interrupted', now, new Date(now.getTime() + hours * 3_600_000));
    const next = nightAfter(now, from, hours);
    // Somebody had the night's check done by day: the one after it is the next.
    const night = said.endsWith(` ${next.name}`) ? nightAfter(next.begins, from, hours) : next;
    set(night.name, 'Nightly check', night.begins, night.ends);
  };
  const planFor = async (name: string): Promise<void> => {
    const target = await broker().globalStore.queryTarget(name);
    if (target) plan(target, new Date());
  };

  /** Whether it answers; it is woken if it does not. */
  const wake = async (
    { name, endpoints: [endpoint], numSessions }: Target,
    signal: AbortSignal,
  ): Promise<string | null> => {
    if (!endpoint) return null;
    if (numSessions > 0) return 'somebody is on it';
    if (await answers(endpoint, signal)) return 'it answers';
    const begun = Date.now();
    await broker().services.power(name, 'on');
    while (Date.now() < begun + seconds * 1000) {
      await sleep(Math.min(1000, seconds * 100), null, { signal });
      if (await answers(endpoint, signal))
        return `it was asleep, and answers after ${Math.ceil((Date.now() - begun) / 1000)} s`;
    }
    return null;
  };

  /** Everything here may have been done before, by a check that was killed. */
  const check = async ({ targetName: name, identifier }: TaskInfo, signal: AbortSignal): Promise<string> => {
    const { resourceStore, providerName } = broker();
    const target = await resourceStore.queryTarget(name);
    if (target?.provider !== providerName) throw new Error(`${name} is none of the list's computers`);
    await resourceStore.setTargetProperty(name, progress, `begun ${identifier}`);
    let why = `it does not answer within ${seconds} s`;
    const well = await wake(target, signal).catch((error: Error) => {
      signal.throwIfAborted();
      why = error.message;
      return null;
    });
    signal.throwIfAborted();
    const silent = target.properties[silentSince] !== undefined;
    if (well !== null && silent) {
      await resourceStore.setServerDrainMode(name, false);
      await resourceStore.setTargetProperty(name, silentSince, null);
    }
    if (well === null && (silent || !target.drain)) {
      if (!silent) await resourceStore.setTargetProperty(name, silentSince, new Date().toISOString());
      await resourceStore.setServerDrainMode(name, true);
    }
    await resourceStore.setTargetProperty(name, progress, `ended ${identifier}`);
    if (well === null) throw new Error(`${why}: it takes nobody until it answers again`);
    return well;
  };

  const perform = async (task: TaskInfo, signal: AbortSignal): Promise<void> => {
    const { targetName, identifier } = task;
    const tell = (status: TaskInfo['status'], detail?: string): void => {
      if (!signal.aborted) sink?.onUpdateTaskStatus(targetName, identifier, status, detail);
    };
    tell('searching', free > 0 ? '' : 'waits for others');
    if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    else free -= 1;
    try {
      signal.throwIfAborted();
      tell('success', await check(task, signal));
    } catch (error) {
      tell('failed', (error as Error).message);
      // It is not to be done again, since a person ended it; one whose broker ends is.
      if (signal.aborted && sink)
        await broker()
          .resourceStore.setTargetProperty(targetName, progress, `ended ${identifier}`)
          .catch(() => undefined);
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
    await planFor(targetName).catch((error: Error) => broker().log('warning', `${targetName}: ${error.message}`));
  };

  return {
    async initializeTaskPlugin(given) {
      sink = given;
      const now = new Date();
      for await (const target of broker().globalStore.enumerateTargets({ provider: broker().providerName }))
        plan(target, now);
    },
    setTaskQueue(host, tasks) {
      const wanted = new Set(tasks.map(keyOf));
      for (const [key, one] of known)
        if (one.host === host && !wanted.has(key)) {
          known.delete(key);
          one.end.abort(new Error('it was cancelled'));
        }
      for (const task of tasks.filter((one) => !known.has(keyOf(one)))) {
        const end = new AbortController();
        known.set(keyOf(task), { host, end });
        void perform(task, end.signal);
      }
    },
    /** In every broker: the one that has the tasks plans for a computer that is new, whoever added it to the list. */
    notifyTargetChange(change, target) {
      if ((change & joined) !== 0 && target.provider === broker().providerName) plan(target, new Date());
    },
    terminate() {
      sink = null;
      for (const one of known.values()) one.end.abort(new Error('the broker ends'));
    },
  };
}
