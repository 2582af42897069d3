import type { BrokerTaskState } from '@atelier/domain/broker';
import type { TaskInfo } from '../src/task-plugin.ts';
import type { PlannedTask, TaskRecords } from '../work/index.ts';
import type { MemoryStore } from './memory-provider.ts';

/** A task as it is kept, with what became of it. */
export interface KeptTask extends PlannedTask {
  readonly state: BrokerTaskState;
  readonly detail: string;
  /** Each status that the plug-in told, in order. */
  readonly told: readonly string[];
}

/** The tasks of one plug-in in memory; they outlive the plug-in, as they do in the directory. */
export interface MemoryTasks extends TaskRecords {
  readonly all: readonly KeptTask[];
  /** Those to be begun at a time, the earliest deadline first. */
  due(at: Date): readonly KeptTask[];
  set(id: string, said: Partial<KeptTask>): void;
}

export function memoryTasks(store: MemoryStore): MemoryTasks {
  const kept = new Map<string, KeptTask>();
  let count = 0;
  const find = (targetName: string, identifier: string): KeptTask | undefined =>
    [...kept.values()].find((one) => one.targetName === targetName && one.identifier === identifier);
  return {
    get all() {
      return [...kept.values()].filter((one) => store.targets.has(one.targetName));
    },
    due: (at) =>
      [...kept.values()]
        .filter((one) => one.state === 'planned' && one.startTime <= at && store.targets.has(one.targetName))
        .toSorted((a, b) => a.deadline.getTime() - b.deadline.getTime()),
    set(id, said) {
      const before = kept.get(id);
      if (before) kept.set(id, { ...before, ...said });
    },
    async plan(task: TaskInfo) {
      const target = store.targets.get(task.targetName);
      if (!target) return false;
      const before = find(task.targetName, task.identifier);
      if (before?.state === 'running') return true;
      const id = before?.id ?? `task-${++count}`;
      const hostName = target.environment || target.name;
      const fresh = { state: 'planned', status: 'unknown', detail: '', cancelRequested: false } as const;
      kept.set(id, { ...task, ...fresh, id, hostName, told: before?.told ?? [] });
      return true;
    },
    async drop(targetName, identifier) {
      const found = find(targetName, identifier);
      if (found?.state === 'planned') kept.delete(found.id);
    },
    async update(id, _fence, state, status, detail) {
      const before = kept.get(id);
      if (before?.state !== 'running') return;
      kept.set(id, { ...before, state, status, detail: detail || before.detail, told: [...before.told, status] });
    },
  };
}
