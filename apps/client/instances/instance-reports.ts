import type { InstanceReport, LocalWorkspace, Transfer } from '@atelier/api';
import type { ImageStore } from '../images/image-store.ts';
import { transferMeter } from '../images/transfer-progress.ts';
import type { ContactClock } from '../people/contact-clock.ts';
import type { Circumstances } from './entitlement.ts';
import type { InstanceEngine } from './instance-engine.ts';
import type { InstanceJournal } from './instance-journal.ts';
import { type InstanceRecord, mayRun } from './instance-record.ts';
import { instanceReport, localWorkspaceOf } from './report-instance.ts';

export interface InstanceReportsParts {
  readonly journal: InstanceJournal;
  readonly engine: InstanceEngine;
  readonly images: Pick<ImageStore, 'versions'>;
  readonly clock: ContactClock;
  readonly circumstances: (record: InstanceRecord) => Circumstances;
}

/** Reports of instances out of the journal and of what runs now. */
export function instanceReports(parts: InstanceReportsParts) {
  const { journal, engine, images, clock, circumstances } = parts;

  const transferOf = (record: InstanceRecord): Transfer | null => {
    const meter = engine.meter(record);
    if (!record.transfer) return meter?.finished() ? meter.read('done', null) : null;
    const { version, state, error } = record.transfer;
    return (meter ?? transferMeter(version)).read(state, error?.detail ?? null);
  };
  const reportOf = (record: InstanceRecord): InstanceReport => {
    const up = record.machine === 'running' || record.machine === 'locked';
    return instanceReport(record, circumstances(record), {
      localVersions: images.versions(record.granted.image),
      guestAgent: up,
      screen: mayRun(record.machine) && record.machine !== 'locked' && engine.vm(record) !== undefined,
      transfer: transferOf(record),
    });
  };
  return {
    all: (): InstanceReport[] => journal.all().slice(0, 1000).map(reportOf),
    localOf: (record: InstanceRecord): LocalWorkspace =>
      localWorkspaceOf(record, reportOf(record), clock.read(record.userId), Date.now()),
    localOfUser(userId: string): LocalWorkspace[] {
      return journal
        .all()
        .filter((record) => record.userId === userId)
        .sort((a, b) => a.granted.name.localeCompare(b.granted.name))
        .map((record) => this.localOf(record));
    },
  };
}
export type InstanceReports = ReturnType<typeof instanceReports>;
