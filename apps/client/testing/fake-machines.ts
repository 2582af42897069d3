import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import type { Vm, VmEnd, VmOptions, VmState } from '@atelier/adapters/qemu';
import { AtelierError } from '@atelier/domain/errors';
import type { MachineRoom } from '../instances/machine-room.ts';

/** Machines that only pretend, for tests of what the client does around them. They survive a "crash" of the client. */
export interface FakeMachines extends MachineRoom {
  /** By state folder: what runs. */
  readonly running: Map<string, FakeVm>;
  readonly started: VmOptions[];
  /** Guests never answer. */
  silent: boolean;
}
export interface FakeVm extends Vm {
  die(words: string): void;
  powerOff(): void;
}

export function fakeMachines(): FakeMachines {
  const running = new Map<string, FakeVm>();
  const self: FakeMachines = {
    running,
    started: [],
    silent: false,
    accelerator: async () => 'tcg',
    start: async (options) => {
      if (running.has(options.stateDir)) throw new AtelierError('vm.already-running', 'it runs');
      self.started.push(options);
      if (options.resume) await rm(options.resume);
      const vm = makeVm(options, () => running.delete(options.stateDir), self);
      running.set(options.stateDir, vm);
      return vm;
    },
    attach: async ({ stateDir }) => {
      const vm = running.get(stateDir);
      return vm ? { kind: 'running', vm } : { kind: 'gone', stderr: [] };
    },
    makeOverlay: async (path, base) => {
      if (!existsSync(base)) throw new AtelierError('vm.start-failed', 'the base is missing');
      if (!existsSync(path)) await writeFile(path, `over ${base}`);
    },
    makeDataDisk: async (path) => {
      if (!existsSync(path)) await writeFile(path, 'data');
    },
  };
  return self;
}

function makeVm(options: VmOptions, onEnd: () => void, room: FakeMachines): FakeVm {
  let state: VmState = { state: 'running' };
  let settle: (end: VmEnd) => void = () => undefined;
  const ended = new Promise<VmEnd>((resolve) => {
    settle = resolve;
  });
  const end = (how: VmEnd): VmEnd => {
    if (state.state === 'ended') return state;
    state = how;
    onEnd();
    settle(how);
    return how;
  };
  const vm = {
    name: options.name,
    pid: 1,
    accelerator: 'tcg',
    vncSocket: `${options.stateDir}/vnc.sock`,
    get state() {
      return state;
    },
    ended,
    agent: { setTime: async () => undefined },
    onState: () => () => undefined,
    onGuestReset: () => () => undefined,
    waitForGuest: async () => {
      await mkdir(options.stateDir, { recursive: true });
      if (room.silent)
        throw new AtelierError('vm.boot-timeout', 'the guest did not answer; the console ends with: panic');
    },
    shutdown: async () => end({ state: 'ended', reason: 'shutdown' }),
    suspend: async ({ file }: { file: string }) => {
      await writeFile(file, 'memory');
      return end({ state: 'ended', reason: 'suspended' });
    },
    kill: async () => end({ state: 'ended', reason: 'killed' }),
    detach: () => undefined,
    die: (words: string) => void end({ state: 'ended', reason: 'crashed', exitCode: 1, signal: null, stderr: [words] }),
    powerOff: () => void end({ state: 'ended', reason: 'shutdown' }),
  };
  return vm as unknown as FakeVm;
}
