import type { SessionDirectory } from '@atelier/adapters/session-directory';

/** The same directory, which learns of each session that a relay tells of whose relay that is. */
export const relayedBy = (directory: SessionDirectory, broker: string): SessionDirectory => ({
  ...directory,
  report: (report) => directory.report(report.sessionId === undefined ? report : { ...report, relay: broker }),
});
