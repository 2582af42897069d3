import { join } from 'node:path';
import { runFolders, usualRunFolder } from './hook-scripts.ts';
import { readHookSettings } from './hook-settings.ts';

/** What looking after desktop sessions needs. */
export interface DesktopSessionOptions {
  readonly stateFolder: string;
  readonly log: (line: Readonly<Record<string, unknown>>) => void;
}

/** Begins with it where hooks are installed; gives the function that ends it. */
export async function startDesktopSessions({ stateFolder, log }: DesktopSessionOptions): Promise<() => Promise<void>> {
  const settings = await readHookSettings(stateFolder);
  if (!settings) return async () => {};
  // Most machines have no desktop sessions: the code for them is loaded where there are some.
  const [{ startSessionReporter }, { startPasswordDesk }, { reportLink }, { xrdpSessions }, trusted] =
    await Promise.all([
      import('./session-reporter.ts'),
      import('./password-desk.ts'),
      import('./report-link.ts'),
      import('./machine-sessions.ts'),
      import('./password-trust.ts'),
    ]);
  let trust = await trusted.readPasswordTrust(stateFolder);
  // The server's clock beside ours: what it signs runs out by its own.
  let aheadMs = 0;
  const link = reportLink(stateFolder);
  const folder = (name: keyof typeof runFolders) => join(usualRunFolder, runFolders[name]);
  const endReporter = await startSessionReporter({
    folder: folder('reports'),
    send: link.send,
    sessions: xrdpSessions,
    log,
    answered: async ({ publicKey, targets, time }) => {
      aheadMs = time - Date.now();
      const told = { publicKey, targets };
      if (JSON.stringify(told) === JSON.stringify(trust)) return;
      trust = told;
      await trusted.writePasswordTrust(stateFolder, told);
    },
  });
  const endDesk = settings.passwords
    ? await startPasswordDesk({
        folder: folder('signIn'),
        usedFolder: folder('used'),
        trust: () => trust,
        log,
        now: () => Date.now() + aheadMs,
        mayReturn: link.mayReturn,
      })
    : async () => {};
  return async () => {
    await endDesk();
    await endReporter();
    link.close();
  };
}
