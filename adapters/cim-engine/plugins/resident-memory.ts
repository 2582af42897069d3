import { readFileSync } from 'node:fs';

const pageSize = 4096;

/** Memory in bytes that a process holds besides the files that it maps, which it shares with others; 0 when it is gone. */
export function residentMemory(pid: number): number {
  try {
    const [, resident, shared] = readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ');
    return (Number(resident) - Number(shared)) * pageSize;
  } catch {
    return 0;
  }
}
