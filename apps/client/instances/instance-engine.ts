import { setTimeout as sleep } from 'node:timers/promises';
import type { Vm } from '@atelier/adapters/qemu';
import type { FetchProgress } from '@atelier/adapters/trim-client';
import type { ImageStore } from '../images/image-store.ts';
import type { TransferDesk } from '../images/transfer-desk.ts';
import { type TransferMeter, transferMeter } from '../images/transfer-progress.ts';
import type { Log } from '../log/client-log.ts';
import { wakeableSleep } from '../server/back-off.ts';
import { instanceLayout, type StateLayout } from '../state/state-layout.ts';
import { deleteWork, revertWork } from './discard-work.ts';
import type { Circumstances } from './entitlement.ts';
import { fetchWork } from './fetch-work.ts';
import type { Happening } from './happening.ts';
import type { InstanceJournal, InstanceKey } from './instance-journal.ts';
import { type InstanceRecord, type MachineState, mayRun } from './instance-record.ts';
import { endOf, errorOf } from './machine-end.ts';
import type { MachineRoom } from './machine-room.ts';
import { linkShort, startWork } from './start-work.ts';
import { stopWork } from './stop-work.ts';
import type { WorkParts } from './work-parts.ts';

export interface InstanceEngineParts {
  readonly layout: StateLayout;
  readonly journal: InstanceJournal;
  readonly images: ImageStore;
  readonly machines: MachineRoom;
  readonly desk: TransferDesk;
  readonly circumstances: (record: InstanceRecord) => Circumstances;
  readonly log: Log;
  /** Called when something changed that the journal does not hold: progress, a screen that came or went. */
  readonly onLiveChange: () => void;
}

/** What runs for one instance in this process; gone with it, and built again from the journal by the next. */
interface Live {
  vm?: Vm;
  work?: { readonly machine: MachineState; readonly controller: AbortController; readonly done: Promise<void> };
  fetch?: { readonly version: number; readonly controller: AbortController; readonly done: Promise<void> };
  meter?: TransferMeter;
}

const works: Partial<Record<MachineState, (parts: WorkParts) => Promise<void>>> = {
  starting: startWork,
  stopping: stopWork,
  reverting: revertWork,
  deleting: deleteWork,
};

/** Work that does not end by then is left to the next daemon, as after a crash. */
const stopWithinMs = 8000;

const textOf = ({ userId, workspaceId }: InstanceKey) => `${userId}/${workspaceId}`;

/**
 * Makes true what the journal says: a record in a transient state has its work going, a transfer that should run does.
 * It holds no state that matters; that is why a crash at any moment is harmless.
 */
export class InstanceEngine {
  private readonly lives = new Map<string, Live>();
  private readonly stopped = new AbortController();
  private readonly naps = wakeableSleep();
  private readonly parts: InstanceEngineParts;

  constructor(parts: InstanceEngineParts) {
    this.parts = parts;
    parts.journal.onChange((key) => this.drive(key));
  }

  /** Takes over the machines that run on from before, then takes up all work that was under way. */
  async recover(): Promise<void> {
    for (const record of this.parts.journal.all()) {
      if (mayRun(record.machine)) await this.takeOver(record);
      this.drive(record);
    }
  }

  vm(key: InstanceKey): Vm | undefined {
    return this.lives.get(textOf(key))?.vm;
  }

  meter(key: InstanceKey): TransferMeter | undefined {
    return this.lives.get(textOf(key))?.meter;
  }

  /** Transfers that wait after a failure are tried again now. */
  wake(): void {
    this.naps.wake();
  }

  /** Ends all work of this process. Machines run on; the journal says what the next daemon has to take up. */
  async stop(): Promise<void> {
    this.stopped.abort(new Error('the client stops'));
    const lives = [...this.lives.values()];
    const all = Promise.all(lives.flatMap(({ work, fetch }) => [work?.done, fetch?.done]));
    await Promise.race([all, sleep(stopWithinMs, undefined, { ref: false })]);
    for (const { vm } of lives) if (vm?.state.state !== 'ended') vm?.detach();
  }

  private live(key: InstanceKey): Live {
    const text = textOf(key);
    let live = this.lives.get(text);
    if (!live) {
      live = {};
      this.lives.set(text, live);
    }
    return live;
  }

  private drive(key: InstanceKey): void {
    if (this.stopped.signal.aborted) return;
    const record = this.parts.journal.get(key);
    const live = this.live(key);
    if (!record) {
      live.fetch?.controller.abort(new Error('the workspace is gone'));
      if (!live.work && !live.fetch) this.lives.delete(textOf(key));
      return;
    }
    this.driveMachine(key, record, live);
    this.driveTransfer(key, record, live);
  }

  private driveMachine(key: InstanceKey, record: InstanceRecord, live: Live): void {
    if (live.work) {
      if (live.work.machine !== record.machine) live.work.controller.abort(new Error('overtaken'));
      return;
    }
    const work = works[record.machine];
    if (!work) return;
    const controller = new AbortController();
    const signal = AbortSignal.any([controller.signal, this.stopped.signal]);
    const parts = this.workParts(key, live, signal);
    // Later, so that whoever made the change sees its own answer first.
    const done = Promise.resolve()
      .then(() => work(parts))
      .catch((error) => {
        if (signal.aborted) return;
        this.parts.log.error('work on a workspace failed', { ...key, machine: record.machine, error });
        this.giveUp(key, record.machine, error);
      })
      .finally(() => {
        live.work = undefined;
        const now = this.parts.journal.get(key);
        if (now?.machine === record.machine && !signal.aborted) {
          this.parts.log.error('work ended without a result', { ...key, machine: record.machine });
          return;
        }
        this.drive(key);
      });
    live.work = { machine: record.machine, controller, done };
  }

  /** Work that failed in a way that it did not foresee must not leave the instance in between for ever. */
  private giveUp(key: InstanceKey, machine: MachineState, error: unknown): void {
    const happened = errorOf(error);
    if (machine === 'starting') this.parts.journal.happen(key, { kind: 'start-failed', error: happened });
    else if (machine === 'stopping') this.parts.journal.happen(key, { kind: 'stop-failed', error: happened });
    else this.parts.journal.happen(key, { kind: 'discard-failed', error: happened });
  }

  private driveTransfer(key: InstanceKey, record: InstanceRecord, live: Live): void {
    const wanted = record.transfer?.state === 'running' ? record.transfer.version : undefined;
    if (live.fetch) {
      if (live.fetch.version !== wanted) live.fetch.controller.abort(new Error('not wanted any more'));
      // by the same version it may be wanted more urgently
      else this.parts.desk.reconsider();
      return;
    }
    if (wanted === undefined) return;
    const controller = new AbortController();
    const signal = AbortSignal.any([controller.signal, this.stopped.signal]);
    const meter = transferMeter(wanted);
    live.meter = meter;
    const done = fetchWork(
      {
        desk: this.parts.desk,
        record: () => this.parts.journal.get(key),
        happen: (happening) => void this.parts.journal.happen(key, happening),
        onProgress: (progress: FetchProgress) => {
          meter.update(progress, performance.now());
          this.parts.onLiveChange();
        },
        onPace: (pace) => {
          meter.pace(pace);
          this.parts.onLiveChange();
        },
        wait: (ms) => this.naps.sleep(ms, signal),
        signal,
      },
      wanted,
    )
      .catch((error) => this.parts.log.error('a transfer failed unexpectedly', { ...key, error }))
      .finally(() => {
        live.fetch = undefined;
        this.drive(key);
      });
    live.fetch = { version: wanted, controller, done };
  }

  private workParts(key: InstanceKey, live: Live, signal: AbortSignal): WorkParts {
    const { layout, images, machines, journal, log } = this.parts;
    const record = () => {
      const found = journal.get(key);
      if (!found) throw new Error('the workspace is gone');
      return found;
    };
    return {
      layout,
      images,
      machines,
      record,
      happen: (happening: Happening) => void journal.happen(key, happening),
      circumstances: () => this.parts.circumstances(record()),
      vm: () => live.vm,
      setVm: (vm) => this.hold(key, live, vm),
      signal,
      log: (message, facts) => log.info(message, { ...key, ...facts }),
    };
  }

  /** Holds a machine, and watches for its end while no work is under way that expects it. */
  private hold(key: InstanceKey, live: Live, vm: Vm | undefined): void {
    live.vm = vm;
    this.parts.onLiveChange();
    void vm?.ended.then((end) => {
      if (live.vm === vm) live.vm = undefined;
      const record = this.parts.journal.get(key);
      this.parts.onLiveChange();
      if (this.stopped.signal.aborted || (record?.machine !== 'running' && record?.machine !== 'locked')) return;
      this.parts.journal.happen(key, endOf(end));
    });
  }

  private async takeOver(record: InstanceRecord): Promise<void> {
    const places = instanceLayout(this.parts.layout, record.userId, record.workspaceId);
    await linkShort(places);
    try {
      const found = await this.parts.machines.attach({ stateDir: places.vmShort, signal: this.stopped.signal });
      if (found.kind === 'running') {
        this.hold(record, this.live(record), found.vm);
        this.parts.journal.happen(record, { kind: 'taken-over' });
      } else if (record.machine === 'running' || record.machine === 'locked') {
        const words = found.stderr.slice(-3).join(' | ');
        const detail = `QEMU ended while the client did not run${words ? `: ${words}` : ''}`;
        this.parts.journal.happen(record, { kind: 'machine-died', error: { code: 'vm.crashed', detail } });
      }
    } catch (error) {
      this.parts.log.error('a machine cannot be taken over', { workspace: record.granted.name, error });
      this.parts.journal.happen(record, { kind: 'machine-died', error: errorOf(error) });
    }
  }
}
