import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** A journal of its own for an agent, written with the journal's own tool. */
export interface PeerJournal {
  /** What the agent is told: arguments for journalctl. */
  readonly arguments: readonly string[];
  /** Writes entries of a priority, in order. */
  write(priority: number, ...messages: readonly string[]): void;
}

/** Makes a journal in `folder/journal`. */
export function peerJournal(folder: string): PeerJournal {
  const journal = join(folder, 'journal');
  mkdirSync(journal);
  let written = 0;
  return {
    arguments: [`--directory=${journal}`],
    write(priority, ...messages) {
      const entries = messages.map((message) => {
        written += 1;
        const times = `__REALTIME_TIMESTAMP=${Date.now() * 1000 + written}\n__MONOTONIC_TIMESTAMP=${written}\n`;
        const boot = '_BOOT_ID=f9c1ed0ae5a44d2d8f6b02b7b1c0c0f1\n';
        return `${times}${boot}MESSAGE=${message}\nPRIORITY=${priority}\nSYSLOG_IDENTIFIER=peer\n_UID=0\n_HOSTNAME=sample\n\n`;
      });
      execFileSync('/lib/systemd/systemd-journal-remote', ['--output', join(journal, 'peer.journal'), '-'], {
        input: entries.join(''),
        stdio: ['pipe', 'ignore', 'ignore'],
      });
    },
  };
}
