import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Accelerator, VmOptions } from './vm.ts';

/** Where the files of one VM are. */
export interface VmPaths {
  readonly record: string;
  readonly pidFile: string;
  readonly qmpSocket: string;
  readonly agentSocket: string;
  readonly vncSocket: string;
  readonly migrationSocket: string;
  readonly consoleLog: string;
  readonly firmwareLog: string;
  readonly qemuLog: string;
}

/** What is written before QEMU is started, so that a later process can find it and take it over. */
export interface VmRecord {
  readonly format: 1;
  readonly name: string;
  readonly accelerator: Accelerator;
  readonly paths: VmPaths;
  /** The devices the guest was given, as one line: a saved state fits only the same. */
  readonly shape: string;
  /** What it writes vanishes with it. */
  readonly testRun?: boolean;
  /** Set while its memory is being saved into this file. */
  readonly suspendTo?: string;
  /** The file that it was resumed from. */
  readonly resumeFrom?: string;
}

/** The places of one VM's files: the caller's, or those in its state folder. */
export function vmPaths(options: VmOptions): VmPaths {
  const inFolder = (name: string) => join(options.stateDir, name);
  return {
    record: inFolder('vm.json'),
    pidFile: inFolder('qemu.pid'),
    qmpSocket: options.qmpSocket ?? inFolder('qmp.sock'),
    agentSocket: options.agentSocket ?? inFolder('agent.sock'),
    vncSocket: options.vncSocket ?? inFolder('vnc.sock'),
    migrationSocket: inFolder('mig.sock'),
    consoleLog: options.consoleLog ?? inFolder('console.log'),
    firmwareLog: inFolder('firmware.log'),
    qemuLog: inFolder('qemu.log'),
  };
}

export async function writeRecord(record: VmRecord): Promise<void> {
  const beside = `${record.paths.record}.new`;
  const file = await open(beside, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(record)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, record.paths.record);
}

/** The record of the VM that was last started in this folder, if there is one that can be read. */
export async function readRecord(stateDir: string): Promise<VmRecord | undefined> {
  try {
    const record = JSON.parse(await readFile(join(stateDir, 'vm.json'), 'utf8'));
    return record?.format === 1 ? record : undefined;
  } catch {
    return undefined;
  }
}

/** Makes the state folder, private, and takes away what an ended VM left in it. */
export async function prepareFolder(stateDir: string, paths: VmPaths): Promise<void> {
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  const { qmpSocket, agentSocket, vncSocket, migrationSocket, pidFile, consoleLog, firmwareLog } = paths;
  const stale = [qmpSocket, agentSocket, vncSocket, migrationSocket, pidFile, consoleLog, firmwareLog];
  await Promise.all(stale.map((path) => rm(path, { force: true })));
}
