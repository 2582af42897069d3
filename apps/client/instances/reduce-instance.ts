import type { EventName } from '@atelier/domain/events';
import type { Happening } from './happening.ts';
import { atRest, type InstanceRecord } from './instance-record.ts';

/** An event that a step brings; user and workspace are added by whoever keeps the journal. */
export interface StepEvent {
  readonly name: EventName;
  readonly detail?: string;
  readonly data?: Record<string, unknown>;
}

/** What a happening leads to. `record` is null when nothing is left of the instance. */
export interface Step {
  readonly record: InstanceRecord | null;
  readonly events: readonly StepEvent[];
}

/**
 * The rules of an instance's life: pure, so that the journal can hold nothing but its results.
 * A happening that makes no sense in the present state (such as the end of work that was overtaken) changes nothing.
 */
export function reduceInstance(record: InstanceRecord, happening: Happening): Step {
  const to = (change: Partial<InstanceRecord>, ...events: StepEvent[]): Step => ({
    record: { ...record, ...change },
    events,
  });
  const same: Step = { record, events: [] };
  const running = record.machine === 'running' || record.machine === 'locked';

  switch (happening.kind) {
    case 'granted':
      return to({
        granted: happening.granted,
        listed: true,
        userName: happening.userName,
        declined: record.declined === happening.granted.version ? record.declined : null,
      });
    case 'unlisted':
      return nothingHere(record) ? { record: null, events: [] } : to({ listed: false });

    case 'fetch-asked': {
      const thenStart = happening.thenStart ?? record.transfer?.thenStart ?? false;
      const wish = { asked: happening.by, askedAt: happening.at };
      if (record.transfer?.state === 'running' && record.transfer.version === happening.version)
        // what a person once waits for, the policy does not make less urgent
        return to({ transfer: { ...record.transfer, thenStart, ...(happening.by === 'person' ? wish : {}) } });
      return to(
        {
          transfer: { version: happening.version, state: 'running', thenStart, ...wish, error: null },
          error: null,
          blocked: false,
        },
        { name: 'image.transfer-started', detail: `version ${happening.version} of ${record.granted.image}` },
      );
    }
    case 'pause-asked':
      if (record.transfer?.state !== 'running') return same;
      return to(
        { transfer: { ...record.transfer, state: 'paused', thenStart: false } },
        { name: 'image.transfer-paused', detail: `version ${record.transfer.version}` },
      );
    case 'fetched': {
      if (record.transfer?.version !== happening.version) return same;
      const start = record.transfer.thenStart && atRest(record.machine);
      const staged = record.version === happening.version ? record.staged : happening.version;
      const next = to(
        { transfer: null, staged, error: null },
        { name: 'image.transfer-completed', detail: happening.detail, data: happening.data },
      );
      return start ? followed(next, { kind: 'start-asked' }) : next;
    }
    case 'fetch-waits':
      if (record.transfer?.state !== 'running') return same;
      return to(
        {},
        {
          name: 'image.transfer-paused',
          detail: `version ${record.transfer.version}: ${happening.because}`,
          data: { version: record.transfer.version, because: happening.because, until: happening.until },
        },
      );
    case 'fetch-goes-on':
      if (record.transfer?.state !== 'running') return same;
      return to(
        {},
        {
          name: 'image.transfer-resumed',
          detail: `version ${record.transfer.version}`,
          data: { version: record.transfer.version },
        },
      );
    case 'fetch-reported':
      if (record.transfer?.state !== 'running') return same;
      return to({}, { name: 'image.transfer-progress', detail: happening.detail, data: happening.data });
    case 'staged-locally':
      return to({ staged: record.version === happening.version ? null : happening.version });
    case 'fetch-failed': {
      if (!record.transfer) return same;
      const first = record.transfer.error === null;
      const event: StepEvent = {
        name: happening.event,
        detail: happening.error.detail,
        data: { code: happening.error.code, version: record.transfer.version },
      };
      return to(
        { transfer: { ...record.transfer, state: happening.final ? 'failed' : 'running', error: happening.error } },
        ...(first || happening.final ? [event] : []),
      );
    }

    case 'start-asked':
      if (!atRest(record.machine)) return same;
      return to({ machine: 'starting', error: null, blocked: false, startedAt: null }, { name: 'vm.starting' });
    case 'start-refused':
      return to({}, blockEvent(happening.error));
    case 'start-blocked':
      if (record.machine !== 'starting') return same;
      return to({ machine: restOf(record), error: happening.error, blocked: true }, blockEvent(happening.error));
    case 'activated': {
      if (record.version === happening.version) return to({ staged: null });
      const back = record.version !== null && happening.version < record.version;
      return to(
        { version: happening.version, staged: null, saved: false },
        {
          name: back ? 'image.rolled-back' : 'image.version-activated',
          detail:
            record.version === null ? `version ${happening.version}` : `${record.version} to ${happening.version}`,
          data: { from: record.version, to: happening.version },
        },
      );
    }
    case 'start-failed': {
      if (record.machine !== 'starting') return same;
      const again = record.saved && happening.error.code === 'vm.resume-failed' && !record.resumeFailed;
      return to(
        { machine: 'failed', error: happening.error, saved: again, resumeFailed: again },
        { name: 'vm.start-failed', detail: happening.error.detail, data: { code: happening.error.code } },
      );
    }
    case 'guest-silent':
      if (record.machine !== 'starting') return same;
      return to(
        { machine: 'crashed', error: happening.error, saved: false },
        { name: 'vm.guest-unresponsive', detail: happening.error.detail },
      );
    case 'started':
      if (record.machine !== 'starting') return same;
      return to(
        {
          machine: 'running',
          saved: false,
          resumeFailed: false,
          shape: happening.shape,
          startedAt: happening.at,
          error: null,
        },
        { name: 'vm.started', data: { version: record.version } },
      );
    case 'taken-over':
      return to({}, { name: 'vm.taken-over' });
    case 'machine-died':
      if (atRest(record.machine)) return same;
      return to(
        { machine: 'crashed', error: happening.error, startedAt: null, saved: false, afterwards: 'rest' },
        { name: 'vm.crashed', detail: happening.error.detail, data: { code: happening.error.code } },
      );

    case 'stop-asked': {
      const transfer = record.transfer && { ...record.transfer, thenStart: false };
      if (!running && record.machine !== 'starting') return to({ transfer });
      const { vm, update } = record.granted.policy;
      // A forced version must not wait for ever behind memory that is saved again and again.
      const updateWaits = record.staged !== null && update.mode === 'force';
      const stopBy = running && record.granted.type === 'persistent' && !updateWaits ? vm.stopAction : 'shutdown';
      return to({ machine: 'stopping', stopBy, afterwards: 'rest', transfer });
    }
    case 'restart-asked':
      if (!running) return same;
      return to({ machine: 'stopping', stopBy: 'shutdown', afterwards: 'start' }, { name: 'vm.restarted' });
    case 'machine-stopped': {
      if (!running && record.machine !== 'stopping' && record.machine !== 'starting') return same;
      const stopped: StepEvent = {
        name: 'vm.stopped',
        detail: record.machine === 'stopping' ? '' : 'by the guest itself',
      };
      if (record.granted.type === 'revertible')
        return to({ machine: 'reverting', revertScope: 'version', saved: false, startedAt: null }, stopped);
      return afterStop(to({ machine: 'ready', saved: false, startedAt: null, error: null }, stopped));
    }
    case 'machine-suspended':
      if (record.machine !== 'stopping') return same;
      return to({ machine: 'suspended', saved: true, startedAt: null, error: null }, { name: 'vm.suspended' });
    case 'stop-failed':
      if (record.machine !== 'stopping') return same;
      return to({ machine: 'running', afterwards: 'rest', error: happening.error });

    case 'lock-asked':
      if (record.machine !== 'running') return same;
      return to({ machine: 'locked' }, { name: 'vm.locked', detail: happening.why });
    case 'unlocked':
      if (record.machine !== 'locked') return same;
      return to({ machine: 'running' }, { name: 'vm.unlocked' });

    case 'revert-asked':
      if (!atRest(record.machine)) return same;
      return to({ machine: 'reverting', revertScope: 'version', afterwards: 'rest', error: null, blocked: false });
    case 'reset-asked':
      if (!atRest(record.machine)) return same;
      return to({ machine: 'reverting', revertScope: 'everything', afterwards: 'rest', error: null, blocked: false });
    case 'reverted': {
      if (record.machine !== 'reverting') return same;
      const all = record.revertScope === 'everything';
      const clean = to(
        {
          machine: record.version === null ? 'none' : 'ready',
          saved: false,
          error: null,
          declined: all ? null : record.declined,
        },
        { name: all ? 'vm.reset' : 'vm.reverted' },
      );
      return afterStop(clean);
    }
    case 'discard-failed':
      if (record.machine !== 'reverting' && record.machine !== 'deleting') return same;
      return to({ machine: 'failed', afterwards: 'rest', error: happening.error });
    case 'switch-asked':
      if (!atRest(record.machine)) return same;
      return to({
        staged: happening.version === record.version ? null : happening.version,
        declined: happening.version === happening.wanted ? null : happening.wanted,
        machine: record.version === null ? 'none' : 'ready',
        // Saved memory belongs to the version that is left.
        saved: happening.version === record.version ? record.saved : false,
        error: null,
        blocked: false,
      });

    case 'delete-asked':
      if (!atRest(record.machine)) return same;
      return to(
        { machine: 'deleting', transfer: null, error: null, blocked: false },
        { name: 'policy.workspace-deleted', detail: happening.why },
      );
    case 'deleted':
      if (record.machine !== 'deleting') return same;
      if (!record.listed) return { record: null, events: [] };
      return to({ machine: 'none', version: null, staged: null, declined: null, saved: false, error: null });
    case 'version-missing':
      return to({ staged: record.staged === happening.version ? null : record.staged });
  }
}

/** Whether this computer holds nothing for the instance. */
const nothingHere = (record: InstanceRecord): boolean =>
  record.machine === 'none' && record.version === null && record.staged === null && record.transfer === null;

const restOf = (record: InstanceRecord): 'none' | 'ready' | 'suspended' =>
  record.saved ? 'suspended' : record.version === null ? 'none' : 'ready';

function followed(step: Step, happening: Happening): Step {
  if (!step.record) return step;
  const next = reduceInstance(step.record, happening);
  return { record: next.record, events: [...step.events, ...next.events] };
}

/** A machine that was stopped in order to start again does so. */
function afterStop(step: Step): Step {
  if (step.record?.afterwards !== 'start') return step;
  return followed({ ...step, record: { ...step.record, afterwards: 'rest' } }, { kind: 'start-asked' });
}

function blockEvent({ code, detail }: { readonly code: string; readonly detail: string }): StepEvent {
  if (code === 'workspace.disabled' || code === 'workspace.not-assigned')
    return { name: 'policy.workspace-disabled', detail };
  if (code === 'workspace.expired') return { name: 'policy.workspace-expired', detail };
  if (code === 'workspace.offline-exceeded') return { name: 'policy.offline-exceeded', detail };
  if (code === 'client.disk-space') return { name: 'image.disk-space-low', detail };
  return { name: 'verification.failed', detail };
}
