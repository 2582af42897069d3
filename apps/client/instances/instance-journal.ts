import { AtelierError } from '@atelier/domain/errors';
import type { EventQueue } from '../events/event-queue.ts';
import type { ClientDatabase } from '../state/client-database.ts';
import { firstTimeSetup } from './first-time-setup.ts';
import type { Happening } from './happening.ts';
import { type InstanceRecord, instanceRecordSchema, newInstanceRecord } from './instance-record.ts';
import { reduceInstance } from './reduce-instance.ts';

export interface InstanceKey {
  readonly userId: string;
  readonly workspaceId: string;
}

/** All instances of this computer, on disk. A step and its events are written in one transaction. */
export interface InstanceJournal {
  get(key: InstanceKey): InstanceRecord | undefined;
  all(): readonly InstanceRecord[];
  /** Lets something happen. Gives the record afterwards, undefined when it is gone. */
  happen(key: InstanceKey, happening: Happening, correlationId?: string | null): InstanceRecord | undefined;
  add(user: { readonly id: string; readonly name: string }, granted: InstanceRecord['granted']): InstanceRecord;
  /** Calls `listener` after each step that changed something. */
  onChange(
    listener: (key: InstanceKey, before: InstanceRecord | undefined, after: InstanceRecord | undefined) => void,
  ): void;
}

const keyText = ({ userId, workspaceId }: InstanceKey) => `${userId}/${workspaceId}`;

export function openInstanceJournal(database: ClientDatabase, events: EventQueue): InstanceJournal {
  const { sqlite } = database;
  const write = sqlite.prepare(
    'insert into instance values (?, ?, ?) on conflict (user_id, workspace_id) do update set body = excluded.body',
  );
  const remove = sqlite.prepare('delete from instance where user_id = ? and workspace_id = ?');
  const records = new Map<string, InstanceRecord>();
  for (const row of sqlite.prepare('select body from instance').all()) {
    const record = instanceRecordSchema.parse(JSON.parse(String(row.body)));
    records.set(keyText(record), record);
  }
  const listeners: Parameters<InstanceJournal['onChange']>[0][] = [];
  const keep = (key: InstanceKey, before: InstanceRecord | undefined, after: InstanceRecord | undefined) => {
    if (after) write.run(key.userId, key.workspaceId, JSON.stringify(after));
    else remove.run(key.userId, key.workspaceId);
    return () => {
      if (after) records.set(keyText(key), after);
      else records.delete(keyText(key));
      for (const listener of listeners) listener(key, before, after);
    };
  };

  return {
    get: (key) => records.get(keyText(key)),
    all: () => [...records.values()],
    happen: (key, happening, correlationId) => {
      const before = records.get(keyText(key));
      if (!before) throw new AtelierError('workspace.not-found', 'this computer knows no such workspace');
      const known = correlationId === undefined ? before : { ...before, correlationId };
      const step = reduceInstance(known, happening);
      if (step.record === before && step.events.length === 0) return before;
      const setup = firstTimeSetup(before.setup, step.events, new Date().toISOString());
      const after = step.record ? { ...step.record, setup } : undefined;
      const tell = database.transaction(() => {
        for (const { name, detail, data } of step.events)
          events.add(name, {
            detail,
            data,
            userName: before.userName,
            workspace: before.granted.name,
            correlationId: known.correlationId,
          });
        return keep(key, before, after);
      });
      tell();
      return after;
    },
    add: (user, granted) => {
      const record = newInstanceRecord(user, granted);
      keep({ userId: user.id, workspaceId: granted.workspaceId }, undefined, record)();
      return record;
    },
    onChange: (listener) => listeners.push(listener),
  };
}
