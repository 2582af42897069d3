import { type Finding, fsck } from '@atelier/adapters/repository';
import type { Services, TaskControl } from '../services.ts';
import type { Repository } from './repository.ts';

/** What a check found, as the task keeps it. */
export interface FsckResult {
  readonly findings: readonly { readonly code: string; readonly file: string; readonly detail: string }[];
}

/** More findings than this are counted, not listed: each of them would be an event. */
const mostFindings = 500;

/** The task `repository.fsck`: re-verifies everything; each damage becomes an event. */
export function fsckTask(services: Services, repository: Repository) {
  return async (_input: unknown, control: TaskControl): Promise<FsckResult> =>
    await repository.exclusive(control.signal, async () => {
      control.log('checking every manifest, index and pack');
      const all: readonly Finding[] = await fsck({ store: repository.store, repair: false, signal: control.signal });
      const findings = all.slice(0, mostFindings);
      for (const finding of findings) {
        control.log(`${finding.severity}: ${finding.path}: ${finding.message}`);
        if (finding.severity !== 'error') continue;
        services.events.emit('server.repository-finding', {
          detail: `${finding.path}: ${finding.message}`,
          correlationId: control.correlationId,
          data: { code: finding.code, file: finding.path },
        });
      }
      control.log(all.length === 0 ? 'nothing is wrong' : `${all.length} findings`);
      return { findings: findings.map((one) => ({ code: one.code, file: one.path, detail: one.message })) };
    });
}
