import { execFile } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { basename } from 'node:path';

/**
 * Puts the calling thread behind everything else of this computer: lowest CPU priority, and disk access only when nobody else
 * wants the disk, where `ionice` is installed and the disk's scheduler knows priorities. Linux keeps both by thread, so the
 * rest of the process is not touched. There is no way back for a thread without privileges. Never throws.
 */
export function enterBackground(ionice = 'ionice'): void {
  try {
    // 0 is the calling thread
    setPriority(0, 19);
    const thread = basename(readlinkSync('/proc/thread-self'));
    execFile(ionice, ['-c', '3', '-p', thread], { timeout: 5000 }, () => undefined).unref();
  } catch {
    // another system than Linux: then everything runs at the usual priority
  }
}
