import type { InstanceJournal } from '../instances/instance-journal.ts';
import type { Log } from './client-log.ts';

/** Writes down what becomes of the workspaces, for whoever has to understand it later. */
export function logChanges(journal: InstanceJournal, log: Log): void {
  journal.onChange((_, before, after) => {
    const record = after ?? before;
    if (!record) return;
    const facts = { workspace: record.granted.name, user: record.userName, correlationId: record.correlationId };
    if (before?.machine !== after?.machine)
      log.info('a workspace changed', {
        ...facts,
        from: before?.machine ?? 'nothing',
        to: after?.machine ?? 'nothing',
        version: record.version,
      });
    if (after?.transfer && before?.transfer?.state !== after.transfer.state)
      log.info('a transfer changed', { ...facts, version: after.transfer.version, state: after.transfer.state });
    const problem = after?.error ?? after?.transfer?.error;
    if (problem && problem.detail !== (before?.error ?? before?.transfer?.error)?.detail)
      log.warn('a workspace has a problem', { ...facts, code: problem.code, detail: problem.detail });
  });
}
